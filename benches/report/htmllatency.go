package report

import (
	"fmt"
	"math"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// beyond is how many messages have to be slower than a percentile that is
// shown: fewer tell of single events, not of a distribution.
const beyond = 10

// latency is the distributions, a panel a case.
func (d *data) latency() section {
	res := d.Results
	f := plotted{Title: "Latency by percentile", Commands: []string{matrixCommand(res)}}
	t := PageTable{Title: "Latency", Head: []string{"case", "server", "messages", "p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "greatest"}, Bars: -1}
	merged, medians := 0, 0
	for _, c := range res.Cases() {
		p := plot.Curves{
			Title: c.Short() + ": latency", Desc: "Latency by percentile, a line a server; the table behind the plot has the numbers.",
			Y: plot.Axis{Label: "from the send to the whole echo", Log: true, Format: tick("ns")},
		}
		greatest := 50.0
		for _, v := range res.Variants() {
			curve, row := d.distribution(v, c)
			if curve.points == nil {
				continue
			}
			if curve.merged {
				merged++
			} else {
				medians++
			}
			greatest = max(greatest, curve.greatest)
			p.Lines = append(p.Lines, plot.Line{Label: v.Label(), Series: d.series(v), Points: curve.points})
			t.Rows = append(t.Rows, append([]string{c.Short(), v.Label()}, row...))
		}
		if p.X = plot.PercentileAxis(greatest); len(p.Lines) > 0 {
			f.Panels = append(f.Panels, d.panel("latency-"+c.Short(), p.Draw()))
		}
	}
	if len(f.Panels) == 0 {
		return section{}
	}
	f.Note = latencySource(merged, medians)
	tv := view(t)
	f.Table = &tv
	return section{ID: "latency", Title: "Latency", Figures: []plotted{f}}
}

func latencySource(merged, medians int) string {
	const axis = "The axis gives each further nine as much room as the one before. "
	histogram := fmt.Sprintf("All samples' messages in one histogram (%s), up to the percentile beyond which %d messages lie; turns that were left out are not in it. ", results.HistogramFile, beyond)
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
	greatest float64 // percentile
	merged   bool    // from a histogram
}

func (d *data) distribution(v lab.Variant, c lab.Case) (distribution, []string) {
	for _, l := range d.Histograms {
		if l.Case == c && l.Variant.Label() == v.Label() && l.Hist != nil && l.Hist.TotalCount() > 0 {
			return ofHistogram(l.Hist)
		}
	}
	return ofSamples(d.Results, v, c)
}

// ofHistogram has a point each twentieth of a nine, and a marker at each
// percentile of the axis.
func ofHistogram(h *hdrhistogram.Histogram) (distribution, []string) {
	show := figure("ns")
	row := []string{fmt.Sprint(h.TotalCount())}
	d := distribution{merged: true, greatest: 50}
	end := math.Log10(float64(h.TotalCount()) / beyond)
	from := plot.PercentileX(50)
	for i, p := range plot.Percentiles {
		x := plot.PercentileX(p)
		if x > end && i > 0 {
			row = append(row, "")
			continue
		}
		for at := from + 0.05; at < x-0.01; at += 0.05 {
			d.points = append(d.points, plot.Point{X: at, Y: float64(h.ValueAtPercentile(plot.Percentile(at)))})
		}
		value := float64(h.ValueAtPercentile(p))
		d.points = append(d.points, plot.Point{X: x, Y: value, Mark: true})
		row, from, d.greatest = append(row, show(value)), x, p
	}
	for at := from + 0.05; at < end && at < 5; at += 0.05 {
		d.points = append(d.points, plot.Point{X: at, Y: float64(h.ValueAtPercentile(plot.Percentile(at)))})
	}
	return d, append(row, show(float64(h.Max())))
}

// ofSamples joins the medians of the samples' own percentiles.
func ofSamples(res *lab.Results, v lab.Variant, c lab.Case) (distribution, []string) {
	d, row, show := distribution{}, []string{""}, figure("ns")
	for _, p := range plot.Percentiles {
		list := values(res, v, c, fmt.Sprintf("p%v-ns", p))
		if len(list) == 0 {
			row = append(row, "")
			continue
		}
		m := stat.Median(list)
		d.points = append(d.points, plot.Point{X: plot.PercentileX(p), Y: m, Mark: true})
		d.greatest = p
		row = append(row, show(m))
	}
	greatest := 0.0
	for _, m := range values(res, v, c, "max-ns") {
		greatest = max(greatest, m)
	}
	return d, append(row, show(greatest))
}
