package report

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

// caseKeys are the numeric keys of a case.
var caseKeys = []struct {
	name, label string
	of          func(lab.Case) int
	without     func(lab.Case) lab.Case
	fixed       func(lab.Case) string
}{
	{"conns", "connections", func(c lab.Case) int { return c.Conns }, func(c lab.Case) lab.Case { c.Conns = 0; return c },
		func(c lab.Case) string { return fmt.Sprintf("%d octets, depth %d", c.Size, c.Depth) }},
	{"size", "octets of a message", func(c lab.Case) int { return c.Size }, func(c lab.Case) lab.Case { c.Size = 0; return c },
		func(c lab.Case) string { return fmt.Sprintf("%d connections, depth %d", c.Conns, c.Depth) }},
	{"depth", "messages in flight a connection", func(c lab.Case) int { return c.Depth }, func(c lab.Case) lab.Case { c.Depth = 0; return c },
		func(c lab.Case) string { return fmt.Sprintf("%d connections, %d octets", c.Conns, c.Size) }},
}

// curves are the units over each key that has several values while the others
// stay the same.
func (d *data) curves() section {
	f := plotted{Title: "Over connections, size and depth", Commands: []string{matrixCommand(d.Results)}}
	t := PageTable{Title: "Curves", Head: append([]string{"over", "with", "value", "server", "unit"}, estimateHead("median")...), Bars: -1}
	for _, k := range caseKeys {
		groups := map[lab.Case][]lab.Case{}
		var order []lab.Case
		for _, c := range d.Results.Cases() {
			rest := k.without(c)
			if groups[rest] == nil {
				order = append(order, rest)
			}
			groups[rest] = append(groups[rest], c)
		}
		for _, rest := range order {
			cases := groups[rest]
			if len(cases) < 2 {
				continue
			}
			slices.SortFunc(cases, func(a, b lab.Case) int { return k.of(a) - k.of(b) })
			for _, unit := range []string{"msg/s", "cpu-ns/msg"} {
				p := d.curve(unit, k.label, k.fixed(cases[0]), cases, k.of)
				if len(p.Lines) == 0 {
					continue
				}
				f.Panels = append(f.Panels, d.panel(unit+"-over-"+k.name+"-"+k.fixed(cases[0]), p.Draw()))
				t.Rows = append(t.Rows, d.curveRows(unit, k.name, k.fixed(cases[0]), cases, k.of)...)
			}
		}
	}
	if len(f.Panels) == 0 {
		return section{}
	}
	f.Note = "Points are medians over the samples, joined; error bars are their distribution-free intervals, and points of one place stand a little apart so that these can be seen. Cases are measured in blocks of their own, so the host's drift is between points, not between lines."
	tv := view(t)
	f.Table = &tv
	return section{ID: "curves", Title: "Curves", Figures: []plotted{f}}
}

func (d *data) curve(unit, label, fixed string, cases []lab.Case, of func(lab.Case) int) plot.Curves {
	p := plot.Curves{
		Title: unit + " over " + label, Desc: "A line a server over " + label + "; the table behind the plot has the numbers.",
		X: numericAxis(label, nil), Y: plot.Axis{Label: fixed, Format: tick(unit)},
	}
	var ys []float64
	for _, c := range cases {
		p.X.Ticks = append(p.X.Ticks, float64(of(c)))
	}
	p.X.Log = plot.Decades(p.X.Ticks)
	for _, v := range d.Results.Variants() {
		l := plot.Line{Label: v.Label(), Series: d.series(v)}
		for _, c := range cases {
			e := estimated(values(d.Results, v, c, unit))
			if e.n == 0 {
				continue
			}
			l.Points = append(l.Points, plot.Point{X: float64(of(c)), Y: e.median, Error: e.span(), Mark: true})
			ys = append(ys, e.median)
		}
		if len(l.Points) > 0 {
			p.Lines = append(p.Lines, l)
		}
	}
	p.Y.Log = plot.Decades(ys)
	return p
}

func (d *data) curveRows(unit, key, fixed string, cases []lab.Case, of func(lab.Case) int) (rows [][]string) {
	for _, c := range cases {
		for _, v := range d.Results.Variants() {
			if e := estimated(values(d.Results, v, c, unit)); e.n > 0 {
				rows = append(rows, append([]string{key, fixed, fmt.Sprint(of(c)), v.Label(), unit}, e.cells(figure(unit))...))
			}
		}
	}
	return rows
}

// numericAxis shows sizes as benchmark names do: 16KiB.
func numericAxis(label string, ticks []float64) plot.Axis {
	return plot.Axis{Label: label, Ticks: ticks, Log: plot.Decades(ticks), Format: func(v float64) string {
		switch n := int64(v); {
		case v != float64(n):
			return tick("")(v)
		case n >= 1<<20 && n%(1<<20) == 0:
			return fmt.Sprintf("%dMi", n>>20)
		case n >= 1<<10 && n%(1<<10) == 0:
			return fmt.Sprintf("%dKi", n>>10)
		case n >= 1e6:
			return tick("")(v/1e6) + "M"
		case n >= 1e4:
			return tick("")(v/1e3) + "k"
		default:
			return fmt.Sprint(n)
		}
	}}
}

// number reads a key's value: a number, or a size such as 16KiB.
func number(s string) (float64, bool) {
	factor := 1.0
	for _, u := range []struct {
		suffix string
		is     float64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"k", 1e3}, {"M", 1e6}} {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			s, factor = rest, u.is
			break
		}
	}
	var v float64
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	if _, err := fmt.Sscan(s, &v); err != nil {
		return 0, false
	}
	return v * factor, true
}
