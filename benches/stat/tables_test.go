package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance || math.IsNaN(got) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestMedianIntervalOrders(t *testing.T) {
	// Orders and levels as tabulated for the sign test at 95 %.
	for _, tt := range []struct {
		n, lo, hi int
		level     float64
		ok        bool
	}{
		{1, 1, 1, 0, false},
		{4, 1, 4, 0.875, false},
		{5, 1, 5, 0.9375, false},
		{6, 1, 6, 0.96875, true},
		{9, 2, 8, 0.9609375, true},
		{12, 3, 10, 0.96142578125, true},
		{14, 3, 12, 0.98706, true},
		{20, 6, 15, 0.958612, true},
		{100, 40, 61, 0.9647998, true},
	} {
		xs := make([]float64, tt.n)
		for i := range xs {
			xs[len(xs)-1-i] = float64(i + 1)
		}
		iv, ok := MedianInterval(xs, 0.95)
		if ok != tt.ok || iv.Lo != float64(tt.lo) || iv.Hi != float64(tt.hi) {
			t.Errorf("n=%d: %+v %v, want [%d, %d] %v", tt.n, iv, ok, tt.lo, tt.hi, tt.ok)
		}
		near(t, "level", iv.Level, tt.level, 1e-5)
	}
	if _, ok := MedianInterval(nil, 0.95); ok {
		t.Error("no values have an interval")
	}
}

// The interval promises its level for any distribution; the exponential one is
// as skewed as times are.
func TestMedianIntervalCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float64{
		"exponential": func() float64 { return rng.ExpFloat64() - math.Ln2 },
		"normal":      rng.NormFloat64,
		"cauchy":      func() float64 { return math.Tan(math.Pi * (rng.Float64() - 0.5)) },
	} {
		for _, n := range []int{6, 9, 12, 20} {
			const trials = 20000
			hit, level := 0, 0.0
			xs := make([]float64, n)
			for range trials {
				for i := range xs {
					xs[i] = draw()
				}
				iv, _ := MedianInterval(xs, 0.95)
				level = iv.Level
				if !iv.Excludes(0) {
					hit++
				}
			}
			// Three standard errors of the share.
			near(t, name+" coverage", float64(hit)/trials, level, 3*math.Sqrt(level*(1-level)/trials))
		}
	}
}

func TestSignedRankAgainstTables(t *testing.T) {
	// signs[i] is the sign of the difference with rank i+1. The two-sided
	// p-values are 2 P(W <= w) of the exact tables (n=10: w=8 is the critical
	// value at 0.05, with P(W <= 8) = 25/1024).
	for _, tt := range []struct {
		name string
		xs   []float64
		p    float64
	}{
		{"none", nil, 1},
		{"zeros", []float64{0, 0, 0}, 1},
		{"n=5 all positive", []float64{1, 2, 3, 4, 5}, 2.0 / 32},
		{"n=6 all negative", []float64{-1, -2, -3, -4, -5, -6}, 2.0 / 64},
		{"n=8 w=3", []float64{1, 2, -3, 4, 5, 6, 7, 8}, 2 * 5.0 / 256},
		{"n=10 w=8", []float64{1, 2, 3, 4, 5, 6, 7, -8, 9, 10}, 2 * 25.0 / 1024},
		{"n=12 w=13", []float64{-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}, 2 * 87.0 / 4096},
		// A zero counts against a difference: 2 P(W <= 1) of 7.
		{"n=6 with a zero", []float64{0, 1, 2, 3, 4, 5, 6}, 2 * 2.0 / 128},
		{"balanced", []float64{1, -1, 2, -2}, 1},
		{"ties, one sided", []float64{1, 1, 1, 1}, 2.0 / 16},
		// The mean of -1 and 1 is 0 and counts against a difference:
		// 2 P(W <= 2) of 4.
		{"a tie", []float64{-1, 1, 2, 3}, 2 * 3.0 / 16},
	} {
		near(t, tt.name, SignedRank(tt.xs), tt.p, 1e-12)
	}
}

func TestSignedRankFalsePositives(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const trials, n = 20000, 12
	called := 0
	xs := make([]float64, n)
	for range trials {
		for i := range xs {
			xs[i] = rng.NormFloat64()
		}
		if SignedRank(xs) < 0.05 {
			called++
		}
	}
	// The test is discrete: at n=12 the largest level below 0.05 is 0.0425.
	near(t, "share called at 5 %", float64(called)/trials, 0.0425, 0.005)
}
