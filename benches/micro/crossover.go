package micro

import (
	"math"
	"math/rand/v2"
	"slices"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Point is what a candidate does at one size beside what it has to beat.
type Point struct {
	Size   int       `json:"bytes"`
	Ratios []float64 `json:"samples_ratio"` // one per round; above 1: the candidate is the faster
}

// Never is the threshold of a candidate that is better left alone at every
// size measured.
const Never = math.MaxInt

// Crossing is where a candidate begins to win.
type Crossing struct {
	At     int // bytes from which to use it, so that all sizes together cost least; or Never
	Lo, Hi int // interval of At, at results.Confidence
	First  int // the least size that wins with its whole interval, and the next size too; or Never
	Cost   Cost
}

// Cost is what the threshold in use costs beside the best one, on average
// over the measured sizes between the two: 0.03 for 3 %.
type Cost struct {
	Share float64 // beside At
	// The bounds, at results.Confidence: the least that it costs beside At, and the
	// most beside whatever the best one is in truth. Hi above 0 does not
	// contradict a threshold that is At: too few rounds cannot tell.
	Lo, Hi float64
}

// Judgement is what a measurement tells about a value in use.
type Judgement int

const (
	CannotTell Judgement = iota // the interval reaches to both sides of what is tolerated
	Agrees                      // no more than what is tolerated, the whole interval
	Disagrees                   // more, the whole interval
)

func (j Judgement) String() string {
	return [...]string{CannotTell: "cannot tell", Agrees: "agrees", Disagrees: "disagrees"}[j]
}

// Judge reports whether the cost is within share (0.02: 2 %).
func (c Cost) Judge(share float64) Judgement {
	switch {
	case c.Hi <= share:
		return Agrees
	case c.Lo > share:
		return Disagrees
	}
	return CannotTell
}

// Judge reports whether e, a ratio, is at least 1 less share (0.02: 2 %).
func (e Estimate) Judge(share float64) Judgement {
	switch {
	case e.Interval.Lo >= 1-share:
		return Agrees
	case e.Slower(share):
		return Disagrees
	}
	return CannotTell
}

// Cross finds the threshold that costs least: below At the other one, from At
// on the candidate. A single size that wins or loses by chance does not move
// it, nor does a step at multiples of a vector. The intervals, also of what the
// threshold from, in use now, costs, come from drawing the rounds of every
// point anew, draws times (1 or more). points are in order of size.
func Cross(points []Point, from, draws int, seed uint64) Crossing {
	ratios := medians(points)
	c := Crossing{At: best(points, ratios), First: first(points)}
	c.Cost.Share = cost(points, ratios, from, c.At)
	draw := rand.New(rand.NewPCG(seed, 1))
	var ats []int
	var beside, most []float64 // costs beside At, and beside the best of the draw
	for range max(1, draws) {
		ratios := redrawn(points, draw)
		at := best(points, ratios)
		ats = append(ats, at)
		beside = append(beside, cost(points, ratios, from, c.At))
		most = append(most, cost(points, ratios, from, at))
	}
	c.Lo, c.Hi = middle(ats, c.At)
	c.Cost.Lo, c.Cost.Hi = middle(beside, c.Cost.Share)
	_, c.Cost.Hi = middle(most, c.Cost.Hi)
	return c
}

// Pool returns the geometric mean of points of the same sizes under several
// conditions, round by round.
func Pool(conditions ...[]Point) (points []Point) {
	for i, p := range conditions[0] {
		mean := Point{Size: p.Size}
		for round := range p.Ratios {
			product := 1.0
			for _, c := range conditions {
				product *= c[i].Ratios[round]
			}
			mean.Ratios = append(mean.Ratios, math.Pow(product, 1/float64(len(conditions))))
		}
		points = append(points, mean)
	}
	return points
}

// middle returns the interval that holds results.Confidence of values, widened
// to hold v.
func middle[T int | float64](values []T, v T) (lo, hi T) {
	slices.Sort(values)
	tail := int(float64(len(values)) * (1 - results.Confidence) / 2)
	return min(v, values[tail]), max(v, values[len(values)-1-tail])
}

// first returns the least size at which the candidate wins, if it does at the
// next one too: one in forty wins by chance. The last size has no next.
func first(points []Point) int {
	won := false
	for i, p := range points {
		iv, ok := stat.MedianInterval(p.Ratios, results.Confidence)
		wins := ok && iv.Lo > 1
		if wins && won {
			return points[i-1].Size
		}
		won = wins
	}
	return Never
}

// best returns the size from which on the logarithms of the ratios sum up to
// most.
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
		out[i] = stat.Median(p.Ratios)
	}
	return out
}

// redrawn returns the medians of as many rounds, drawn with repeats.
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

// cost returns what a threshold at from costs beside one at at, on average over
// the measured sizes between the two.
func cost(points []Point, ratios []float64, from, at int) float64 {
	sum, n := 0.0, 0
	for i, p := range points {
		if p.Size >= min(from, at) && p.Size < max(from, at) {
			sum += math.Log(ratios[i])
			n++
		}
	}
	switch {
	case n == 0:
		return 0
	case from < at: // the candidate is used where it loses
		sum = -sum
	}
	return math.Expm1(sum / float64(n))
}
