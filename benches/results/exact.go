package results

import (
	"math"
	"slices"

	"wsbench/benches/stat"
)

// Exact reports whether values of a unit are counted and do not depend on how
// busy the machine is: what is allocated per operation.
func (u Unit) Exact() bool { return u.Name == "B/op" || u.Name == "allocs/op" }

// ExactChanges compares every benchmark of samples by an exact unit, as Changes
// does by others: no statistic is needed where the values of one side are all
// above those of the other, or all the same. Where they overlap it is undecided.
func ExactChanges(samples []Sample, a, b, unit string) (changes []Change) {
	for _, c := range bySide(samples, a, b, unit) {
		c.A, c.B = valuesOf(c.sides[0], c.Unit), valuesOf(c.sides[1], c.Unit)
		if c.Both() {
			c.Difference = exactly(c.A, c.B)
		}
		changes = append(changes, c.Change)
	}
	return changes
}

// exactly returns how counted values b compare with a. The ratio is of medians:
// infinite where only a's is 0.
func exactly(a, b []float64) Difference {
	from, to := stat.Median(a), stat.Median(b)
	d := Difference{N: min(len(a), len(b)), Ratio: to / from, HasCI: true}
	if from == to {
		d.Ratio = 1
	}
	d.Interval = stat.Interval{Lo: d.Ratio, Hi: d.Ratio, Level: 1}
	switch {
	case slices.Min(b) > slices.Max(a):
		d.Verdict.Kind = Slower
	case slices.Max(b) < slices.Min(a):
		d.Verdict.Kind = Faster
	case slices.Min(a) == slices.Max(a) && slices.Equal(slices.Compact(slices.Sorted(slices.Values(b))), a[:1]):
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
