package report

import (
	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/results"
)

// mostBins is how many rows a histogram has at most.
const mostBins = 24

// steps are the ends of bins within a decade, the finest first.
var steps = [][]int64{{100, 125, 160, 200, 250, 315, 400, 500, 630, 800}, {100, 200, 500}, {100}}

// HistogramTable returns h, of ns, in bins that grow with their values: those from
// the least to the greatest value, in JSON as the list id.
func HistogramTable(id, title string, h *hdrhistogram.Histogram) Table {
	t := Table{ID: id, Title: title, Columns: []Column{
		{Key: "up_to_ns", In: JSON}, {Head: "up to"}, {Key: "count", Head: "count"},
		{Key: "percent", Head: "%", Draw: Bars},
	}}
	if h.TotalCount() == 0 {
		return t
	}
	var ends, counts []int64
	for _, step := range steps {
		if ends, counts = bins(h, step); len(ends) <= mostBins {
			break
		}
	}
	for i, end := range ends {
		t.Rows = append(t.Rows, []any{float64(end), Tick(results.UnitOf("ns"), float64(end)), int(counts[i]), 100 * float64(counts[i]) / float64(h.TotalCount())})
	}
	return t
}

// bins counts the values of h up to each end, from the first bin that is not empty.
func bins(h *hdrhistogram.Histogram, step []int64) (ends, counts []int64) {
	decade, i := int64(1), 0
	end := func() int64 { return max(decade*step[i]/100, 1) }
	for _, bar := range h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		for len(ends) == 0 && end() < bar.To || len(ends) > 0 && ends[len(ends)-1] < bar.To {
			if i++; i == len(step) {
				decade, i = decade*10, 0
			}
			if len(ends) > 0 {
				ends, counts = append(ends, end()), append(counts, 0)
			}
		}
		if len(ends) == 0 {
			ends, counts = append(ends, end()), append(counts, 0)
		}
		counts[len(counts)-1] += bar.Count
	}
	return ends, counts
}
