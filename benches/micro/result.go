package micro

import (
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Rounds is how many were measured.
func (r *Result) Rounds() int { return len(r.Samples[0]) }

// Median is the median time of variant i in ns an operation.
func (r *Result) Median(i int) float64 { return stat.Median(r.Samples[i]) }

// Interval is the exact confidence interval of Median.
func (r *Result) Interval(i int) stat.Interval {
	iv, _ := stat.MedianInterval(r.Samples[i], results.Confidence)
	return iv
}

// Ratios are the times of variant ref by those of variant i, round by round:
// above 1 where i is the faster.
func (r *Result) Ratios(i, ref int) []float64 {
	out := make([]float64, r.Rounds())
	for round := range out {
		out[round] = r.Samples[ref][round] / r.Samples[i][round]
	}
	return out
}

// A Ratio is a median of paired ratios with its exact interval.
type Ratio struct {
	Median   float64
	Interval stat.Interval
}

// Ratio sums Ratios up.
func (r *Result) Ratio(i, ref int) Ratio {
	ratios := r.Ratios(i, ref)
	iv, _ := stat.MedianInterval(ratios, results.Confidence)
	return Ratio{stat.Median(ratios), iv}
}

// Slower tells whether the ratio is below 1 by more than share (0.02: 2 %),
// and its whole interval too.
func (r Ratio) Slower(share float64) bool { return r.Interval.Hi < 1-share }
