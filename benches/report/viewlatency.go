package report

import (
	"fmt"
	"math"
	"strconv"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
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
	for _, c := range v.cases {
		p := plot.Curves{
			Title: c.String() + ": latency", Desc: "Latency by percentile, one line per server; the table behind the plot has the numbers.",
			Y: plot.Axis{Label: v.latencyFrom() + " to the whole echo", Log: true, Format: func(v float64) string { return Tick(ns, v) }},
		}
		greatest := 50.0
		for _, s := range v.servers {
			d := v.distribution(s, c)
			if d.points == nil {
				continue
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
	f.Note = latencySource()
	s.Blocks = append(s.Blocks, f)
	return s
}

// latencyFrom returns when latencies begin.
func (v *view) latencyFrom() string {
	if v.rated() {
		return "from the due time"
	}
	return "from the send"
}

// percentileName returns p99.9 of 99.9.
func percentileName(p float64) string { return "p" + strconv.FormatFloat(p, 'f', -1, 64) }

// latencySource returns what the percentiles are of.
func latencySource() string {
	return fmt.Sprintf("All samples' messages in one histogram (%s), up to the percentile beyond which %d messages lie; runs that were discarded are not in it. The axis gives each further nine as much room as the one before.", results.HistogramFile, beyond)
}

// distribution is one curve of latency.
type distribution struct {
	points   []plot.Point
	greatest float64 // percentile
	messages int64
	values   map[string]float64 // by the name of the percentile
	max      float64
}

// at returns a percentile; nil where it is not known.
func (d distribution) at(p float64) any {
	if v, ok := d.values[percentileName(p)]; ok {
		return v
	}
	return nil
}

// row returns d in the table.
func (d distribution) row(s results.Server, c results.Case) []any {
	row := KeyCells(s, c, d.values, c.String(), s.Label(), d.messages)
	for _, p := range plot.Percentiles {
		row = append(row, d.at(p))
	}
	return append(row, d.max)
}

// distribution returns the latencies of all samples of s under c, merged; the zero
// value where there is no histogram.
func (v *view) distribution(s results.Server, c results.Case) distribution {
	for _, l := range v.res.Latencies {
		if l.Name.Case() == c && l.Name.Server() == s && l.Hist != nil && l.Hist.TotalCount() > 0 {
			return ofHistogram(l.Hist)
		}
	}
	return distribution{}
}

// ofHistogram returns a point each twentieth of a nine, and a marker at each
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
