package report

import (
	"fmt"
	"math"
	"slices"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
)

// table is one line a case and variant: medians over the samples, and how the
// variant compares with the reference.
func (t *text) table() {
	t.blank()
	if len(t.res.Samples) == 0 {
		t.Line("no samples of the echo matrix")
		if n := len(t.res.Components); n > 0 {
			t.Text(term.Plain, "", fmt.Sprintf("%d samples of component benchmarks: benchstat, as below, makes a table of them, and wsbench report a page", n))
		}
		return
	}
	others, aa := t.res.Compare()
	m := &matrix{res: t.res, others: others, aa: aa, scale: ratioScale(others, aa)}
	m.cpu.fine = true
	m.measure()
	t.Table(m.table())
	for _, l := range legend(others, aa) {
		t.Text(term.Plain, "", l)
	}
}

// matrix is what the table of the echo cases is made from.
type matrix struct {
	res        *lab.Results
	others, aa []lab.Comparison
	scale      term.Scale
	p50, p99   column // how latencies are written
	cpu        column
}

// measure settles the units of columns.
func (m *matrix) measure() {
	for _, c := range m.res.Cases() {
		for _, v := range m.res.Variants() {
			_, values := m.res.Medians(v, c)
			m.p50.add(values["p50-ns"])
			m.p99.add(values["p99-ns"])
			m.cpu.add(values["cpu-ns/msg"])
		}
	}
}

func (m *matrix) table() *term.Table {
	ref, _ := m.res.Reference()
	const picture = 9
	tab := &term.Table{Columns: []term.Column{
		{Head: "case"}, {Head: "server"}, {Head: "msg/s", Align: term.Right},
		{Head: "p50\n" + m.p50.unit(), Align: term.Right, Drop: 2},
		{Head: "p99\n" + m.p99.unit(), Align: term.Right, Drop: 4},
		{Head: "CPU\n" + m.cpu.unit() + "/msg", Align: term.Right, Drop: 3},
		{Head: "ctxsw\n/msg", Align: term.Right, Drop: 1},
		{Head: "ratio\nto " + ref.Label()}, {Head: "interval", Drop: 5},
		{Name: "interval as drawn", Least: 12, Most: 33, Drop: 6},
		{Head: "verdict"},
	}, Axis: map[int]term.Picture{picture: m.scale}}
	for i, c := range m.res.Cases() {
		if i > 0 {
			tab.Gap()
		}
		name := c.Short()
		for _, v := range m.res.Variants() {
			n, values := m.res.Medians(v, c)
			if n == 0 {
				continue
			}
			row := []any{name, v.Label(), rate(values["msg/s"]), m.p50.write(values["p50-ns"]), m.p99.write(values["p99-ns"]),
				m.cpu.write(values["cpu-ns/msg"]), small(values["ctxsw/msg"])}
			tab.Row(append(row, m.compared(v, c)...)...)
			name = ""
		}
	}
	return tab
}

// compared is ratio, interval and verdict of v under c; blank for the
// reference itself.
func (m *matrix) compared(v lab.Variant, c lab.Case) []any {
	for _, d := range m.others {
		if d.Case != c || d.Variant.Label() != v.Label() {
			continue
		}
		verdict, style := d.Verdict.Short(), styles[d.Verdict.Kind]
		if withinNoise(d, m.aa) {
			verdict, style = verdict+" *", term.Unsure
		}
		return append(ratio(d.Difference), span(m.scale, d.Difference, style), term.Cell{Text: verdict, Style: style})
	}
	if len(m.others) == 0 {
		return nil
	}
	return []any{"", "", term.Span{Scale: m.scale, Blank: true}}
}

var styles = map[lab.Kind]term.Style{lab.Faster: term.Good, lab.Slower: term.Bad, lab.Underpowered: term.Unsure}

// span is a difference's interval on the scale; without one, its ratio.
func span(scale term.Scale, d lab.Difference, style term.Style) term.Span {
	s := term.Span{Scale: scale, Lo: d.Ratio, Value: d.Ratio, Hi: d.Ratio, Style: style}
	if d.HasCI {
		s.Lo, s.Hi = d.Interval.Lo, d.Interval.Hi
	}
	return s
}

// ratioScale is the one on which all the differences are.
func ratioScale(others, aa []lab.Comparison) term.Scale {
	var ends []float64
	for _, d := range slices.Concat(others, aa) {
		ends = append(ends, d.Ratio)
		if d.HasCI {
			ends = append(ends, d.Interval.Lo, d.Interval.Hi)
		}
	}
	return term.RatioScale(ends...)
}

// withinNoise tells whether a difference that was called one is no larger than
// the one between two processes of the reference in the same case.
func withinNoise(d lab.Comparison, aa []lab.Comparison) bool {
	if d.Verdict.Kind != lab.Faster && d.Verdict.Kind != lab.Slower {
		return false
	}
	for _, a := range aa {
		if a.Case == d.Case {
			return math.Abs(d.Ratio-1) <= math.Abs(a.Ratio-1)
		}
	}
	return false
}

// ratio is a difference in two cells: ratio, and interval or number of blocks.
func ratio(d lab.Difference) []any {
	if !d.HasCI {
		return []any{fmt.Sprintf("%.3f", d.Ratio), fmt.Sprintf("(n=%d)", d.N)}
	}
	return []any{fmt.Sprintf("%.3f", d.Ratio), fmt.Sprintf("[%.3f,%.3f]", d.Interval.Lo, d.Interval.Hi)}
}

// noise is what the session measured between two processes of the reference:
// a difference that is no larger is none.
func (t *text) noise() {
	others, aa := t.res.Compare()
	if len(aa) == 0 {
		return
	}
	ref, _ := t.res.Reference()
	t.blank()
	t.Text(term.Strong, "", fmt.Sprintf("noise floor: a second, identical process of %s against the first (A/A)", ref.Label()))
	scale := ratioScale(others, aa) // the table's, to be compared by eye
	tab := &term.Table{Columns: []term.Column{{Head: "case"}, {Head: "ratio"}, {Head: "interval"},
		{Name: "interval as drawn", Least: 12, Most: 33, Drop: 1}, {Head: "verdict", Least: 20}},
		Axis: map[int]term.Picture{3: scale}}
	for _, d := range aa {
		row := append([]any{d.Case.Short()}, ratio(d.Difference)...)
		tab.Row(append(row, span(scale, d.Difference, term.Plain), d.Verdict)...)
	}
	t.Table(tab)
	t.remarks(noisy(aa))
}
