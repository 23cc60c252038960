package stat

import (
	"cmp"
	"math"
	"slices"
)

// Family is how a set of comparisons is judged together.
type Family struct {
	// Alpha bounds the probability that any comparison of the family is called
	// different although none is. 0: 0.05.
	Alpha float64
	// Margin is the shift that does not matter, on either side of 0. A
	// comparison whose interval lies within it is equivalent. 0: none is.
	Margin float64
	// Looks are those at which the family was judged, up to this one; none: it is
	// judged once.
	Looks Looks
	// Size is how many comparisons the correction is for: those of the family but
	// what was found to differ at earlier looks. 0: as many as there are sets.
	Size int
}

// Kind is what a comparison came to.
type Kind int

// The outcomes of a comparison.
const (
	Undecided  Kind = iota // the interval reaches beyond the margin, and holds 0
	Equivalent             // the interval lies within the margin
	Above                  // the shift is above 0
	Below                  // the shift is below 0
)

var kinds = [...]string{"undecided", "equivalent", "above", "below"}

func (k Kind) String() string { return kinds[k] }

// Difference is a judged set of differences.
type Difference struct {
	N        int      // differences
	Shift    float64  // Hodges–Lehmann estimate; NaN of none
	Interval Interval // at the level at which the comparison was judged
	Enough   bool     // N reaches that level: the interval is one
	P        float64  // signed-rank
	Adjusted float64  // P, corrected for the size of the family
	Kind     Kind
	// Detectable is the shift that this many differences, as spread as they
	// are, would have found in 80 of 100 cases; +Inf where none could be.
	Detectable float64
}

// Judge compares each set of differences with 0. The correction for their
// number is Holm's: the smallest p-value is judged at Alpha / Size, the next at
// Alpha / (Size-1), and so on up to the first that is not below its level; the
// rest are judged at that one's. Each level is what Looks leave of it.
func (f Family) Judge(sets [][]float64) []Difference {
	f.Alpha = cmp.Or(f.Alpha, 0.05)
	f.Size = max(f.Size, len(sets))
	list := make([]Difference, len(sets))
	means := make([]walsh, len(sets))
	ps := make([]float64, len(sets))
	for i, xs := range sets {
		means[i] = newWalsh(xs)
		ps[i] = means[i].p()
	}
	levels, adjusted := f.stepDown(ps)
	for i := range list {
		list[i] = f.judge(means[i], levels[i])
		list[i].P, list[i].Adjusted = ps[i], adjusted[i]
	}
	return list
}

func (f Family) judge(w walsh, alpha float64) Difference {
	d := Difference{N: len(w), Shift: math.NaN(), Detectable: math.Inf(1), Interval: Interval{math.NaN(), math.NaN(), 1 - alpha}}
	if d.N == 0 {
		return d
	}
	d.Shift = w.median()
	d.Interval, d.Enough = w.interval(alpha)
	if !d.Enough {
		return d
	}
	d.Detectable = detectable(d.Interval, alpha)
	switch {
	case -f.Margin <= d.Interval.Lo && d.Interval.Hi <= f.Margin && f.Margin > 0:
		d.Kind = Equivalent
	case d.Interval.Lo > 0:
		d.Kind = Above
	case d.Interval.Hi < 0:
		d.Kind = Below
	}
	return d
}

// Power is the probability with which Difference.Detectable would be found.
const Power = 0.8

// detectable takes the estimate's standard error from the width of its interval,
// as for large samples.
func detectable(iv Interval, alpha float64) float64 {
	z := normalQuantile(1 - alpha/2)
	se := (iv.Hi - iv.Lo) / (2 * z)
	return (z + normalQuantile(Power)) * se
}

// Need returns how many times as many differences would find a shift in 80 of
// 100 cases.
func (d Difference) Need(shift float64) float64 {
	r := d.Detectable / shift
	return r * r
}

// Longer returns how many times as many differences would find in 80 of 100 sessions the
// shift that a share of sessions found, each tested at alpha, as for large samples; +Inf
// where no session found it, and 1 at most where 80 of 100 did.
func Longer(found, alpha float64) float64 {
	z := normalQuantile(1 - alpha/2)
	have := z + normalQuantile(found)
	if found <= 0 || have <= 0 {
		return math.Inf(1)
	}
	r := (z + normalQuantile(Power)) / have
	return r * r
}

// stepDown returns the level at which each p-value is judged, and the p-values
// corrected: each is at most Alpha where the p-value is at most its level.
func (f Family) stepDown(ps []float64) (levels, adjusted []float64) {
	levels, adjusted = make([]float64, len(ps)), make([]float64, len(ps))
	going, level, least := true, 0.0, 0.0
	for rank, i := range ascending(ps) {
		next := f.Looks.Level(f.Alpha / float64(f.Size-rank))
		if going {
			level = next
			going = ps[i] <= level
		}
		levels[i] = level
		least = max(least, min(1, ps[i]*(f.Alpha/next)))
		adjusted[i] = least
	}
	return levels, adjusted
}

// ascending returns the indices of ps, the least first.
func ascending(ps []float64) []int {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ps[a] < ps[b]:
			return -1
		case ps[a] > ps[b]:
			return 1
		}
		return 0
	})
	return order
}

// LeastPairs returns how many differences a family of size comparisons needs
// before any of them can be called different at alpha: the least p-value of n
// differences is 2^(1-n).
func LeastPairs(size int, alpha float64) int {
	n := 1
	for math.Pow(2, float64(1-n)) > alpha/float64(size) {
		n++
	}
	return n
}
