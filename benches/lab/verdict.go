package lab

import (
	"fmt"
	"math"
)

// Confidence is the least level of the intervals, and 1 - Confidence the
// p-value, corrected for the number of comparisons, below which a difference
// is called one.
const Confidence = 0.95

// Resolution is the difference that a comparison should be able to exclude:
// where the interval reaches further from 1, it was underpowered.
const Resolution = 0.05

// Kind is what a comparison came to.
type Kind int

const (
	Underpowered Kind = iota // no difference seen, and one above Resolution not excluded
	NoDifference             // none above Percent
	Faster
	Slower
)

// Verdict is a comparison in words.
type Verdict struct {
	Kind Kind
	// Percent is, of NoDifference, the difference that the interval excludes;
	// of Underpowered, the least that would have been seen, or +Inf where no
	// difference could have been with so few blocks.
	Percent float64
}

func (v Verdict) String() string {
	switch {
	case v.Kind == Faster:
		return "faster"
	case v.Kind == Slower:
		return "slower"
	case v.Kind == NoDifference:
		return fmt.Sprintf("no difference above %.1f %%", v.Percent)
	case math.IsInf(v.Percent, 0) || math.IsNaN(v.Percent):
		return "underpowered: too few blocks to see any difference"
	}
	return fmt.Sprintf("underpowered: could only have seen %.1f %%", v.Percent)
}

// Short is String in at most 17 characters, for a table with a legend.
func (v Verdict) Short() string {
	switch {
	case v.Kind == Faster || v.Kind == Slower:
		return v.String()
	case v.Kind == NoDifference:
		return fmt.Sprintf("no diff > %.1f%%", v.Percent)
	case math.IsInf(v.Percent, 0) || math.IsNaN(v.Percent):
		return "too few blocks"
	case v.Percent >= 9.95:
		return fmt.Sprintf("underpowered %.0f%%", v.Percent)
	}
	return fmt.Sprintf("underpowered %.1f%%", v.Percent)
}

// Difference is a set of paired ratios, judged.
type Difference struct {
	N        int     // pairs
	Ratio    float64 // median of the ratios
	Interval Interval
	HasCI    bool    // the interval reaches Confidence
	P        float64 // signed-rank, of the logarithms
	Adjusted float64 // P, corrected for the number of comparisons
	Verdict  Verdict
}

// Judge compares several variants with one reference: each element of sets
// holds the ratios of one of them (above 1: faster), one a block. The p-values
// are corrected for the number of sets.
func Judge(sets [][]float64) []Difference {
	out := make([]Difference, len(sets))
	ps := make([]float64, len(sets))
	for i, ratios := range sets {
		out[i] = measure(ratios)
		ps[i] = out[i].P
	}
	for i, p := range Holm(ps) {
		out[i].Adjusted = p
		out[i].Verdict = out[i].verdict(sets[i], len(sets))
	}
	return out
}

func measure(ratios []float64) Difference {
	d := Difference{N: len(ratios), Ratio: Median(ratios), P: SignedRank(logs(ratios))}
	d.Interval, d.HasCI = MedianInterval(ratios, Confidence)
	return d
}

func (d Difference) verdict(ratios []float64, sets int) Verdict {
	beyond := math.Max(d.Interval.Hi-1, 1-d.Interval.Lo)
	switch {
	case d.significant() && d.Ratio > 1:
		return Verdict{Kind: Faster}
	case d.significant():
		return Verdict{Kind: Slower}
	case d.HasCI && beyond <= Resolution:
		return Verdict{NoDifference, 100 * beyond}
	}
	return Verdict{Underpowered, 100 * Detectable(ratios, sets)}
}

func (d Difference) significant() bool {
	return d.HasCI && d.Interval.Excludes(1) && d.Adjusted < 1-Confidence
}

// Detectable is the least difference (0.03: 3 %) that would have been called
// one, whichever its direction: the ratios are moved so that their median is 1,
// and then away from 1, up and down, until they are significant among so many
// sets. +Inf where they never are.
func Detectable(ratios []float64, sets int) float64 {
	up := detectable(logs(ratios), 1, sets)
	down := detectable(logs(ratios), -1, sets)
	return math.Max(math.Expm1(up), -math.Expm1(-down))
}

// detectable is how far the logarithms ls have to be moved in direction sign.
func detectable(ls []float64, sign float64, sets int) float64 {
	center := Median(ls)
	called := func(shift float64) bool {
		moved := make([]float64, len(ls))
		for i, l := range ls {
			moved[i] = l - center + sign*shift
		}
		iv, ok := MedianInterval(moved, Confidence)
		return ok && iv.Excludes(0) && SignedRank(moved)*float64(sets) < 1-Confidence
	}
	lo, hi := 0.0, math.Log(1000)
	if !called(hi) {
		return math.Inf(1)
	}
	for range 40 {
		if mid := (lo + hi) / 2; called(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

func logs(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = math.Log(x)
	}
	return out
}
