package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
)

// datum is one value of a plot.
type datum struct {
	group  string // heading of its bars
	line   string // label of the bar, or of the line it is on
	series int
	floor  bool // what the others cannot go below
	x      float64
	y      Estimate
	mark   string // behind a bar's value
	of     results.Case
}

// span returns the error bar of e; nil where there is none.
func (e Estimate) span() *plot.Range {
	if e.Interval == nil {
		return nil
	}
	return &plot.Range{Lo: e.Interval.Lo, Hi: e.Interval.Hi}
}

// bars returns a plot of bars, in the groups of data.
func bars(title, axis string, u results.Unit, data []datum) plot.Bars {
	b := plot.Bars{
		Title: title, Axis: axis, Desc: "Bars with error bars; the table behind the plot has the numbers.",
		Format: func(v float64) string { return Number(u, v) }, Tick: func(v float64) string { return Tick(u, v) },
	}
	at := map[string]int{}
	for _, d := range data {
		i, ok := at[d.group]
		if !ok {
			i = len(b.Groups)
			at[d.group] = i
			b.Groups = append(b.Groups, plot.Group{Label: d.group})
		}
		b.Groups[i].Bars = append(b.Groups[i].Bars, plot.Bar{Label: d.line, Series: d.series, Value: d.y.Value, Error: d.y.span(), Mark: d.mark})
	}
	return b
}

// mostLines is how many lines one plot has room for.
const mostLines = 9

// curves returns a plot of lines over a numeric key: the floor's first, so that
// others are drawn above it. What there is no room for is counted.
func curves(title, over, label string, u results.Unit, data []datum) plot.Curves {
	c := plot.Curves{
		Title: title, Desc: "Lines over " + over + "; the table behind the plot has the numbers.",
		X: plot.Axis{Label: over, Format: placeName}, Y: plot.Axis{Label: label, Format: func(v float64) string { return Tick(u, v) }},
	}
	at := map[string]int{}
	for _, d := range data {
		i, ok := at[d.line]
		if !ok {
			i = len(c.Lines)
			at[d.line] = i
			c.Lines = append(c.Lines, plot.Line{Label: d.line, Series: d.series, Floor: d.floor})
		}
		c.Lines[i].Points = append(c.Lines[i].Points, plot.Point{X: d.x, Y: d.y.Value, Error: d.y.span(), Mark: true})
	}
	slices.SortStableFunc(c.Lines, func(a, b plot.Line) int {
		switch {
		case a.Floor && !b.Floor:
			return -1
		case b.Floor && !a.Floor:
			return 1
		}
		return 0
	})
	if more := len(c.Lines) - mostLines; more > 0 {
		c.Y.Label += fmt.Sprintf(" (%d more lines in the table)", more)
		c.Lines = c.Lines[:mostLines]
	}
	fitAxes(&c)
	return c
}

// fitAxes sorts the points, and chooses the ticks and whether axes are
// logarithmic.
func fitAxes(c *plot.Curves) {
	var ys []float64
	for _, l := range c.Lines {
		slices.SortStableFunc(l.Points, func(a, b plot.Point) int { return cmp.Compare(a.X, b.X) })
		for _, p := range l.Points {
			ys = append(ys, p.Y)
			if !slices.Contains(c.X.Ticks, p.X) {
				c.X.Ticks = append(c.X.Ticks, p.X)
			}
		}
	}
	slices.Sort(c.X.Ticks)
	c.X.Log, c.Y.Log = plot.Decades(c.X.Ticks), plot.Decades(ys)
}

// placeName writes sizes as benchmark names do: 16Ki.
func placeName(v float64) string {
	name := results.SizeName(int(v))
	if v == float64(int(v)) && (v < 1e4 || strings.HasSuffix(name, "B")) {
		return strings.TrimSuffix(name, "B")
	}
	return Tick(results.Unit{}, v)
}
