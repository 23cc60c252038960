package stat

import (
	"math"
	"testing"
)

// Newcombe, Statistics in Medicine 17 (1998), table I, method 5 (81 of 263 and
// the three after it); the rest are Clopper and Pearson's of ten trials, as
// tables have them.
func TestBinomialInterval(t *testing.T) {
	for _, tt := range []struct {
		k, n   int
		lo, hi float64
	}{
		{81, 263, 0.2527, 0.3676}, {15, 148, 0.0578, 0.1617}, {0, 20, 0, 0.1684}, {1, 29, 0.0009, 0.1776},
		{0, 10, 0, 0.3085}, {1, 10, 0.0025, 0.4450}, {2, 10, 0.0252, 0.5561}, {3, 10, 0.0667, 0.6525},
		{4, 10, 0.1216, 0.7376}, {5, 10, 0.1871, 0.8129}, {10, 10, 0.6915, 1}, {0, 0, 0, 1},
	} {
		iv := BinomialInterval(tt.k, tt.n, 0.95)
		if math.Abs(iv.Lo-tt.lo) > 6e-5 || math.Abs(iv.Hi-tt.hi) > 6e-5 || iv.Level != 0.95 {
			t.Errorf("%d of %d: %+v, want %v to %v", tt.k, tt.n, iv, tt.lo, tt.hi)
		}
		mirror := BinomialInterval(tt.n-tt.k, tt.n, 0.95)
		if math.Abs(mirror.Lo-(1-iv.Hi)) > 1e-9 || math.Abs(mirror.Hi-(1-iv.Lo)) > 1e-9 {
			t.Errorf("%d of %d: %+v, and the rest %+v", tt.k, tt.n, iv, mirror)
		}
	}
}

// The interval holds the probability in at least 95 of 100 samples, exactly.
func TestBinomialIntervalCovers(t *testing.T) {
	const n = 40
	for _, p := range []float64{0.01, 0.05, 0.2, 0.5, 0.93} {
		held, below := 0.0, 0.0
		for k := range n + 1 {
			upTo := binomialCDF(k, n, p)
			if !BinomialInterval(k, n, 0.95).Excludes(p) {
				held += upTo - below
			}
			below = upTo
		}
		if held < 0.95 {
			t.Errorf("at %v it is held with %v", p, held)
		}
	}
}
