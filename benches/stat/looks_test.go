package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The critical values of five looks at equal distances, two-sided at 5 %, are those
// published for the spending functions of Lan and DeMets: Reboussin, DeMets, Kim and
// Lan, Controlled Clinical Trials 21 (2000), as the package ldbounds of R has them.
func TestLevelsTables(t *testing.T) {
	for name, c := range map[string]struct {
		spend Spending
		want  []float64
	}{
		"O'Brien-Fleming": {func(alpha, t float64) float64 { return 4 * normalCDF(-normalQuantile(1-alpha/4)/math.Sqrt(t)) },
			[]float64{4.877, 3.357, 2.680, 2.290, 2.031}},
		"Pocock": {func(alpha, t float64) float64 { return alpha * math.Log(1+(math.E-1)*t) },
			[]float64{2.438, 2.427, 2.410, 2.397, 2.386}},
	} {
		for i, level := range (Looks{0.2, 0.4, 0.6, 0.8, 1}).Levels(0.05, c.spend) {
			if z := normalQuantile(1 - level/2); math.Abs(z-c.want[i]) > 0.001 {
				t.Errorf("%s, look %d: %.4f, want %.3f", name, i+1, z, c.want[i])
			}
		}
	}
}

// Of random walks without a drift, as many cross a boundary up to each look as the
// spending function allows. The simulation is independent of the integration.
func TestLevelsSpend(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	looks := Doubling(5)
	if looks[0] != 1.0/16 || looks[4] != 1 {
		t.Fatalf("%v", looks)
	}
	const alpha, walks = 0.1, 40000
	list := looks.Levels(alpha, Spend)
	crossed := make([]int, len(looks))
	for range walks {
		x, at := 0.0, 0.0
		for i, share := range looks {
			x += math.Sqrt(share-at) * rng.NormFloat64()
			at = share
			if 2*normalCDF(-math.Abs(x)/math.Sqrt(share)) <= list[i] {
				crossed[i]++
				break
			}
		}
	}
	sum := 0
	for i, share := range looks {
		sum += crossed[i]
		want := Spend(alpha, share) * walks
		if math.Abs(float64(sum)-want) > 4*math.Sqrt(want) {
			t.Errorf("up to look %d: %d walks of %d, want %.0f", i+1, sum, walks, want)
		}
	}
}

// One look spends everything; a session that ends early spends all at its end, and
// looks that are too early to spend anything find nothing.
func TestLevel(t *testing.T) {
	for _, l := range []Looks{nil, {1}} {
		if got := l.Level(0.05); math.Abs(got-0.05) > 1e-9 {
			t.Errorf("%v: %v", l, got)
		}
	}
	last := 0.0
	for _, l := range []Looks{{0.0625}, {0.0625, 0.125}, {0.0625, 0.125, 1}, {0.125, 1}, {1}} {
		level := l.Level(0.005)
		if level <= last || level > 0.005+1e-9 || l.Level(0.005) != level {
			t.Errorf("%v: %v after %v", l, level, last)
		}
		last = level
	}
	if got := (Looks{1e-9}).Level(0.05); got != 0 {
		t.Errorf("at the very beginning: %v", got)
	}
}
