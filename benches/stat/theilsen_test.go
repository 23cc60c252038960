package stat

import (
	"math"
	"testing"
)

// The cloud-seeding data of Hollander, Wolfe and Chicken, Nonparametric
// Statistical Methods, examples 9.1 to 9.3: slope -0.056, and the interval from
// -0.13 to 0.01 at 91.6 %. No interval of five points has 99 %.
func TestTheilSenPublished(t *testing.T) {
	x, y := []float64{1, 2, 3, 4, 5}, []float64{1.26, 1.27, 1.12, 1.16, 1.03}
	slope, iv, ok := TheilSen(x, y, 0.916)
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if !near(slope, -0.05625) || !near(iv.Lo, -0.13) || !near(iv.Hi, 0.01) || !ok {
		t.Errorf("%v, %+v, %v", slope, iv, ok)
	}
	if _, iv, ok := TheilSen(x, y, 0.99); ok || !near(iv.Lo, -0.15) || !near(iv.Hi, 0.04) {
		t.Errorf("at 99 %%: %+v, %v", iv, ok)
	}
}

func TestTheilSenFewPoints(t *testing.T) {
	for _, xs := range [][]float64{nil, {1}, {2, 2, 2}} {
		if slope, iv, ok := TheilSen(xs, xs, 0.95); !math.IsNaN(slope) || !math.IsNaN(iv.Lo) || ok {
			t.Errorf("%v: %v, %+v, %v", xs, slope, iv, ok)
		}
	}
}

// The distribution of discordant pairs is that of all orders of the values,
// counted one by one, with groups of one x and without.
func TestDiscordantCounted(t *testing.T) {
	for _, sizes := range [][]int{{1, 1, 1, 1, 1, 1}, {2, 2, 2}, {3, 1, 2}, {1, 4}, {2, 1, 1, 3}} {
		var xs []int
		for x, n := range sizes {
			for range n {
				xs = append(xs, x)
			}
		}
		counts, all := map[int]int{}, 0
		permute(len(xs), func(ys []int) {
			d := 0
			for i := range xs {
				for j := range i {
					if xs[i] != xs[j] && ys[i] < ys[j] {
						d++
					}
				}
			}
			counts[d]++
			all++
		})
		for _, alpha := range []float64{0.01, 0.025, 0.05, 0.2, 0.4} {
			want, sum := -1, 0
			for d := 0; ; d++ {
				if sum += counts[d]; float64(sum) > alpha*float64(all)*(1+1e-12) {
					break
				}
				want = d
			}
			if got := discordant(sizes, alpha); got != want {
				t.Errorf("%v at %v: %d, want %d", sizes, alpha, got, want)
			}
		}
	}
}

// permute calls f with every order of n values.
func permute(n int, f func([]int)) {
	ys := make([]int, n)
	for i := range ys {
		ys[i] = i
	}
	var place func(int)
	place = func(k int) {
		if k == n {
			f(ys)
		}
		for i := k; i < n; i++ {
			ys[k], ys[i] = ys[i], ys[k]
			place(k + 1)
			ys[k], ys[i] = ys[i], ys[k]
		}
	}
	place(0)
}

// The points that a survey of per-frame costs has of gorilla/websocket, which it
// published an exponent of 0.90 for: an ordinary fit gives 1.34.
func TestLeastSquares(t *testing.T) {
	var xs, ys []float64
	for frames, each := range map[float64]float64{50e3: 0.13, 100e3: 0.28, 250e3: 0.24} {
		xs, ys = append(xs, math.Log(frames)), append(ys, math.Log(frames*each))
	}
	if got := LeastSquares(xs, ys); math.Abs(got-1.34) > 0.02 {
		t.Errorf("%.3f, want 1.34", got)
	}
	if got := LeastSquares([]float64{1, 2, 5}, []float64{3, 5, 11}); math.Abs(got-2) > 1e-12 {
		t.Errorf("of a line: %v, want 2", got)
	}
}
