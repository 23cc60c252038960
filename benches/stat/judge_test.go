package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func normal(rng *rand.Rand, n int, shift, sd float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = shift + sd*rng.NormFloat64()
	}
	return xs
}

// Holm's correction, by hand.
func TestHolm(t *testing.T) {
	_, got := Family{Alpha: 0.05, Size: 4}.stepDown([]float64{0.01, 0.04, 0.03, 0.005})
	want := []float64{0.03, 0.06, 0.06, 0.02}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	levels, _ := Family{Alpha: 0.05, Size: 4}.stepDown([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.05 / 3, 0.05 / 2, 0.05 / 2, 0.05 / 4} {
		if math.Abs(levels[i]-want) > 1e-12 {
			t.Fatalf("levels %v", levels)
		}
	}
}

// A comparison's interval, level, corrected p-value and kind agree.
func TestVerdictsDoNotContradict(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	seen := map[Kind]int{}
	for range 400 {
		f := Family{Alpha: []float64{0, 0.01, 0.2}[rng.IntN(3)], Margin: []float64{0, 0.5}[rng.IntN(2)]}
		alpha := f.Alpha
		if alpha == 0 {
			alpha = 0.05
		}
		sets := make([][]float64, 1+rng.IntN(8))
		for i := range sets {
			sets[i] = normal(rng, 5+rng.IntN(60), float64(rng.IntN(3)-1)*0.6, 1)
		}
		for i, d := range f.Judge(sets) {
			seen[d.Kind]++
			out := d.Enough && d.Interval.Excludes(0)
			if out != (d.Adjusted <= alpha) {
				t.Fatalf("adjusted p %v at %v, interval %+v", d.Adjusted, alpha, d.Interval)
			}
			if d.Enough && (d.Shift < d.Interval.Lo || d.Shift > d.Interval.Hi) {
				t.Fatalf("shift %v outside of %+v", d.Shift, d.Interval)
			}
			switch d.Kind {
			case Above, Below:
				if !out || (d.Kind == Above) != (d.Shift > 0) {
					t.Fatalf("%v: %+v of %v", d.Kind, d, sets[i])
				}
			case Equivalent:
				if d.Interval.Lo < -f.Margin || d.Interval.Hi > f.Margin {
					t.Fatalf("equivalent: %+v, margin %v", d, f.Margin)
				}
			case Undecided:
				if out && !(f.Margin > 0) {
					t.Fatalf("undecided: %+v", d)
				}
			}
		}
	}
	for _, k := range []Kind{Undecided, Equivalent, Above, Below} {
		if seen[k] == 0 {
			t.Errorf("no comparison came to %v", k)
		}
	}
}

// Of families without a difference, at most alpha have one that is called so.
func TestFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 0))
	const families = 1500
	alarms := 0
	for range families {
		sets := make([][]float64, 10)
		for i := range sets {
			sets[i] = normal(rng, 25, 0, 1)
		}
		if slices.ContainsFunc((Family{}).Judge(sets), func(d Difference) bool { return d.Kind == Above || d.Kind == Below }) {
			alarms++
		}
	}
	if alarms > 118 { // 75 expected at most, and 5 standard deviations
		t.Errorf("%d of %d families have a false alarm", alarms, families)
	}
}

// A shift as large as Detectable is found in about 80 of 100 samples.
func TestDetectable(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 0))
	for _, n := range []int{12, 40, 100} {
		var sum float64
		const runs = 600
		for range runs {
			sum += (Family{}).Judge([][]float64{normal(rng, n, 0, 1)})[0].Detectable
		}
		shift, found := sum/runs, 0
		for range runs {
			if (Family{}).Judge([][]float64{normal(rng, n, shift, 1)})[0].Kind == Above {
				found++
			}
		}
		if share := float64(found) / runs; share < 0.7 || share > 0.92 {
			t.Errorf("n=%d: a shift of %.3f is found in %.0f %%, want about 80", n, shift, 100*share)
		}
	}
}

func TestTooFew(t *testing.T) {
	for n := range 6 {
		d := Family{}.Judge([][]float64{slices.Repeat([]float64{1}, n)})[0]
		if d.Enough || d.Kind != Undecided || !math.IsInf(d.Detectable, 1) || d.N != n {
			t.Errorf("%d differences: %+v", n, d)
		}
	}
	for _, size := range []int{1, 4, 10, 400} {
		n := LeastPairs(size, 0.05)
		sets := make([][]float64, size)
		for i := range sets {
			sets[i] = slices.Repeat([]float64{1}, n)
		}
		if d := (Family{}).Judge(sets)[0]; d.Kind != Above {
			t.Errorf("%d pairs are not enough for %d comparisons: %+v", n, size, d)
		}
		for i := range sets {
			sets[i] = sets[i][1:]
		}
		if d := (Family{}).Judge(sets)[0]; d.Kind != Undecided {
			t.Errorf("%d pairs are enough for %d comparisons: %+v", n-1, size, d)
		}
	}
}

func TestRatios(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	var up, down []float64
	for range 40 {
		r := math.Exp(0.05 + 0.01*rng.NormFloat64())
		up, down = append(up, r), append(down, 1/r)
	}
	f := Family{Margin: 0.02}
	a, b := f.Ratios([][]float64{up})[0], f.Ratios([][]float64{down})[0]
	if a.Kind != Above || b.Kind != Below || math.Abs(a.Shift*b.Shift-1) > 1e-12 || math.Abs(a.Interval.Lo*b.Interval.Hi-1) > 1e-12 {
		t.Errorf("a ratio and its inverse: %+v, %+v", a, b)
	}
	if a.Interval.Lo < 1.04 || a.Interval.Hi > 1.06 || a.Detectable <= 0 || a.Detectable > 0.02 {
		t.Errorf("ratios around 1.05: %+v", a)
	}
	if d := (Family{Margin: 0.1}).Ratios([][]float64{up})[0]; d.Kind != Equivalent {
		t.Errorf("within 10 %%: %+v", d)
	}
	if need := a.Need(a.Detectable / 2); math.Abs(need-4) > 1e-9 {
		t.Errorf("half the shift needs %v times as many blocks, want 4", need)
	}
}

// A shift of twice the standard error is found at 5 % by 51.6 of 100 (the normal table:
// 2 - 1.96 = 0.04), and one of 2.802 times by 80.
func TestLonger(t *testing.T) {
	for _, tt := range []struct{ found, want float64 }{
		{0.516, 2.802 * 2.802 / 4}, {0.8, 1}, {0.9, 0.747}, {1, 0}, {0, math.Inf(1)}, {0.001, math.Inf(1)},
	} {
		if got := Longer(tt.found, 0.05); got != tt.want && math.Abs(got-tt.want) > 0.002 {
			t.Errorf("found in %v: %v times as many, want %v", tt.found, got, tt.want)
		}
	}
}
