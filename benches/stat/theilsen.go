package stat

import (
	"math"
	"slices"
)

// TheilSen returns the slope of a line through points: the median of the slopes
// between all pairs of different x, and Sen's interval of it, which inverts
// Kendall's test that the residuals do not depend on x. Of points with the same
// x none is compared with another, and the test's distribution is exact. ok is
// false where there are too few points for the level; the interval then
// reaches from the least slope to the greatest.
//
// Sen, P. K. (1968): Estimates of the regression coefficient based on Kendall's
// tau. Journal of the American Statistical Association 63, 1379-1389.
func TheilSen(xs, ys []float64, level float64) (slope float64, iv Interval, ok bool) {
	var slopes []float64
	for i := range xs {
		for j := range i {
			if xs[i] != xs[j] {
				slopes = append(slopes, (ys[i]-ys[j])/(xs[i]-xs[j]))
			}
		}
	}
	if len(slopes) == 0 {
		return math.NaN(), Interval{math.NaN(), math.NaN(), level}, false
	}
	slices.Sort(slopes)
	n := len(slopes)
	// Of n pairs at most c are discordant with a probability of (1-level)/2.
	c := discordant(groupSizes(xs), (1-level)/2)
	if c < 0 {
		return Median(slopes), Interval{slopes[0], slopes[n-1], level}, false
	}
	return Median(slopes), Interval{slopes[c], slopes[n-1-c], level}, true
}

// groupSizes returns how many points share an x, for each.
func groupSizes(xs []float64) (sizes []int) {
	s := sorted(xs)
	for i := range s {
		if i == 0 || s[i] != s[i-1] {
			sizes = append(sizes, 0)
		}
		sizes[len(sizes)-1]++
	}
	return sizes
}

// discordant returns the greatest number of discordant pairs that is reached or
// not with a probability of at most alpha, between groups of sizes that do not
// differ; -1 where there is none. Each group adds to those before it as many
// as Mann and Whitney's statistic counts.
func discordant(sizes []int, alpha float64) int {
	probability := []float64{1}
	before := 0
	for _, n := range sizes {
		if before > 0 {
			probability = convolved(probability, mannWhitney(n, before))
		}
		before += n
	}
	c, sum := -1, 0.0
	for i, p := range probability {
		if sum += p; sum > alpha {
			break
		}
		c = i
	}
	return c
}

// mannWhitney returns the distribution of how many of the pairs of m and n
// values that are drawn from one distribution are in the wrong order.
func mannWhitney(m, n int) []float64 {
	// With rows of one value more each: the greatest value of all is one of the
	// m, or one of the n and then in the wrong order with all of the m.
	row := make([][]float64, n+1)
	for j := range row {
		row[j] = []float64{1}
	}
	for i := 1; i <= m; i++ {
		next := make([][]float64, n+1)
		next[0] = []float64{1}
		for j := 1; j <= n; j++ {
			p := make([]float64, i*j+1)
			for u, q := range row[j] {
				p[u] += q * float64(i) / float64(i+j)
			}
			for u, q := range next[j-1] {
				p[u+i] += q * float64(j) / float64(i+j)
			}
			next[j] = p
		}
		row = next
	}
	return row[n]
}

func convolved(a, b []float64) []float64 {
	sum := make([]float64, len(a)+len(b)-1)
	for i, p := range a {
		for j, q := range b {
			sum[i+j] += p * q
		}
	}
	return sum
}

// LeastSquares returns the slope of the line through points with the least
// squared residuals; NaN where all x are the same.
func LeastSquares(xs, ys []float64) float64 {
	n := float64(len(xs))
	var x, y float64
	for i := range xs {
		x, y = x+xs[i]/n, y+ys[i]/n
	}
	var xy, xx float64
	for i := range xs {
		xy += (xs[i] - x) * (ys[i] - y)
		xx += (xs[i] - x) * (xs[i] - x)
	}
	return xy / xx
}
