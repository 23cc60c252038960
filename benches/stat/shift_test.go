package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// depression is the worked example of Hollander and Wolfe (table 3.1): a
// depression scale of nine patients before and after tranquilizers. The book
// gives W+ = 5, and R's wilcox.test(y - x, conf.int = TRUE) p = 0.03906, the
// estimate -0.46 and the interval [-0.786, -0.010].
var (
	before = []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after  = []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
)

func depression() []float64 {
	d := make([]float64, len(before))
	for i := range d {
		d[i] = after[i] - before[i]
	}
	return d
}

func TestPublishedExample(t *testing.T) {
	d := depression()
	if p := SignedRank(d); math.Abs(p-0.0390625) > 1e-12 {
		t.Errorf("p = %v, want 0.0390625", p)
	}
	if s := Shift(d); math.Abs(s+0.46) > 1e-9 {
		t.Errorf("shift %v, want -0.46", s)
	}
	iv, ok := ShiftInterval(d, 0.95)
	if !ok || math.Abs(iv.Lo+0.786) > 1e-9 || math.Abs(iv.Hi+0.010) > 1e-9 {
		t.Errorf("interval %+v, %v, want -0.786 to -0.010", iv, ok)
	}
}

// bruteWalsh lists all means.
func bruteWalsh(xs []float64) []float64 {
	xs = sorted(xs)
	var list []float64
	for i := range xs {
		for j := i; j < len(xs); j++ {
			list = append(list, xs[i]/2+xs[j]/2)
		}
	}
	slices.Sort(list)
	return list
}

// samples are drawn half from what is usual and half from what is awkward.
func samples(rng *rand.Rand) []float64 {
	xs := make([]float64, rng.IntN(60))
	for i := range xs {
		switch rng.IntN(4) {
		case 0:
			xs[i] = []float64{0, 1, -1, 1e-300, -1e300, 1e300, math.Nextafter(1, 2)}[rng.IntN(7)]
		case 1:
			xs[i] = float64(rng.IntN(7) - 3)
		default:
			xs[i] = rng.NormFloat64() + 0.4
		}
	}
	return xs
}

func TestWalshMeans(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 15 {
		xs := samples(rng)
		w, all := newWalsh(xs), bruteWalsh(xs)
		for k, want := range all {
			if got := w.at(k + 1); got != want {
				t.Fatalf("mean %d of %v: %v, want %v", k+1, xs, got, want)
			}
		}
		for _, x := range append(xs, 0.25) {
			less, _ := slices.BinarySearch(all, x)
			if got := w.below(x, false); got != less {
				t.Fatalf("%d means of %v below %v, want %d", got, xs, x, less)
			}
		}
	}
}

// Values of all magnitudes take no longer than others: going from one mean to the
// next between two that are far apart would take hours here.
func TestWalshMeansOfAllMagnitudes(t *testing.T) {
	xs := make([]float64, 20_001)
	for i := range xs {
		xs[i] = 1e-9 * float64(i-10_000)
	}
	xs[0], xs[20_000] = -1e300, 1e300
	if m := Shift(xs); m != 0 || math.Signbit(m) {
		t.Errorf("the middle is %v", m)
	}
}

// What is not finite is no measurement, and neither hangs nor moves anything.
func TestNotFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	xs := []float64{nan, 1, inf, 2, 3, -inf, 4, 5, 6, nan, 7}
	want := Family{}.Judge([][]float64{{1, 2, 3, 4, 5, 6, 7}})[0]
	if d := (Family{}).Judge([][]float64{xs})[0]; d != want {
		t.Errorf("%+v, want %+v", d, want)
	}
	if d := (Family{Margin: 0.02}).Ratios([][]float64{{0, 0, 0, 0, 0, 0, nan, inf}})[0]; d.N != 0 || d.P != 1 || d.Kind != Undecided {
		t.Errorf("ratios of nothing measured: %+v", d)
	}
	none := []float64{nan, inf, -inf}
	if _, ok := ShiftInterval(none, 0.95); ok || SignedRank(none) != 1 || !math.IsNaN(Shift(none)) {
		t.Errorf("nothing finite: p = %v, shift %v", SignedRank(none), Shift(none))
	}
}

// The interval leaves 0 out exactly where the test finds a difference, of ties,
// zeros and large samples too.
func TestIntervalInvertsTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	excluded := 0
	for range 2000 {
		xs := samples(rng)
		if rng.IntN(4) == 0 {
			xs = append(append(xs, xs...), xs...)
		}
		alpha := []float64{0.2, 0.05, 0.01, 0.005}[rng.IntN(4)]
		p := SignedRank(xs)
		iv, ok := Interval{}, false
		if len(xs) > 0 {
			iv, ok = newWalsh(xs).interval(alpha)
		}
		if out := ok && iv.Excludes(0); out != (p <= alpha) {
			t.Fatalf("p = %v at %v and interval %+v (%v) of %v", p, alpha, iv, ok, xs)
		} else if out {
			excluded++
		}
	}
	if excluded < 100 || excluded > 1900 {
		t.Errorf("%d of 2000 intervals exclude 0: the samples test one side only", excluded)
	}
}

// Over many samples the interval holds the true middle as often as it says.
func TestCoverage(t *testing.T) {
	const runs = 4000
	for name, draw := range map[string]func(*rand.Rand) float64{
		"normal":     func(r *rand.Rand) float64 { return r.NormFloat64() },
		"heavy tail": func(r *rand.Rand) float64 { return math.Tan(math.Pi * (r.Float64() - 0.5)) },
	} {
		for _, n := range []int{8, 30, 90} {
			rng := rand.New(rand.NewPCG(3, uint64(n)))
			missed := 0
			for range runs {
				xs := make([]float64, n)
				for i := range xs {
					xs[i] = draw(rng)
				}
				if iv, ok := ShiftInterval(xs, 0.95); !ok || iv.Excludes(0) {
					missed++
				}
			}
			// 200 are expected at most; 5 standard deviations are 69.
			if missed > 270 || missed < 60 {
				t.Errorf("%s, n=%d: %d of %d intervals at 95 %% miss the middle", name, n, missed, runs)
			}
		}
	}
}

func TestNoDifferences(t *testing.T) {
	if p := SignedRank(nil); p != 1 {
		t.Errorf("p = %v", p)
	}
	if !math.IsNaN(Shift(nil)) || !math.IsNaN(Median(nil)) {
		t.Error("nothing has a middle")
	}
	if _, ok := ShiftInterval(nil, 0.95); ok {
		t.Error("nothing has an interval")
	}
	if iv, ok := ShiftInterval([]float64{1, 2, 3, 4, 5}, 0.95); ok || iv.Lo != 1 || iv.Hi != 5 {
		t.Errorf("five differences have the interval %+v, %v", iv, ok)
	}
}

func TestMedianLeavesItsInput(t *testing.T) {
	xs := []float64{3, 1, 2}
	if m := Median(xs); m != 2 || xs[0] != 3 {
		t.Errorf("median %v, input now %v", m, xs)
	}
	if m := Median([]float64{4, 1, 2, 3}); m != 2.5 {
		t.Errorf("median %v, want 2.5", m)
	}
}

func BenchmarkShiftInterval(b *testing.B) {
	rng := rand.New(rand.NewPCG(4, 0))
	xs := make([]float64, 1000)
	for i := range xs {
		xs[i] = rng.NormFloat64()
	}
	for b.Loop() {
		ShiftInterval(xs, 0.99)
	}
}
