package stat

import (
	"math"
	"testing"
)

// The largest rank sums that are significant in a two-sided test, as tables of
// the signed-rank test print them (Hollander, Wolfe and Chicken, table A.4;
// Wilcoxon and Wilcox 1964).
func TestCriticalSums(t *testing.T) {
	for _, c := range []struct{ n, at05, at01 int }{
		{5, -1, -1}, {6, 0, -1}, {7, 2, -1}, {8, 3, 0}, {9, 5, 1}, {10, 8, 3}, {12, 13, 7},
		{15, 25, 15}, {20, 52, 37}, {25, 89, 68}, {30, 137, 109}, {40, 264, 220}, {50, 434, 373},
	} {
		if a, b := criticalSum(c.n, 0.05), criticalSum(c.n, 0.01); a != c.at05 || b != c.at01 {
			t.Errorf("%d differences: %d at 5 %%, %d at 1 %%; the tables have %d and %d", c.n, a, b, c.at05, c.at01)
		}
	}
}

// A brute count of all signs agrees with the distribution.
func TestRankSumOfAllSigns(t *testing.T) {
	for n := 1; n <= 12; n++ {
		counts := make([]int, n*(n+1)/2+1)
		for signs := range 1 << n {
			sum := 0
			for r := range n {
				if signs>>r&1 == 1 {
					sum += r + 1
				}
			}
			counts[sum]++
		}
		below := 0
		for w, c := range counts {
			below += c
			if got, want := rankSumCDF(n, w), float64(below)/float64(int(1)<<n); math.Abs(got-want) > 1e-12 {
				t.Fatalf("n=%d: P(W <= %d) is %v, want %v", n, w, got, want)
			}
		}
	}
}

// Where the approximation takes over it agrees with the exact distribution.
func TestApproximation(t *testing.T) {
	n := exactPairs
	mean, sd := rankSumMoments(n)
	for w, want := range exactCDF(n) {
		got := normalCDF((float64(w) + 0.5 - mean) / sd)
		off := math.Abs(got - want)
		if off > 0.002 || want < 0.025 && off > 0.0005 {
			t.Fatalf("P(W <= %d) of %d: %v, exactly %v", w, n, got, want)
		}
	}
	for p, z := range map[float64]float64{0.5: 0, 0.8: 0.841621, 0.975: 1.959964, 0.995: 2.575829} {
		if got := normalQuantile(p); math.Abs(got-z) > 1e-6 {
			t.Errorf("quantile of %v: %v, want %v", p, got, z)
		}
	}
}
