package results

import (
	"math"
	"slices"

	"wsbench/benches/stat"
)

// Exact reports whether values of a unit are counted and do not depend on how
// busy the machine is: what is allocated per operation.
func (u Unit) Exact() bool { return u.Name == "B/op" || u.Name == "allocs/op" }

// ExactChanges compares every benchmark of samples by an exact unit: one side has more
// where all of its values are above all of the other's, and they are enough that chance
// does not part them so in 5 % of families. Otherwise it is undecided, but for values
// that are all the same.
func ExactChanges(samples []Sample, a, b, unit string) (changes []Change) {
	list, vary := bySide(samples, a, b, unit), 0
	for _, c := range list {
		c.A, c.B = valuesOf(c.sides[0], c.Unit), valuesOf(c.sides[1], c.Unit)
		if c.Both() && !same(c.A, c.B) {
			vary++
		}
	}
	for _, c := range list {
		if c.Both() {
			c.Difference = exactly(c.A, c.B, (1-Confidence)/float64(max(1, vary)))
		}
		changes = append(changes, c.Change)
	}
	return changes
}

// same reports whether all values of both sides are the same.
func same(a, b []float64) bool {
	all := slices.Concat(a, b)
	return slices.Min(all) == slices.Max(all)
}

// apart returns the probability that n values are all above or all below m others of
// the same distribution.
func apart(n, m int) float64 {
	p := 2.0
	for i := range n {
		p *= float64(i+1) / float64(m+i+1)
	}
	return p
}

// exactly returns how counted values b compare with a, at a level. The ratio is of
// medians: infinite where only a's is 0.
func exactly(a, b []float64, level float64) Difference {
	from, to := stat.Median(a), stat.Median(b)
	d := Difference{N: min(len(a), len(b)), Ratio: to / from, HasCI: true}
	if from == to {
		d.Ratio = 1
	}
	d.Interval = stat.Interval{Lo: d.Ratio, Hi: d.Ratio, Level: 1}
	enough := apart(len(a), len(b)) <= level
	switch {
	case enough && slices.Min(b) > slices.Max(a):
		d.Verdict.Kind = Slower
	case enough && slices.Max(b) < slices.Min(a):
		d.Verdict.Kind = Faster
	case same(a, b):
		d.Verdict.Kind = Equivalent
	default:
		d.Verdict, d.HasCI = Verdict{Kind: Undecided, Percent: math.Inf(1), Times: math.Inf(1)}, false
	}
	return d
}

// Words returns the verdict in words, and in at most 15 characters.
func (c Change) Words() (long, short string) {
	if !c.Unit.Exact() {
		return c.Verdict.String(), c.Verdict.Short()
	}
	word := [...]string{Undecided: "varies", Equivalent: "the same", Faster: "less", Slower: "more"}[c.Verdict.Kind]
	return word, word
}
