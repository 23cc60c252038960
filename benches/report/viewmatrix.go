package report

import (
	"fmt"
	"math"
	"strings"

	"wsbench/benches/internal/term"
	"wsbench/benches/report/plot"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// matrix returns the table of the echo cases, and the noise floor.
func (v *view) matrix() Section {
	s := Section{ID: "matrix", Title: "Echo matrix", In: HTML | Markdown}
	s.Blocks = append(s.Blocks, samplesTable("samples", v.echo), v.medians())
	if len(v.aa) > 0 {
		noise := v.comparisons("noise_floor", v.aa)
		noise.Title = fmt.Sprintf("noise floor: a second, identical process of %s against the first (A/A)", v.ref.Label())
		s.Blocks = append(s.Blocks, noise)
	} else {
		s.Blocks = append(s.Blocks, Table{ID: "noise_floor"})
	}
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
		Column{Head: "msg/s", Unit: results.UnitOf("msg/s")},
		Column{Head: "p50", Unit: results.UnitOf("p50-ns"), Drop: 2},
		Column{Head: "p99", Unit: results.UnitOf("p99-ns"), Drop: 4},
		Column{Head: "CPU", Unit: results.UnitOf("cpu-ns/msg"), Drop: 3},
		Column{Head: "ctxsw\n/msg", Unit: results.UnitOf("ctxsw/msg"), Digits: 2, Drop: 1},
		Column{Head: "ratio\nto " + v.ref.Label(), Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: v.scale()},
		Column{Head: "verdict"},
	)}
	v.each(func(c results.Case, s results.Server, g *results.Group) {
		medians := map[string]float64{}
		for _, u := range g.Units() {
			medians[u.Name] = g.Median(u.Name)
		}
		row := KeyCells(s, c, len(g.Samples), medians, c.String(), s.Label())
		for _, unit := range []string{"msg/s", "p50-ns", "p99-ns", "cpu-ns/msg", "ctxsw/msg"} {
			row = append(row, median(g, unit))
		}
		t.Rows = append(t.Rows, append(row, v.compared(s, c)...))
	})
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

var ratioUnit = results.Unit{Name: "ratio", Kind: results.Ratio}

// compared returns ratio and verdict of s under c; blank for the reference itself.
func (v *view) compared(s results.Server, c results.Case) []any {
	for _, d := range v.others {
		if d.Case == c && d.Server == s {
			return []any{v.ratio(d), Styled{v.verdict(d), v.style(d)}}
		}
	}
	return nil
}

// ratio returns a comparison as a number.
func (v *view) ratio(d results.Comparison) Estimate {
	e := Estimate{Value: d.Ratio, N: d.N, Style: v.style(d)}
	if d.HasCI {
		e.Interval = &d.Interval
	}
	return e
}

func (v *view) verdict(d results.Comparison) string {
	if v.withinNoise(d) {
		return d.Verdict.Short() + " *"
	}
	return d.Verdict.Short()
}

var styles = map[results.Finding]Style{results.Faster: Good, results.Slower: Bad, results.Underpowered: Unsure}

func (v *view) style(d results.Comparison) Style {
	switch {
	case d.Server.AA():
		return Plain
	case v.withinNoise(d):
		return Unsure
	}
	return styles[d.Verdict.Kind]
}

// scale returns the one on which all ratios are, to be compared by eye.
func (v *view) scale() *term.Scale {
	var ends []float64
	for _, list := range [][]results.Comparison{v.others, v.aa} {
		for _, d := range list {
			ends = append(ends, d.Ratio)
			if d.HasCI {
				ends = append(ends, d.Interval.Lo, d.Interval.Hi)
			}
		}
	}
	scale := term.RatioScale(ends...)
	return &scale
}

// withinNoise reports whether a difference that was found is no larger than the
// one between two processes of the reference in the same case.
func (v *view) withinNoise(d results.Comparison) bool {
	if d.Server.AA() || d.Verdict.Kind != results.Faster && d.Verdict.Kind != results.Slower {
		return false
	}
	for _, a := range v.aa {
		if a.Case == d.Case {
			return math.Abs(d.Ratio-1) <= math.Abs(a.Ratio-1)
		}
	}
	return false
}

var findings = map[results.Finding]string{results.Faster: "faster", results.Slower: "slower", results.NoDifference: "no_difference", results.Underpowered: "underpowered"}

// comparisons returns one row per comparison.
func (v *view) comparisons(id string, list []results.Comparison) Table {
	t := Table{ID: id, Columns: Keyed(
		Column{Key: "verdict", In: JSON}, Column{Key: "verdict_percent", In: JSON}, Column{Key: "within_noise", In: JSON},
		Column{Head: "case"}, Column{Key: "label", Head: "server", In: HTML | JSON}, Column{Key: "blocks", Head: "blocks", In: HTML | JSON},
		Column{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: v.scale()},
		Column{Key: "p", In: JSON}, Column{Key: "p_adjusted", Head: "p, corrected", Unit: results.Unit{Kind: results.Ratio}, Digits: 4, In: HTML | JSON},
		Column{Key: "verdict_text", Head: "verdict", Least: 20},
	)}
	for _, d := range list {
		var percent any
		if d.Verdict.Kind == results.NoDifference || d.Verdict.Kind == results.Underpowered {
			percent = d.Verdict.Percent
		}
		t.Rows = append(t.Rows, KeyCells(d.Server, d.Case, findings[d.Verdict.Kind], percent, v.withinNoise(d),
			d.Case.String(), d.Server.Label(), d.N, v.ratio(d), d.P, d.Adjusted, d.Verdict.String()))
	}
	return t
}

// legend says what the table's words mean, of those that are in it.
func (v *view) legend() (list []string) {
	least, most, short, starred := 1.0, 0.0, 0, false
	kinds := map[results.Finding]bool{}
	for _, d := range v.others {
		starred = starred || v.withinNoise(d)
		if d.Verdict.Kind != results.Underpowered || !math.IsInf(d.Verdict.Percent, 0) {
			kinds[d.Verdict.Kind] = true
		}
		if d.HasCI {
			least, most = min(least, d.Interval.Level), max(most, d.Interval.Level)
		} else {
			short = max(short, d.N)
		}
	}
	n := len(v.others)
	if most > 0 {
		list = append(list, fmt.Sprintf("ratio: estimated from the ratios within blocks [its interval at %s, the level at which it is judged as one of %d comparisons], above 1 faster; drawn with a line at 1.", levels(least, most), n))
	}
	if short > 0 {
		list = append(list, fmt.Sprintf("n=%d: too few blocks for an interval; %d are needed for %d comparisons.", short, stat.LeastPairs(n, 1-results.Confidence), n))
	}
	if kinds[results.NoDifference] {
		list = append(list, "no diff > X%: no difference above X %.")
	}
	if kinds[results.Underpowered] {
		list = append(list, "underpowered Y%: these blocks could have missed a difference of Y % (80 % power); more rounds (-rounds) find smaller ones.")
	}
	if starred {
		list = append(list, "*: no larger than the difference of the A/A pair below, so not to be taken for real.")
	}
	return list
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

// throughput returns messages a second, and how they compare.
func (v *view) throughput() Section {
	s := Section{ID: "throughput", Title: "Throughput", In: HTML}
	if f, ok := v.unitFigure("msg/s", "msg/s"); ok {
		s.Blocks = append(s.Blocks, f)
	}
	comparisons := v.comparisons("comparisons", v.others)
	if len(v.others) == 0 {
		s.Blocks = append(s.Blocks, comparisons)
		return s
	}
	comparisons.In = HTML | JSON
	title := "msg/s, ratio to " + v.ref.Label()
	s.Blocks = append(s.Blocks, Figure{
		Title: title, Commands: v.commands(),
		Note:  "Bars begin at 1 and end at the Hodges–Lehmann estimate of the ratios within blocks; error bars are its interval at the level at which it is judged. " + v.bandMeans() + "▲ faster, ▼ slower, ≈ no difference above 5 %, ? underpowered; * no larger than the A/A pair's difference.",
		Plots: []Plot{{"ratio", v.ratioBars(title)}}, Numbers: &comparisons,
	})
	return s
}

// marks are the verdicts behind the ratios.
var marks = map[results.Finding]string{results.Faster: "▲", results.Slower: "▼", results.NoDifference: "≈", results.Underpowered: "?"}

func (v *view) ratioBars(title string) []byte {
	var data []datum
	for _, c := range v.cases {
		for _, o := range v.others {
			if o.Case != c {
				continue
			}
			mark := marks[o.Verdict.Kind]
			if v.withinNoise(o) {
				mark += "*"
			}
			data = append(data, datum{group: c.String(), line: o.Server.Label(), series: v.series(o.Server), y: v.ratio(o), mark: mark})
		}
	}
	b := bars(title, "ratio within blocks; 1 is "+v.ref.Label(), ratioUnit, data)
	b.Base = 1
	for i := range b.Groups {
		b.Groups[i].Band = v.band(b.Groups[i].Label)
	}
	return b.Draw()
}

func (v *view) bandMeans() string {
	if len(v.aa) == 0 {
		return ""
	}
	return "Grey bands are the noise floor: the interval of the same ratio between two identical processes of the reference (A/A), or, with fewer than 6 blocks, its distance from 1 to both sides. "
}

// band returns the A/A pair's interval under a case.
func (v *view) band(label string) *plot.Range {
	for _, a := range v.aa {
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
	s := Section{ID: "costs", Title: "Cost per message", In: HTML}
	if f, ok := v.unitFigure("CPU time, system calls and context switches per message", "cpu-ns/msg", "ctxsw/msg", "syscalls/msg"); ok {
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
