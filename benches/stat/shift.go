package stat

import "math"

// Interval is a confidence interval. Level is its confidence, or the least that
// it has.
type Interval struct{ Lo, Hi, Level float64 }

// Excludes reports whether v lies outside.
func (i Interval) Excludes(v float64) bool { return v < i.Lo || v > i.Hi }

// SignedRank returns the two-sided p-value of Wilcoxon's signed-rank test that
// the differences xs are symmetric around 0: exact up to 50 untied ones, by
// the normal approximation above. Ties and zeros make it larger, never smaller.
// It is 1 for no differences.
func SignedRank(xs []float64) float64 { return newWalsh(xs).p() }

func (w walsh) p() float64 {
	n := w.len()
	atMost, atLeast := w.below(0, true), n-w.below(0, false)
	return min(1, 2*rankSumCDF(len(w), min(atMost, atLeast)))
}

// Shift returns the Hodges–Lehmann estimate of the differences' middle; NaN for
// none.
func Shift(xs []float64) float64 {
	w := newWalsh(xs)
	if len(w) == 0 {
		return math.NaN()
	}
	return w.median()
}

// ShiftInterval returns the interval of the Hodges–Lehmann shift that inverts
// SignedRank: it excludes 0 exactly where that is at most 1 - level. ok is false
// where xs are too few for the level (below 6 for 95 %); the interval then
// reaches from the least to the greatest.
func ShiftInterval(xs []float64, level float64) (iv Interval, ok bool) {
	w := newWalsh(xs)
	if len(w) == 0 {
		return Interval{math.NaN(), math.NaN(), level}, false
	}
	return w.interval(1 - level)
}

// interval returns the interval of the level 1 - alpha.
func (w walsh) interval(alpha float64) (iv Interval, ok bool) {
	c := criticalSum(len(w), alpha)
	if c < 0 {
		return Interval{w[0], w[len(w)-1], 1 - alpha}, false
	}
	return Interval{w.at(c + 1), w.at(w.len() - c), 1 - alpha}, true
}
