package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// accept returns how servers take connections while they work: which of them drain
// the accept queue and from which rate their latency rises, then every rate, then
// what was offered, accepted and done over time.
func (v *view) accept(b results.Bench) Section {
	samples := v.res.Of(b.Base)
	if len(samples) == 0 {
		return Section{}
	}
	groups := acceptGroups(samples)
	s := Section{ID: b.ID, Title: b.Title, In: HTML | Markdown}
	s.Blocks = append(s.Blocks, samplesTable(b.ID+"_samples", samples), acceptGlance(b.ID, groups), acceptCases(b.ID+"_cases", groups))
	if n := overflows(samples); n > 0 {
		s.Blocks = append(s.Blocks, Warning(fmt.Sprintf("the kernel turned %.0f connections away because an accept queue was full (ListenOverflows, of the whole network namespace): their clients try again after a second", n)))
	}
	s.Blocks = append(s.Blocks, v.acceptFigure(b, acceptGroups(v.res.Of("AcceptSeries"))))
	return s
}

// overflows returns how many connections were turned away in all runs.
func overflows(samples []results.Sample) (n float64) {
	for _, s := range samples {
		n += s.Values["overflows"]
	}
	return n
}

// acceptGroups groups samples by server, then request, rate and time; the search
// of a server comes last.
func acceptGroups(samples []results.Sample) []*results.Group {
	groups, servers := results.Groups(samples), results.Servers(samples)
	rate := func(g *results.Group) int { return cmp.Or(g.Name.Case().Int("rate"), 1<<30) }
	slices.SortStableFunc(groups, func(a, b *results.Group) int {
		return cmp.Or(slices.Index(servers, a.Name.Server())-slices.Index(servers, b.Name.Server()),
			strings.Compare(a.Name.Value("request"), b.Name.Value("request")), rate(a)-rate(b),
			a.Name.Case().Int("ms")-b.Name.Case().Int("ms"))
	})
	return groups
}

// acceptKeys name a server and what it is asked for.
var acceptKeys = []Column{
	{Key: "server", In: JSON}, {Key: "io", In: JSON}, {Key: "aa", In: JSON},
	{Key: "label", Head: "server", Group: true}, {Key: "request", Head: "request"},
}

func acceptCells(n results.Name, others ...any) []any {
	s := n.Server()
	return append([]any{s.Value("server"), s.Value("io"), s.AA(), s.Label(), n.Value("request")}, others...)
}

// What a server does with its accept queue while it has more to do than it can.
const (
	drains   = "drains"
	partly   = "in part"
	leaves   = "leaves it full"
	keepsUp  = "keeps up"
	unknowns = "unknown"
)

const acceptRule = "accept queue: judged at the highest rate, when the last request was due. A server with at most a tenth of the requests unanswered keeps up, which tells nothing of the queue. Of one that is overloaded it drains the queue if at most a tenth of its unanswered connections waited in it, leaves it full if more than half did, or as many as the backlog holds, and drains it in part between."

// drained judges the runs of a rate by acceptRule.
func drained(g *results.Group) string {
	if g == nil || len(g.Values("waiting-conns")) == 0 {
		return unknowns
	}
	left, waiting := g.Median("unanswered-conns"), g.Median("waiting-conns")
	switch {
	case left == 0 && g.Median("done/s") == 0: // all are refused
		return unknowns
	case g.Median("done/s") >= 0.9*g.Median("offered/s"):
		return keepsUp
	case waiting > 0 && waiting >= g.Median("backlog-conns"): // those turned away are in no queue
		return leaves
	case waiting <= left/10:
		return drains
	case waiting > left/2:
		return leaves
	}
	return partly
}

// acceptGlance returns a row for each server and kind of request.
func acceptGlance(id string, groups []*results.Group) Table {
	t := Table{ID: id, Title: "Accept queue at a glance", Columns: slices.Concat(acceptKeys, []Column{
		{Key: "queue", Head: "accept queue"},
		{Key: "knee_per_s", Head: "p99 rises\nfrom", Name: "p99 rises from", Unit: results.UnitOf("knee/s"), Bounds: "interval"},
		{Key: "searches", Head: "searches"},
		{Key: "base_p99_ns", Head: "p99\nbefore", Name: "p99 before", Unit: results.UnitOf("base-p99-ns")},
		{Key: "most_done_per_s", Head: "most\ndone", Name: "most done", Unit: results.UnitOf("done/s")},
		{Key: "work_ns", Head: "work", Unit: results.UnitOf("work-ns")},
	})}
	t.Note = strings.Join([]string{
		acceptRule,
		"p99 rises from: the rate from which the 99th percentile of the latency, from when a request was due, has risen above so many times (-rise) what it was at the lowest rate, p99 before; each search has steps of 10 % at its end. It is the median of the searches, each with processes of its own, and the interval is distribution-free from six searches on; of fewer it is their range. work: CPU time of one piece, by the clocks of the server's threads.",
	}, "\n")
	for i := 0; i < len(groups); {
		end := i + 1
		for end < len(groups) && groups[end].Name.Server() == groups[i].Name.Server() && groups[end].Name.Value("request") == groups[i].Name.Value("request") {
			end++
		}
		t.Rows = append(t.Rows, acceptRow(groups[i:end]))
		i = end
	}
	return t
}

// acceptRow returns the row of one server's groups, by rate.
func acceptRow(groups []*results.Group) []any {
	var highest, search *results.Group
	var done, work []float64
	for _, g := range groups {
		work = append(work, g.Values("work-ns")...)
		if g.Name.Case().Int("rate") == 0 {
			search = g
			continue
		}
		highest, done = g, append(done, g.Median("done/s"))
	}
	var knee, base, most any
	searches := 0
	if search != nil {
		searches = len(search.Samples)
		knee, base = acceptKnee(search.Values("knee/s")), middle(search.Values("base-p99-ns"))
	}
	if len(done) > 0 {
		most = slices.Max(done)
	}
	verdict := drained(highest)
	return acceptCells(groups[0].Name, Styled{verdict, acceptStyle(verdict)}, knee, searches, base, most, middle(work))
}

// acceptKnee returns the rate that searches found.
func acceptKnee(values []float64) any {
	if len(values) == 0 {
		return nil
	}
	if _, ok := stat.MedianInterval(values, results.Confidence); ok {
		return estimated(values)
	}
	return ranged(values)
}

func acceptStyle(verdict string) Style {
	switch verdict {
	case drains:
		return Good
	case leaves:
		return Bad
	}
	return Unsure
}

// acceptUnits are the units of the rates, and the columns that text leaves out
// first.
var acceptUnits = []struct {
	unit, head string
	drop       int
}{
	{"accepted/s", "accepted", 0}, {"done/s", "done", 0}, {"unanswered-conns", "un-\nanswered", 0}, {"waiting-conns", "waiting", 0},
	{"most-waiting-conns", "most", 3}, {"backlog-conns", "backlog", 2}, {"refused-conns", "refused", 2}, {"overflows", "overflows", 3},
	{"p50-ns", "", 4}, {"p99-ns", "", 0}, {"cpus", "CPUs", 1}, {"cpu-ns/req", "CPU/req", 4},
}

// acceptCases returns the table of all rates.
func acceptCases(id string, groups []*results.Group) Table {
	t := Table{ID: id, Title: "Requests at a rate", Columns: slices.Concat(acceptKeys, []Column{{Key: "rate", Head: "rate"}, {Key: "samples", Head: "n"}})}
	for _, u := range acceptUnits {
		t.Columns = append(t.Columns, Column{Key: unitKey.Replace(u.unit), Head: u.head, Name: strings.ReplaceAll(u.head, "-\n", ""), Unit: results.UnitOf(u.unit), Drop: u.drop})
	}
	t.Note = "Medians over n runs, each of a process of its own. rate: requests per second in an open loop, each on a connection of its own, which the generator closes by a reset. accepted: connections that stood less those in the accept queue, as the kernel tells it (sock_diag); where a queue overflows, some that only the client takes to stand are among them. unanswered, waiting: when the last request was due; backlog: what the queues of all listening sockets hold. p50, p99: from when a request was due; of one that was given up, until then."
	for _, g := range groups {
		if g.Name.Case().Int("rate") == 0 {
			continue
		}
		row := acceptCells(g.Name, g.Name.Case().Int("rate"), len(g.Samples))
		for _, u := range acceptUnits {
			row = append(row, middle(g.Values(u.unit)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// seriesUnits are the lines of a plot over time.
var seriesUnits = []struct{ unit, key, line string }{
	{"offered-conns", "offered", "offered"}, {"accepted-conns", "accepted", "accepted"}, {"done-conns", "done", "done"},
	{"waiting-conns", "waiting", "waiting"}, {"refused-conns", "refused", "refused"}, {"cpus", "cpus", ""},
}

// acceptFigure returns a plot for each server and rate.
func (v *view) acceptFigure(b results.Bench, points []*results.Group) Figure {
	f := Figure{
		Title: b.Title + " over time", Commands: v.commands(), Note: "Requests since a run began, medians over its repetitions. Where accepted runs ahead of done, the server drains the queue; where the two stay together, it does not.",
		Numbers: &Table{ID: b.ID + "_series", In: JSON | HTML, Columns: slices.Concat(acceptKeys, []Column{{Key: "rate", Head: "rate"}, {Key: "ms", Head: "ms"}})},
	}
	for _, u := range seriesUnits {
		f.Numbers.Columns = append(f.Numbers.Columns, Column{Key: u.key, Head: u.key, Unit: results.UnitOf(u.unit)})
	}
	drawn := map[string][]datum{}
	var order []string
	for _, g := range points {
		c := g.Name.Case()
		row := acceptCells(g.Name, c.Int("rate"), c.Int("ms"))
		plot := fmt.Sprintf("%s, %s at %d/s", g.Name.Server().Label(), g.Name.Value("request"), c.Int("rate"))
		if _, ok := drawn[plot]; !ok {
			order = append(order, plot)
		}
		for i, u := range seriesUnits {
			values := g.Values(u.unit)
			row = append(row, middle(values))
			if u.line != "" && len(values) > 0 {
				drawn[plot] = append(drawn[plot], datum{line: u.line, series: i, x: float64(c.Int("ms")), y: Estimate{Value: stat.Median(values)}})
			}
		}
		f.Numbers.Rows = append(f.Numbers.Rows, row)
	}
	for i, title := range order {
		c := curves(title, "ms", "connections", results.UnitOf("done-conns"), drawn[title])
		if len(c.X.Ticks) < 2 {
			continue
		}
		c.X.Log, c.Y.Log = false, false
		c.X.Ticks = fewTicks(c.X.Ticks)
		f.Plots = append(f.Plots, Plot{fmt.Sprintf("%s-%d", b.ID, i+1), c.Draw()})
	}
	return f
}

// fewTicks returns at most some ten of the places, evenly apart, and the last.
func fewTicks(all []float64) (few []float64) {
	every := (len(all) + 9) / 10
	for i := every - 1; i < len(all); i += every {
		few = append(few, all[i])
	}
	if few[len(few)-1] != all[len(all)-1] {
		few = append(few, all[len(all)-1])
	}
	return few
}
