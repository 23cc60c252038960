package micro

import (
	"math"
	"math/rand/v2"
	"slices"

	"wsbench/benches/lab"
)

// A Point is what a candidate does at one size beside what it has to beat.
type Point struct {
	Size   int       // octets
	Ratios []float64 // above 1: the candidate is the faster; one a round
}

// Never is the threshold of a candidate that is better left alone at every
// size measured.
const Never = math.MaxInt

// A Crossing is where a candidate begins to win.
type Crossing struct {
	At     int // octets from which to use it, so that all sizes together cost least; or Never
	Lo, Hi int // interval of At, at lab.Confidence
	First  int // the least size whose own ratio is above 1 with its whole interval; or Never
}

// Cross finds the threshold that costs least: below At the other one, from At
// on the candidate. A single size that wins or loses by chance does not move
// it, nor does a step at multiples of a vector. Its interval comes from
// drawing the rounds of every point anew, draws times. points are in order of
// size.
func Cross(points []Point, draws int, seed uint64) Crossing {
	c := Crossing{At: best(points, medians(points)), First: Never}
	for _, p := range points {
		if iv, ok := lab.MedianInterval(p.Ratios, lab.Confidence); ok && iv.Lo > 1 {
			c.First = p.Size
			break
		}
	}
	c.Lo, c.Hi = c.At, c.At
	draw := rand.New(rand.NewPCG(seed, 1))
	ats := make([]int, 0, draws)
	for range draws {
		ats = append(ats, best(points, redrawn(points, draw)))
	}
	if slices.Sort(ats); draws > 0 {
		tail := int(float64(draws) * (1 - lab.Confidence) / 2)
		c.Lo, c.Hi = min(c.At, ats[tail]), max(c.At, ats[draws-1-tail])
	}
	return c
}

// best is the size from which on the logarithms of the ratios sum up to most.
func best(points []Point, ratios []float64) int {
	at, sum, most := Never, 0.0, 0.0
	for i := len(points) - 1; i >= 0; i-- {
		if sum += math.Log(ratios[i]); sum > most {
			at, most = points[i].Size, sum
		}
	}
	return at
}

func medians(points []Point) []float64 {
	out := make([]float64, len(points))
	for i, p := range points {
		out[i] = lab.Median(p.Ratios)
	}
	return out
}

// redrawn are the medians of as many rounds, drawn with repeats.
func redrawn(points []Point, draw *rand.Rand) []float64 {
	out := make([]float64, len(points))
	for i, p := range points {
		again := make([]float64, len(p.Ratios))
		for j := range again {
			again[j] = p.Ratios[draw.IntN(len(p.Ratios))]
		}
		slices.Sort(again)
		out[i] = again[len(again)/2]
	}
	return out
}

// Cost is what a threshold at from costs beside c's, on average over the
// measured sizes between the two: 0.03 for 3 %.
func (c Crossing) Cost(points []Point, from int) float64 {
	sum, n := 0.0, 0
	for _, p := range points {
		if p.Size >= min(from, c.At) && p.Size < max(from, c.At) {
			sum += math.Log(lab.Median(p.Ratios))
			n++
		}
	}
	switch {
	case n == 0:
		return 0
	case from < c.At: // the candidate is used where it loses
		sum = -sum
	}
	return math.Expm1(sum / float64(n))
}

// Agrees tells whether a threshold at from is as good as c: within its
// interval, no different to any size measured, or at most share dearer.
func (c Crossing) Agrees(points []Point, from int, share float64) bool {
	return from >= c.Lo && from <= c.Hi || c.Cost(points, from) <= share
}
