package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wsbench/benches/internal/term"
	"wsbench/benches/report/plot"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// matrix returns the table of the echo cases, and the noise floor.
func (v *view) matrix() Section {
	s := Section{ID: results.Benches[0].ID, Title: results.Benches[0].Title, In: HTML | Markdown}
	s.Blocks = append(s.Blocks, samplesTable("samples", v.echo), v.medians(), v.pooled())
	s.Blocks = append(s.Blocks, v.noise())
	if m := v.memory(); m != "" {
		s.Blocks = append(s.Blocks, Paragraph{Style: Strong, Prefix: "resident memory, all cases' connections open: ", Text: m})
	}
	return s
}

// medians returns one row per case and server: medians over the samples, and how the
// server compares with the reference.
func (v *view) medians() Table {
	t := Table{ID: "medians", Note: strings.Join(v.legend(), "\n"), Columns: Keyed(
		Column{Key: "samples", In: JSON}, Column{Key: "values", In: JSON},
		Column{Head: "case", Group: true}, Column{Key: "label", Head: "server"},
		Column{Unit: results.UnitOf("cpu-ns/msg")},
		Column{Head: "ratio\nto " + v.ref.Label(), Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: v.scale()},
		Column{Head: "verdict"},
		Column{Head: "msg/s", Unit: results.UnitOf("msg/s"), Drop: 6},
	)}
	if !v.rated() {
		t.Columns = append(t.Columns, Column{Head: "ratio", Name: "ratio of msg/s", Unit: ratioUnit, Drop: 5}, Column{Head: "verdict", Name: "verdict on msg/s", Drop: 4})
	}
	t.Columns = append(t.Columns, Column{Head: "p50", Unit: results.UnitOf("p50-ns"), Drop: 3}, Column{Head: "p99", Unit: results.UnitOf("p99-ns"), Drop: 2})
	for _, unit := range countUnits {
		t.Columns = append(t.Columns, Column{Head: strings.Replace(unit, "/", "\n/", 1), Unit: results.UnitOf(unit), Digits: 2, Drop: 1})
	}
	v.each(func(c results.Case, s results.Server, g *results.Group) {
		medians := map[string]float64{}
		for _, u := range g.Units() {
			medians[u.Name] = g.Median(u.Name)
		}
		row := KeyCells(s, c, len(g.Samples), medians, c.String(), s.Label(), median(g, "cpu-ns/msg"))
		row = append(append(row, v.compared(0, s, c)...), median(g, "msg/s"))
		if !v.rated() {
			row = append(row, v.compared(1, s, c)...)
		}
		latency := v.distribution(s, c)
		row = append(row, latency.at(50), latency.at(99))
		for _, unit := range countUnits {
			row = append(row, median(g, unit))
		}
		t.Rows = append(t.Rows, row)
	})
	return t
}

// countUnits are the counts that have a column of their own.
var countUnits = []string{"ctxsw/msg", "all-syscalls/msg", "syscalls/msg", "frames/wait", "frames/recv"}

// pooled returns how servers compare over all cases.
func (v *view) pooled() Table {
	t := v.comparisons("pooled", func(j results.Judgement) []results.Comparison { return j.Pooled })
	t.Title = "over all cases: the geometric mean of their ratios, by round"
	return t
}

// each calls f for each case and server that has samples.
func (v *view) each(f func(results.Case, results.Server, *results.Group)) {
	for _, c := range v.cases {
		for _, s := range v.servers {
			if g := results.Find(v.groups, s, c); g != nil {
				f(c, s, g)
			}
		}
	}
}

// median returns that of a unit; nil where there is none.
func median(g *results.Group, unit string) any {
	if len(g.Values(unit)) == 0 {
		return nil
	}
	return g.Median(unit)
}

var ratioUnit = results.UnitOf("ratio")

// compared returns ratio and verdict of s under c by a response; blank for the
// reference itself.
func (v *view) compared(response int, s results.Server, c results.Case) []any {
	for _, d := range v.judged[response].Others {
		if d.Case == c && d.Server == s {
			return []any{ratio(d), Styled{d.Verdict.Short(), style(d)}}
		}
	}
	return []any{nil, nil}
}

// ratio returns a comparison as a number.
func ratio(d results.Comparison) Estimate {
	e := Estimate{Value: d.Ratio, N: d.N, Style: style(d)}
	if d.HasCI {
		e.Interval = &d.Interval
	}
	return e
}

var styles = map[results.Finding]Style{results.Faster: Good, results.Slower: Bad, results.Undecided: Unsure}

func style(d results.Comparison) Style {
	if d.Server.AA() {
		return Plain
	}
	return styles[d.Verdict.Kind]
}

// scale returns the one on which all ratios are, to be compared by eye.
func (v *view) scale() *term.Scale {
	var ends []float64
	for _, j := range v.judged {
		for _, d := range slices.Concat(j.Others, j.Pooled, j.AA) {
			ends = append(ends, d.Ratio)
			if d.HasCI {
				ends = append(ends, d.Interval.Lo, d.Interval.Hi)
			}
		}
	}
	scale := term.RatioScale(ends...)
	return &scale
}

// comparisons returns one row per comparison of a kind, by both responses.
func (v *view) comparisons(id string, of func(results.Judgement) []results.Comparison) Table {
	t := Table{ID: id, Columns: Keyed(
		Column{Key: "verdict", In: JSON}, Column{Key: "verdict_percent", In: JSON}, Column{Key: "settled_by_times", In: JSON}, Column{Key: "by_epoch", In: JSON}, Column{Key: "look", In: JSON}, Column{Key: "look_share", In: JSON},
		Column{Key: "unit", Head: "of", Group: true}, Column{Head: "case"}, Column{Key: "label", Head: "server"}, Column{Key: "blocks", Head: "blocks", In: HTML | JSON},
		Column{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: v.scale()},
		Column{Key: "p", In: JSON}, Column{Key: "p_adjusted", Head: "p, corrected", Unit: ratioUnit, Digits: 4, In: HTML | JSON},
		Column{Key: "verdict_text", Head: "verdict", Least: 20},
	)}
	for _, j := range v.judged {
		for _, d := range of(j) {
			var percent, times any
			if d.Verdict.Kind == results.Equivalent || d.Verdict.Kind == results.Undecided {
				percent = d.Verdict.Percent
			}
			if d.Verdict.Kind == results.Undecided {
				times = d.Verdict.Times
			}
			name := d.Case.String()
			if name == "" {
				name = "all"
			}
			t.Rows = append(t.Rows, KeyCells(d.Server, d.Case, d.Verdict.Kind.String(), percent, times, d.ByEpoch, d.Look, d.Share, j.Unit.Name,
				name, d.Server.Label(), d.N, ratio(d), d.P, d.Adjusted, d.Verdict.String()))
		}
	}
	return t
}

// legend returns what the table's words mean, of those that are in it.
func (v *view) legend() (list []string) {
	throughput := "; msg/s: above 1"
	if v.rated() {
		throughput = ""
		list = append(list, "rate: messages sent per second, whatever comes back. p50 and p99 are of all runs' messages, from when each was due.")
	}
	least, most, short, byEpoch := 1.0, 0.0, 0, 0
	kinds := map[results.Finding]bool{}
	times := 0.0
	for i, j := range v.judged {
		for _, d := range j.Others {
			kinds[d.Verdict.Kind] = true
			switch {
			case d.HasCI:
				least, most = min(least, d.Interval.Level), max(most, d.Interval.Level)
			default:
				short = max(short, d.N)
			}
			if d.ByEpoch {
				byEpoch++
			}
			if t := d.Verdict.Times; i == 0 && d.Verdict.Kind == results.Undecided && !math.IsInf(t, 0) {
				times = max(times, t)
			}
		}
	}
	n := len(v.judged[0].Others)
	if most > 0 {
		list = append(list, fmt.Sprintf("ratio: estimated from the ratios within blocks [its interval at %s, the level at which it is judged as one of %d comparisons]; drawn with a line at 1. CPU/msg: below 1 is faster%s.", levels(least, most), n, throughput))
	}
	if kinds[results.Equivalent] {
		list = append(list, fmt.Sprintf("equivalent: the interval lies within %.3g %% of 1 (margin).", 100*v.res.Margin()))
	}
	if short > 0 {
		list = append(list, fmt.Sprintf("n=%d: too few blocks for an interval; %d are needed for %d comparisons.", short, stat.LeastPairs(n, 1-results.Confidence), n))
	}
	if kinds[results.Undecided] && times > 0 {
		list = append(list, fmt.Sprintf("undecided Y%%: these blocks could have missed a difference of Y %% (80 %% power); %s would settle all those of CPU/msg at the margin of %.3g %%.", v.longer(times), 100*v.res.Margin()))
	}
	if text := v.lookWords(); text != "" {
		list = append(list, text)
	}
	if byEpoch > 0 {
		list = append(list, fmt.Sprintf("%d of the comparisons are judged by epochs: all blocks of one start of the servers count as one.", byEpoch))
	}
	return list
}

// lookWords says which comparisons were decided before the session's end; "" where there
// were no looks before it.
func (v *view) lookWords() string {
	if len(v.res.Looks) == 0 {
		return ""
	}
	decided, all := 0, 0
	var shares []string
	for _, j := range v.judged {
		for _, d := range j.Others {
			all++
			if share := fmt.Sprintf("%.0f %%", 100*d.Share); d.Share < 1 && d.Decided {
				decided++
				if !slices.Contains(shares, share) {
					shares = append(shares, share)
				}
			}
		}
	}
	text := fmt.Sprintf("Comparisons were judged at %d looks before the end, with 5 %% of error spent over all of them (-looks)", len(v.res.Looks))
	if decided == 0 {
		return text + ": none was decided early."
	}
	return text + fmt.Sprintf(": %d of %d were decided after %s of the session. Ratio, interval and verdict are those of that look; what was decided by both units was measured no further.", decided, all, strings.Join(shares, ", "))
}

// longer returns how long a session takes that has so many times as many blocks.
func (v *view) longer(times float64) string {
	var last time.Duration
	for _, s := range v.echo {
		last = max(last, s.At)
	}
	switch d := time.Duration(float64(last) * times); {
	case last == 0:
		return fmt.Sprintf("about %.0f times as many", math.Ceil(times))
	case d < 2*time.Minute:
		return fmt.Sprintf("about %.0f s (-time)", math.Ceil(d.Seconds()))
	case d < 3*time.Hour:
		return fmt.Sprintf("about %.0f minutes (-time)", math.Ceil(d.Minutes()))
	default:
		return fmt.Sprintf("about %.0f hours (-time)", math.Ceil(d.Hours()))
	}
}

func levels(least, most float64) string {
	a, b := fmt.Sprintf("%.1f %%", 100*least), fmt.Sprintf("%.1f %%", 100*most)
	if a == b {
		return a
	}
	return a + " to " + b
}

// memory returns what the servers' processes held, in one line, as it is the same in
// every case; "" if it is not known.
func (v *view) memory() string {
	most := map[results.Server]float64{}
	v.each(func(_ results.Case, s results.Server, g *results.Group) {
		if m := g.Median("rss-B"); m > most[s] {
			most[s] = m
		}
	})
	var parts []string
	for _, s := range v.servers {
		if most[s] > 0 {
			parts = append(parts, s.Label()+" "+Number(results.UnitOf("rss-B"), most[s]))
		}
	}
	return strings.Join(parts, ", ")
}

// compare returns the comparisons with the reference, drawn.
func (v *view) compare() Section {
	s := Section{ID: "compared", Title: "Compared with " + v.ref.Label(), In: HTML}
	table := v.comparisons("comparisons", func(j results.Judgement) []results.Comparison { return j.Others })
	if len(table.Rows) == 0 {
		return Section{Blocks: []Block{table}}
	}
	table.In = HTML | JSON
	f := Figure{
		Title: "Ratios to " + v.ref.Label(), Commands: v.commands(),
		Note:    "Bars begin at 1 and end at the Hodges–Lehmann estimate of the ratios within blocks; error bars are its interval at the level at which it is judged. " + v.bandMeans() + "▲ faster, ▼ slower, ≈ equivalent within the margin, ? undecided.",
		Numbers: &table,
	}
	for _, j := range v.judged {
		f.Plots = append(f.Plots, Plot{"ratio-" + j.Unit.Name, v.ratioBars(j)})
	}
	s.Blocks = append(s.Blocks, f)
	return s
}

// marks are the verdicts behind the ratios.
var marks = map[results.Finding]string{results.Faster: "▲", results.Slower: "▼", results.Equivalent: "≈", results.Undecided: "?"}

func (v *view) ratioBars(j results.Judgement) []byte {
	var data []datum
	for _, c := range v.cases {
		for _, o := range j.Others {
			if o.Case == c {
				data = append(data, datum{group: c.String(), line: o.Server.Label(), series: v.series(o.Server), y: ratio(o), mark: marks[o.Verdict.Kind]})
			}
		}
	}
	b := bars(j.Unit.Name+", ratio to "+v.ref.Label(), "ratio within blocks; 1 is "+v.ref.Label(), ratioUnit, data)
	b.Base = 1
	for i := range b.Groups {
		b.Groups[i].Band = band(j, b.Groups[i].Label)
	}
	return b.Draw()
}

func (v *view) bandMeans() string {
	if len(v.judged[0].AA) == 0 {
		return ""
	}
	return "Grey bands are the noise floor: the interval of the same ratio between two identical processes of the reference (A/A), or, with too few blocks, its distance from 1 to both sides. "
}

// band returns the A/A pair's interval under a case.
func band(j results.Judgement, label string) *plot.Range {
	for _, a := range j.AA {
		switch {
		case a.Case.String() != label:
		case a.HasCI:
			return &plot.Range{Lo: a.Interval.Lo, Hi: a.Interval.Hi}
		default:
			far := math.Abs(a.Ratio - 1)
			return &plot.Range{Lo: 1 - far, Hi: 1 + far}
		}
	}
	return nil
}

// costs returns what a message takes of the server, as small multiples.
func (v *view) costs() Section {
	s := Section{ID: "costs", Title: "Cost and throughput", In: HTML}
	if f, ok := v.unitFigure("CPU time, system calls and context switches per message, and messages per second", "cpu-ns/msg", "ctxsw/msg", "syscalls/msg", "msg/s"); ok {
		s.Blocks = append(s.Blocks, f)
	}
	return s
}

// errorBars says what the error bars are.
const errorBars = "Bars end at the median of the samples, one per block; error bars are its distribution-free interval of 95 % confidence or more. Without one there are fewer than 6 samples."

// unitFigure returns the medians of units by case and server, one plot per unit.
func (v *view) unitFigure(title string, units ...string) (f Figure, ok bool) {
	f = Figure{Title: title, Note: errorBars, Commands: v.commands(units...), Numbers: v.unitTable(units)}
	for _, unit := range units {
		u := results.UnitOf(unit)
		data := v.unitData(unit)
		if len(data) > 0 {
			f.Plots = append(f.Plots, Plot{unit, bars(unit, u.Meaning, u, data).Draw()})
		}
	}
	return f, len(f.Plots) > 0
}

// unitData returns the medians of a unit by case and server.
func (v *view) unitData(unit string) (data []datum) {
	v.each(func(c results.Case, s results.Server, g *results.Group) {
		if len(g.Values(unit)) == 0 {
			return
		}
		d := datum{group: c.String(), line: s.Label(), series: v.series(s), y: estimated(g.Values(unit)), of: c}
		if d.y.Interval == nil {
			d.mark = fmt.Sprintf("n=%d", d.y.N)
		}
		data = append(data, d)
	})
	return data
}

// unitTable returns the numbers behind plots of units by case and server.
func (v *view) unitTable(units []string) *Table {
	t := &Table{Title: strings.Join(units, ", "), In: HTML, Columns: []Column{{Head: "case"}, {Head: "server"}, {Head: "n"}}}
	for _, unit := range units {
		t.Columns = append(t.Columns, Column{Unit: results.UnitOf(unit), Bounds: "interval"})
	}
	v.each(func(c results.Case, s results.Server, g *results.Group) {
		row := []any{c.String(), s.Label(), len(g.Samples)}
		for _, unit := range units {
			row = append(row, optional(g.Values(unit)))
		}
		t.Rows = append(t.Rows, row)
	})
	return t
}

// optional returns the estimate of values; nil where there are none.
func optional(values []float64) any {
	if len(values) == 0 {
		return nil
	}
	return estimated(values)
}

// series returns the look of a server: the same in every plot.
func (v *view) series(s results.Server) int {
	for i, w := range v.servers {
		if w == s {
			return i
		}
	}
	return plot.Series - 2
}
