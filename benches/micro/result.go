package micro

import (
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Rounds returns how many were measured.
func (r *Result) Rounds() int { return len(r.Samples[0]) }

// Estimate is a median with its exact interval.
type Estimate struct {
	Median   float64
	Interval stat.Interval
}

// EstimateOf returns that of values.
func EstimateOf(values []float64) Estimate {
	iv, _ := stat.MedianInterval(values, results.Confidence)
	return Estimate{stat.Median(values), iv}
}

// Time returns the time of variant i in ns per operation.
func (r *Result) Time(i int) Estimate { return EstimateOf(r.Samples[i]) }

// Ratios returns the times of variant ref divided by those of variant i, round by
// round: above 1 where i is the faster.
func (r *Result) Ratios(i, ref int) []float64 {
	out := make([]float64, r.Rounds())
	for round := range out {
		out[round] = r.Samples[ref][round] / r.Samples[i][round]
	}
	return out
}

// Ratio returns the median of Ratios.
func (r *Result) Ratio(i, ref int) Estimate { return EstimateOf(r.Ratios(i, ref)) }

// Slower reports whether e, a ratio, is below 1 by more than share (0.02: 2 %)
// with its whole interval.
func (e Estimate) Slower(share float64) bool { return e.Interval.Hi < 1-share }
