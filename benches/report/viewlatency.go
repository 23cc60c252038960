package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// beyond is how many messages have to be slower than a percentile that is
// shown: fewer tell of single events, not of a distribution.
const beyond = 10

// latency returns the distributions, one plot per case.
func (v *view) latency() Section {
	s := Section{ID: "latency", Title: "Latency", In: HTML}
	ns := results.UnitOf("p50-ns")
	t := Table{ID: "latency", In: HTML | JSON, Columns: Keyed(
		Column{Key: "percentiles_ns", In: JSON}, Column{Head: "case"}, Column{Key: "label", Head: "server"}, Column{Key: "messages", Head: "messages"})}
	for _, p := range plot.Percentiles {
		t.Columns = append(t.Columns, Column{Head: percentileName(p), Unit: ns})
	}
	t.Columns = append(t.Columns, Column{Key: "max_ns", Head: "greatest", Unit: ns})
	f := Figure{Title: "Latency by percentile", Commands: v.commands(), Numbers: &t}
	merged := 0
	for _, c := range v.cases {
		p := plot.Curves{
			Title: c.String() + ": latency", Desc: "Latency by percentile, one line per server; the table behind the plot has the numbers.",
			Y: plot.Axis{Label: "from the send to the whole echo", Log: true, Format: func(v float64) string { return Tick(ns, v) }},
		}
		greatest := 50.0
		for _, s := range v.servers {
			d := v.distribution(s, c)
			if d.points == nil {
				continue
			}
			if d.messages != nil {
				merged++
			}
			greatest = max(greatest, d.greatest)
			p.Lines = append(p.Lines, plot.Line{Label: s.Label(), Series: v.series(s), Points: d.points})
			t.Rows = append(t.Rows, d.row(s, c))
		}
		if p.X = plot.PercentileAxis(greatest); len(p.Lines) > 0 {
			f.Plots = append(f.Plots, Plot{"latency-" + c.String(), p.Draw()})
		}
	}
	if len(f.Plots) == 0 {
		s.Blocks = append(s.Blocks, t) // an empty list
		return s
	}
	f.Note = latencySource(merged, len(t.Rows)-merged)
	s.Blocks = append(s.Blocks, f)
	return s
}

// percentileName returns p99.9 of 99.9.
func percentileName(p float64) string { return "p" + strconv.FormatFloat(p, 'f', -1, 64) }

func latencySource(merged, medians int) string {
	const axis = "The axis gives each further nine as much room as the one before. "
	histogram := fmt.Sprintf("All samples' messages in one histogram (%s), up to the percentile beyond which %d messages lie; runs that were discarded are not in it. ", results.HistogramFile, beyond)
	switch {
	case medians == 0:
		return histogram + axis
	case merged == 0:
		return "These results have no histograms, so the lines join the medians, over the samples, of each sample's percentiles; there are none beyond 99.9. " + axis
	}
	return histogram + fmt.Sprintf("For %d of the lines there is none: they join the medians of the samples' percentiles. ", medians) + axis
}

// distribution is one curve of latency.
type distribution struct {
	points   []plot.Point
	greatest float64            // percentile
	messages any                // of a histogram; nil: there is none
	values   map[string]float64 // by the name of the percentile
	max      any                // nil: not known
}

// row returns d in the table.
func (d distribution) row(s results.Server, c results.Case) []any {
	row := KeyCells(s, c, d.values, c.String(), s.Label(), d.messages)
	for _, p := range plot.Percentiles {
		if v, ok := d.values[percentileName(p)]; ok {
			row = append(row, v)
		} else {
			row = append(row, nil)
		}
	}
	return append(row, d.max)
}

func (v *view) distribution(s results.Server, c results.Case) distribution {
	for _, l := range v.res.Latencies {
		if l.Name.Case() == c && l.Name.Server() == s && l.Hist != nil && l.Hist.TotalCount() > 0 {
			return ofHistogram(l.Hist)
		}
	}
	return ofSamples(results.Find(v.groups, s, c))
}

// ofHistogram has a point each twentieth of a nine, and a marker at each
// percentile of the axis.
func ofHistogram(h *hdrhistogram.Histogram) distribution {
	d := distribution{greatest: 50, messages: h.TotalCount(), values: map[string]float64{}, max: float64(h.Max())}
	end := math.Log10(float64(h.TotalCount()) / beyond)
	from := plot.PercentileX(50)
	between := func(to float64) {
		for at := from + 0.05; at < to; at += 0.05 {
			d.points = append(d.points, plot.Point{X: at, Y: float64(h.ValueAtPercentile(plot.Percentile(at)))})
		}
	}
	for i, p := range plot.Percentiles {
		x := plot.PercentileX(p)
		if x > end && i > 0 {
			break
		}
		between(x - 0.01)
		value := float64(h.ValueAtPercentile(p))
		d.points = append(d.points, plot.Point{X: x, Y: value, Mark: true})
		d.values[percentileName(p)], from, d.greatest = value, x, p
	}
	between(min(end, 5))
	return d
}

// ofSamples joins the medians of the samples' own percentiles.
func ofSamples(g *results.Group) distribution {
	d := distribution{values: map[string]float64{}}
	if g == nil {
		return d
	}
	for _, p := range plot.Percentiles {
		if list := g.Values(percentileName(p) + "-ns"); len(list) > 0 {
			m := stat.Median(list)
			d.points = append(d.points, plot.Point{X: plot.PercentileX(p), Y: m, Mark: true})
			d.values[percentileName(p)], d.greatest = m, p
		}
	}
	if list := g.Values("max-ns"); len(list) > 0 {
		d.max = slices.Max(list)
	}
	return d
}
