package stat

import "math"

// BinomialInterval returns the interval of Clopper and Pearson for the
// probability of an event that came k times in n independent trials. It holds
// the probability with at least the confidence level, whatever that is; without
// trials it is 0 to 1.
func BinomialInterval(k, n int, level float64) Interval {
	tail := (1 - level) / 2
	iv := Interval{0, 1, level}
	if k > 0 { // as many come by chance with a probability of tail
		iv.Lo = bisect(func(p float64) bool { return 1-binomialCDF(k-1, n, p) < tail })
	}
	if k < n {
		iv.Hi = bisect(func(p float64) bool { return binomialCDF(k, n, p) >= tail })
	}
	return iv
}

// bisect returns where from 0 to 1 below turns false.
func bisect(below func(float64) bool) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		mid := (lo + hi) / 2
		if below(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// binomialCDF returns the probability of at most k of n, at p each, with p
// between 0 and 1.
func binomialCDF(k, n int, p float64) (sum float64) {
	ln := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	for i := range k + 1 {
		sum += math.Exp(ln(n) - ln(i) - ln(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}
