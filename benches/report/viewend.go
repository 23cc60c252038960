package report

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/results"
)

// discarded returns what was discarded and skipped, with the reasons.
func (v *view) discarded() Section {
	res := v.res
	s := Section{ID: "discarded", Title: "Discarded and skipped", In: HTML | Markdown}
	s.Blocks = append(s.Blocks, ReasonTable("discarded", res.Why(), JSON), ReasonTable("skipped", res.Skipped, HTML|JSON|Markdown))
	say := func(p Paragraph) { s.Blocks = append(s.Blocks, p) }
	if n := len(res.Discarded); n > 0 {
		say(Paragraph{Text: fmt.Sprintf("%d of %d runs were discarded (harmed: %s); most often: %s", n, n+len(v.served), v.harmRates(), commonest(res.Harmed()))})
	}
	for _, c := range v.unmeasured() {
		say(Paragraph{Text: fmt.Sprintf("case %s is not in the table: all of its runs were discarded", c)})
	}
	for _, s := range v.unseen() {
		say(Paragraph{Text: s + ": all of its runs were discarded"})
	}
	for _, r := range res.Skipped {
		say(Paragraph{Style: Bad, Prefix: "skipped ", Text: strings.TrimPrefix(r.Name, "Benchmark") + ": " + r.Text, In: Text})
	}
	if len(res.Discarded) > 0 {
		texts, counts := reasons(res.Harmed())
		names, byName := tally(res.Why(), func(r results.Reason) string { return strings.TrimPrefix(r.Name, "Benchmark") }, strings.Clone)
		s.Blocks = append(s.Blocks, counted("Runs discarded, by reason; numbers in it are the first one's", "reason", texts, counts),
			counted("Runs discarded, by benchmark", "benchmark", names, byName))
	}
	if len(res.Samples) > 0 && len(res.Discarded)+len(res.Skipped) == 0 {
		say(Paragraph{Text: "No run was discarded and nothing was skipped.", In: HTML})
	}
	return s
}

// harms counts the runs of each server, and those that were harmed.
func (v *view) harms() (servers []results.Server, runs, harmed map[results.Server]int) {
	runs, harmed = map[results.Server]int{}, map[results.Server]int{}
	count := func(s results.Server) {
		if runs[s]++; runs[s] == 1 {
			servers = append(servers, s)
		}
	}
	for _, s := range v.served {
		count(s.Name.Server())
	}
	for _, d := range v.res.Discarded {
		count(d.Name.Server())
		if d.Harmed() {
			harmed[d.Name.Server()]++
		}
	}
	slices.Sort(servers)
	return servers, runs, harmed
}

// harmRates returns how many runs of each server were harmed.
func (v *view) harmRates() string {
	var parts []string
	servers, runs, harmed := v.harms()
	for _, s := range servers {
		parts = append(parts, fmt.Sprintf("%s %d of %d", s.Label(), harmed[s], runs[s]))
	}
	return strings.Join(parts, ", ")
}

// unevenShare is the difference between servers' shares of harmed runs from
// which on there is a warning.
const unevenShare = 0.1

// uneven returns a warning where one server's runs are harmed much more often
// than another's; "" where none are.
func (v *view) uneven() string {
	servers, runs, harmed := v.harms()
	share := func(s results.Server) float64 { return float64(harmed[s]) / float64(runs[s]) }
	var least, most results.Server
	for _, s := range servers {
		if least == "" || share(s) < share(least) {
			least = s
		}
		if most == "" || share(s) > share(most) {
			most = s
		}
	}
	if most == "" || harmed[most] < 5 || share(most)-share(least) < unevenShare {
		return ""
	}
	return fmt.Sprintf("runs of %s were harmed in %.0f %%, those of %s in %.0f %%: the comparison is of the moments in which %s was left alone", most.Label(), 100*share(most), least.Label(), 100*share(least), most.Label())
}

// unmeasured returns the cases of which all runs were discarded.
func (v *view) unmeasured() (list []results.Case) {
	seen := map[results.Case]bool{"": true}
	for _, c := range results.Cases(v.served) {
		seen[c] = true
	}
	for _, r := range v.res.Discarded {
		if c := r.Name.Case(); !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	return list
}

// unseen says of which servers all runs were discarded, in all cases or in some
// that others have samples of.
func (v *view) unseen() (list []string) {
	type pair struct {
		results.Server
		results.Case
	}
	seen := map[pair]bool{}
	for _, s := range v.served {
		server, c := s.Name.Server(), s.Name.Case()
		seen[pair{server, ""}], seen[pair{"", c}], seen[pair{server, c}] = true, true, true
	}
	for _, r := range v.res.Discarded {
		server, c := r.Name.Server(), r.Name.Case()
		text, all := fmt.Sprintf("%s is not in the table", server.Label()), pair{server, ""}
		if seen[all] {
			text, all = fmt.Sprintf("%s is not in case %s", server.Label(), c), pair{server, c}
		}
		if seen[pair{"", c}] && !seen[all] && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// ReasonTable returns a table of what was discarded or skipped.
func ReasonTable(id string, list []results.Reason, in Media) Table {
	t := Table{ID: id, Columns: []Column{{Key: "name", Head: "what"}, {Key: "reason", Head: "reason"}}, In: in}
	for _, r := range list {
		t.Rows = append(t.Rows, []any{r.Name, r.Text})
	}
	return t
}

func counted(title, what string, texts []string, counts []int) Table {
	t := Table{Title: title, Columns: []Column{{Head: "runs"}, {Head: what}}, In: HTML}
	for i := range texts {
		t.Rows = append(t.Rows, []any{counts[i], texts[i]})
	}
	return t
}

// reading explains how to read what is on the page.
func (v *view) reading() Section {
	s := Section{ID: "reading", Title: "How to read it", In: HTML}
	say := func(texts ...string) {
		for _, text := range texts {
			s.Blocks = append(s.Blocks, Paragraph{Text: text, In: HTML})
		}
	}
	if len(v.echo) > 0 {
		say("A case is connections/bytes; a third number is the messages in flight per connection. epoll and uring are the reference server on an event loop, net the same protocol engine with a goroutine per connection, raw the floor: the same loop that unmasks, checks and assembles nothing. Other names are other servers.",
			"A block is one case in one round: each server has one run in it, in an order drawn from the seed, while the others are stopped. Hosts drift by tens of percent within seconds; the ratios of neighbours do not. Compare ratios, never messages per second of two sessions.",
			"Ratios, their intervals and verdicts come from one test, the signed ranks of the logarithms of the blocks' ratios, corrected for the number of comparisons (Holm): an interval leaves 1 out where the verdict is a difference. Error bars of other values are distribution-free intervals of their medians.",
			"A/A is a second process of the reference against the first. What they differ in is noise. Other servers are compared with the geometric mean of the two.",
			"CPU/msg is the server's user and system time per message, ctxsw/msg its threads' context switches, syscalls/msg the recv, send and wait calls that wsbench's server counts itself, all-syscalls/msg all calls of a server's threads, which the kernel counts in a run apart.",
			v.latencyMeans())
	}
	if len(v.micro) > 0 && v.res.Config["bench-cpu"] == "" && v.res.Config[SideA] == "" { // not by floors, crossover and ab, which interleave
		say("Microbenchmarks are measured one after another, not interleaved: differences of a few percent between them can be drift.")
	}
	return s
}

// latencyMeans says what the latencies are of.
func (v *view) latencyMeans() string {
	if v.rated() {
		return "Latencies are of an open loop: from when a message was due by the case's rate to its whole echo, the wait for a connection that has its depth in flight included."
	}
	return "Latencies are of a closed loop: from a message's send to its whole echo, with as many in flight as the case says. They are no answer to what a server does at a given rate; -rate measures that."
}

// provenance returns what it takes to have the same again.
func (v *view) provenance(path string) Section {
	s := Section{ID: "provenance", Title: "Provenance", In: HTML | Markdown}
	t := Table{Title: "Configuration, as the results file has it", Columns: []Column{{Head: "key"}, {Head: "value"}}, In: HTML}
	for _, f := range v.res.Facts() {
		t.Rows = append(t.Rows, []any{f.Key, f.Value})
	}
	s.Blocks = append(s.Blocks, Values{In: JSON, List: []Value{{Key: "results", Cell: path}, {Key: "command_line", Cell: v.res.Command}}}, t)
	if path != "" {
		s.Blocks = append(s.Blocks, Shell{In: Text | Markdown, Lines: []Line{{"samples", path}, {"compare", "go tool benchstat -col " + v.columns() + " " + path}}})
	}
	var lines []Line
	for _, c := range v.commands() {
		lines = append(lines, Line{"measure again", c})
	}
	if len(v.res.Samples) > 0 {
		lines = append(lines, Line{"read the samples", "go tool benchstat -col " + v.columns() + " " + results.BenchFile},
			Line{"compare with another session", fmt.Sprintf("go tool benchstat -ignore commit,dirty,seed,date OTHER/%s %s", results.BenchFile, results.BenchFile)})
	}
	lines = append(lines, Line{"remake this page and its plots", "wsbench report FOLDER"})
	s.Blocks = append(s.Blocks, Shell{In: HTML, Title: "Commands", Lines: lines})
	return s
}

// columns returns what benchstat is to make columns of: what microbenchmarks are
// compared by, else io, unless servers that have none are there, and the switches
// that servers differ in.
func (v *view) columns() string {
	if key, _, ok := strings.Cut(v.res.Config[ContrastKey], "="); ok {
		return "/" + key
	}
	list := []string{"/io"}
	for _, server := range results.Servers(v.served) {
		if server.Value("server") != results.Own && list[0] == "/io" {
			list = slices.Insert(list, 0, "/server")
		}
		for _, k := range server.Keys() {
			if key := "/" + k.Key; key != "/server" && key != "/observer" && !slices.Contains(list, key) {
				list = append(list, key)
			}
		}
	}
	return strings.Join(list, ",")
}

// commands returns the one that made the file, if it says so, and what compares the
// samples of each unit.
func (v *view) commands(units ...string) (list []string) {
	if v.res.Command != "" {
		list = append(list, v.res.Command)
	}
	for _, unit := range units {
		list = append(list, fmt.Sprintf("go tool benchstat -filter .unit:%s -col %s %s", unit, v.columns(), results.BenchFile))
	}
	return list
}

// microCommand measures a group of microbenchmarks again: the command that times
// many in turn, where that made the file, else go test.
func (v *view) microCommand(g *microGroup) string {
	if v.res.Command != "" && v.res.Config["bench-cpu"] != "" {
		return v.res.Command
	}
	where := "./..."
	if rest, ok := strings.CutPrefix(g.pkg, "wsbench/"); ok {
		where = "./" + rest
	} else if g.pkg != "" {
		where = g.pkg
	}
	return fmt.Sprintf("go test -run '^$' -bench '^Benchmark%s$' -count 6 %s", inert(g.name), inert(where))
}

// inert returns s without what a shell would take for more than a word, as a file
// may say anything.
func inert(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' || strings.ContainsRune("'\"`$;&|<>(){}*?!\\ \t", r) {
			return '_'
		}
		return r
	}, s)
}
