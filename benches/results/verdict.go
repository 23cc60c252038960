package results

import (
	"fmt"
	"math"

	"wsbench/benches/stat"
)

// Confidence is the level at which a family of comparisons is judged as a
// whole, and the least level of each interval.
const Confidence = 0.95

// Resolution is the difference that a comparison should be able to exclude:
// where the interval reaches further from 1, it was underpowered.
const Resolution = 0.05

// Finding is what a comparison came to.
type Finding int

// The findings of a comparison.
const (
	Underpowered Finding = iota // no difference seen, and one above Resolution not excluded
	NoDifference                // none above Percent
	Faster
	Slower
)

// Verdict is a comparison in words.
type Verdict struct {
	Kind Finding
	// Percent is, of NoDifference, the difference that the interval excludes;
	// of Underpowered, the one that would have been found in 80 of 100 such
	// sessions, or +Inf where none could be with so few blocks.
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
		return "underpowered: too few blocks to find any difference"
	}
	return fmt.Sprintf("underpowered: could have missed %.1f %%", v.Percent)
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
	Ratio    float64 // Hodges–Lehmann estimate
	Interval stat.Interval
	HasCI    bool    // the pairs are enough for the interval's level
	P        float64 // signed-rank, of the logarithms
	Adjusted float64 // P, corrected for the number of comparisons
	Verdict  Verdict
}

func verdict(d stat.Difference, better string) Verdict {
	beyond := math.Max(d.Interval.Hi-1, 1-d.Interval.Lo)
	switch {
	case d.Kind == stat.Above && better == "lower", d.Kind == stat.Below && better != "lower":
		return Verdict{Kind: Slower}
	case d.Kind == stat.Above, d.Kind == stat.Below:
		return Verdict{Kind: Faster}
	case d.Enough && beyond <= Resolution:
		return Verdict{NoDifference, 100 * beyond}
	}
	return Verdict{Underpowered, 100 * d.Detectable}
}
