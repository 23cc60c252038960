package lab

import (
	"math"
	"sort"
)

// SignedRank is the two-sided p-value of Wilcoxon's signed-rank test that the
// differences xs are symmetric around 0. It is exact for any number of them:
// the distribution of the rank sum is computed, with ties (mean ranks) as they
// are; differences of 0 tell nothing and are dropped.
func SignedRank(xs []float64) float64 {
	ranks, sum, total := doubledRanks(xs)
	// prob[s]: of all assignments of signs, the share with rank sum s.
	prob := make([]float64, total+1)
	prob[0] = 1
	for _, r := range ranks {
		for s := total; s >= 0; s-- {
			prob[s] /= 2
			if s >= r {
				prob[s] += prob[s-r] / 2
			}
		}
	}
	var le, ge float64
	for s, p := range prob {
		if s <= sum {
			le += p
		}
		if s >= sum {
			ge += p
		}
	}
	return math.Min(1, 2*math.Min(le, ge))
}

// doubledRanks are twice the ranks of |xs|, so that mean ranks are whole; sum
// is that of the positive ones, total that of all.
func doubledRanks(xs []float64) (ranks []int, sum, total int) {
	var d []float64
	for _, x := range xs {
		if x != 0 && !math.IsNaN(x) {
			d = append(d, x)
		}
	}
	sort.Slice(d, func(i, j int) bool { return math.Abs(d[i]) < math.Abs(d[j]) })
	for i := range d {
		r := doubledRank(d, i)
		ranks = append(ranks, r)
		total += r
		if d[i] > 0 {
			sum += r
		}
	}
	return ranks, sum, total
}

// doubledRank: those as far from 0 as d[i] share the ranks from the first to
// the last of them, and twice the mean of these is first + last.
func doubledRank(d []float64, i int) int {
	first, last := i, i
	for first > 0 && math.Abs(d[first-1]) == math.Abs(d[i]) {
		first--
	}
	for last+1 < len(d) && math.Abs(d[last+1]) == math.Abs(d[i]) {
		last++
	}
	return first + 1 + last + 1
}

// Holm corrects p-values for their number: the probability that any of those
// called significant at alpha is a false one stays below alpha.
func Holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return ps[order[i]] < ps[order[j]] })
	out := make([]float64, len(ps))
	least := 0.0
	for rank, i := range order {
		least = math.Max(least, math.Min(1, float64(len(ps)-rank)*ps[i]))
		out[i] = least
	}
	return out
}
