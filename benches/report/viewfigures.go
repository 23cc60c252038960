package report

import (
	"fmt"
	"strings"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
)

// compare returns the comparisons with the reference, for machines: people have them in
// the table of cases.
func (v *view) compare() Section {
	table := v.comparisons("comparisons", v.judged, func(j results.Judgement) []results.Comparison { return j.Others })
	table.In = JSON
	return Section{Blocks: []Block{table}}
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
