package stat

import (
	"math"
	"slices"
)

// Median returns the median of xs, which it does not change; NaN for none.
func Median(xs []float64) float64 {
	s := sorted(xs)
	n := len(s)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return s[n/2]
	}
	return s[n/2-1] + (s[n/2]-s[n/2-1])/2
}

func sorted(xs []float64) []float64 {
	s := slices.Clone(xs)
	slices.Sort(s)
	return s
}

// MedianInterval returns the narrowest symmetric interval between two order
// statistics of xs that holds the median of the distribution they were drawn
// from with at least the confidence level. It assumes nothing about that
// distribution, so it is for values that are not differences, such as times:
// each falls below the median with probability 1/2, and the binomial
// distribution gives the interval's Level exactly. ok is false where even the
// interval from the least to the greatest is not enough (below 6 values for
// 95 %); that one is returned then.
func MedianInterval(xs []float64, level float64) (iv Interval, ok bool) {
	n := len(xs)
	if n == 0 {
		return Interval{math.NaN(), math.NaN(), 0}, false
	}
	s := sorted(xs)
	k := 1 // the interval is the k-th from either end
	for 2*(k+1) <= n && coverage(n, k+1) >= level {
		k++
	}
	iv = Interval{s[k-1], s[n-k], coverage(n, k)}
	return iv, iv.Level >= level
}

// coverage returns the probability that the k-th least and the k-th greatest of
// n values enclose the median: 1 - 2 P(Binomial(n, 1/2) < k).
func coverage(n, k int) float64 {
	below := 0.0
	for i := 0; i < k; i++ {
		below += binomial(n, i)
	}
	return max(0, 1-2*below)
}

// binomial returns the probability of exactly i of n at 1/2 each.
func binomial(n, i int) float64 {
	ln := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return math.Exp(ln(n) - ln(i) - ln(n-i) - float64(n)*math.Ln2)
}
