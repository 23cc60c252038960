package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/report/plot"
)

// most is how many lines or bars of a kind one panel has room for.
const mostLines, mostBars = 9, 24

// components are the components' own benchmarks, a figure a name.
func (d *data) components() section {
	s := section{ID: "components", Title: "Components"}
	for _, g := range componentGroups(d.Results.Components) {
		s.Figures = append(s.Figures, d.component(g))
	}
	if len(s.Figures) == 0 {
		return section{}
	}
	s.Text = []string{"Each part of the data path alone. Points and bars are medians over the samples; error bars are distribution-free intervals of the median, where there are 6 samples or more. A thick grey line is the floor: what the least possible work on the same octets takes, measured alike."}
	return s
}

func (d *data) component(g *componentGroup) plotted {
	f := plotted{Title: g.title(), Commands: []string{componentCommand(d.Results, g)}}
	axis := g.axis()
	if axis == "" {
		f.Panels = d.componentBars(g)
	} else {
		f.Panels = d.componentCurves(g, axis)
	}
	if fixed := g.fixed(); fixed != "" {
		f.Note = "All with " + fixed + "."
	}
	tv := view(g.table())
	f.Table = &tv
	return f
}

// title is the package and the name.
func (g *componentGroup) title() string {
	if g.pkg == "" {
		return g.name
	}
	return strings.TrimPrefix(g.pkg, "wsbench/") + ": " + g.name
}

// fixed are the keys that are the same throughout, in words.
func (g *componentGroup) fixed() string {
	var parts []string
	for _, k := range g.constant() {
		parts = append(parts, k+"="+g.rows[0].Value(k))
	}
	return strings.Join(parts, ", ")
}

func (d *data) componentCurves(g *componentGroup, axis string) (list []panel) {
	panels, facets := g.split(axis, mostLines)
	without := append(append(g.untold(axis), facets...), axis)
	for _, p := range panels {
		unit := p.unit(axis)
		title := p.title()
		for _, k := range facets {
			if v := p.rows[0].Value(k); v != "" {
				title += ", " + k + " " + v
			}
		}
		c := plot.Curves{
			Title: title, Desc: "Lines over " + axis + "; the table behind the plot has the numbers.",
			X: numericAxis(axisLabel(axis), nil), Y: plot.Axis{Label: unit, Format: tick(unit)},
		}
		c.Lines = p.linesOver(axis, unit, without)
		if len(c.Lines) > mostLines {
			c.Y.Label += fmt.Sprintf(" (%d more lines in the table)", len(c.Lines)-mostLines)
			c.Lines = c.Lines[:mostLines]
		}
		c.X.Ticks, c.Y.Log = ticksOf(c.Lines)
		c.X.Log = plot.Decades(c.X.Ticks)
		if len(c.Lines) > 0 {
			list = append(list, d.panel(title, c.Draw()))
		}
	}
	return list
}

func axisLabel(key string) string {
	switch key {
	case "size", "buffer":
		return key + ", octets"
	case "conns":
		return "connections"
	}
	return key
}

// linesOver are the rows' lines: the floor's first, so that others are drawn
// above it. A floor without the axis is one for all its places.
func (g *componentGroup) linesOver(axis, unit string, without []string) (lines []plot.Line) {
	at := map[string]int{}
	for _, r := range g.rows {
		if len(r.values[unit]) == 0 {
			continue
		}
		label := r.label(without...)
		i, ok := at[label]
		if !ok {
			i = len(lines)
			at[label] = i
			lines = append(lines, plot.Line{Label: label, Series: i, Floor: r.isFloor()})
		}
		e := estimated(r.values[unit])
		for _, x := range g.places(r, axis) {
			lines[i].Points = append(lines[i].Points, plot.Point{X: x, Y: e.median, Error: e.span(), Mark: true})
		}
	}
	sortPoints(lines)
	slices.SortStableFunc(lines, func(a, b plot.Line) int {
		switch {
		case a.Floor && !b.Floor:
			return -1
		case b.Floor && !a.Floor:
			return 1
		}
		return 0
	})
	return lines
}

// places are where a row is on the axis: at its value, or, of a floor without
// one, at all of the others'.
func (g *componentGroup) places(r *componentRow, axis string) (list []float64) {
	if x, ok := number(r.Value(axis)); ok {
		return []float64{x}
	}
	for _, other := range g.rows {
		if x, ok := number(other.Value(axis)); ok && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// sortPoints puts each line's points in the order of the axis.
func sortPoints(lines []plot.Line) {
	for _, l := range lines {
		slices.SortStableFunc(l.Points, func(a, b plot.Point) int { return cmp.Compare(a.X, b.X) })
	}
}

// ticksOf are the lines' places on the axis, and whether their heights span
// decades.
func ticksOf(lines []plot.Line) (ticks []float64, log bool) {
	var ys []float64
	for _, l := range lines {
		for _, p := range l.Points {
			ys = append(ys, p.Y)
			if !slices.Contains(ticks, p.X) {
				ticks = append(ticks, p.X)
			}
		}
	}
	slices.Sort(ticks)
	return ticks, plot.Decades(ys)
}

func (d *data) componentBars(g *componentGroup) (list []panel) {
	unit := g.unit("")
	without := g.untold("")
	floors := 0
	for _, r := range g.rows {
		if r.isFloor() && len(r.values[unit]) > 0 {
			floors++
		}
	}
	for from := 0; from < len(g.rows); from += mostBars {
		b := plot.Bars{Title: g.title(), Axis: unit, Format: figure(unit), Tick: tick(unit), Desc: "A bar a benchmark; the table behind the plot has the numbers."}
		group := plot.Group{}
		for i, r := range g.rows[from:min(from+mostBars, len(g.rows))] {
			if len(r.values[unit]) == 0 {
				continue
			}
			e := estimated(r.values[unit])
			bar := plot.Bar{Label: r.label(without...), Series: i, Value: e.median, Error: e.span()}
			if r.isFloor() {
				if floors == 1 { // the floor of all; of several, each is a bar among its own
					group.Floor = &e.median
				}
				bar.Series = plot.Series - 2
			}
			group.Bars = append(group.Bars, bar)
		}
		b.Groups = []plot.Group{group}
		if len(group.Bars) > 0 {
			list = append(list, d.panel(g.title(), b.Draw()))
		}
	}
	return list
}

// table is a row a benchmark, with all units.
func (g *componentGroup) table() PageTable {
	t := PageTable{Title: "Benchmark" + g.name, Head: []string{"benchmark", "n"}, Bars: -1}
	units := g.units()
	for _, u := range units {
		t.Head = append(t.Head, u, "from", "to")
	}
	for _, r := range g.rows {
		n := 0
		for _, v := range r.values {
			n = max(n, len(v))
		}
		row := []string{strings.TrimPrefix(r.FullName(), "Benchmark"), fmt.Sprint(n)}
		for _, u := range units {
			row = append(row, estimated(r.values[u]).cells(figure(u))[1:]...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
