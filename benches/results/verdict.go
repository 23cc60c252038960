package results

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"wsbench/benches/stat"
)

// Confidence is the level at which a family of comparisons is judged as a
// whole, and the least level of each interval.
const Confidence = 0.95

// DefaultMargin is the difference that does not matter, as a share, where
// nothing else is asked for.
const DefaultMargin = 0.02

// Margin returns the difference that does not matter, as the file configuration
// has it, or DefaultMargin.
func (res *Results) Margin() float64 {
	if m, err := ParseMargin(res.Config["margin"]); err == nil {
		return m
	}
	return DefaultMargin
}

// ParseMargin reads a margin such as 2% or 0.02.
func ParseMargin(s string) (float64, error) {
	m, err := ParseShare(s)
	if err != nil || m == 1 {
		return 0, fmt.Errorf("margin %q: want a share such as 2%%", s)
	}
	return m, nil
}

// ParseShare reads a share of 0 to 1, such as 0.1 or 10%.
func ParseShare(s string) (float64, error) {
	text, percent := strings.CutSuffix(s, "%")
	share, err := strconv.ParseFloat(text, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, fmt.Errorf("%q: want a share of 0 to 1, such as 0.1 or 10%%", s)
	}
	return share, nil
}

// ParseFailOn reads what a comparison is to fail on: slower by more than a share, such
// as slower:3%.
func ParseFailOn(s string) (limit float64, err error) {
	text, ok := strings.CutPrefix(s, "slower:")
	if limit, err = ParseMargin(text); !ok || err != nil {
		return 0, fmt.Errorf("%q: want slower: and a share, such as slower:3%%", s)
	}
	return limit, nil
}

// Finding is what a comparison came to.
type Finding int

// The findings of a comparison.
const (
	Undecided  Finding = iota // no difference found, and one above the margin not excluded
	Equivalent                // none above the margin
	Faster
	Slower
	Unjudged // shown only
)

func (f Finding) String() string {
	return [...]string{"undecided", "equivalent", "faster", "slower", "not judged"}[f]
}

// Verdict is a comparison in words.
type Verdict struct {
	Kind Finding
	// Percent is, of Equivalent, the margin; of Undecided, the difference that
	// would have been found in 80 of 100 such sessions, or +Inf where none could
	// be with so few blocks.
	Percent float64
	// Times is, of Undecided, how many times as many blocks would find a
	// difference as large as the margin in 80 of 100 sessions; +Inf where that is
	// not known.
	Times float64
}

func (v Verdict) String() string {
	switch {
	case v.Kind == Equivalent:
		return fmt.Sprintf("equivalent within %.3g %%", v.Percent)
	case v.Kind != Undecided:
		return v.Kind.String()
	case math.IsInf(v.Percent, 0) || math.IsNaN(v.Percent):
		return "undecided: too few blocks to find any difference"
	}
	return fmt.Sprintf("undecided: could have missed %.1f %%", v.Percent)
}

// Short writes the verdict in at most 15 characters, for a table with a legend.
func (v Verdict) Short() string {
	switch {
	case v.Kind != Undecided:
		return v.Kind.String()
	case math.IsInf(v.Percent, 0) || math.IsNaN(v.Percent):
		return "too few blocks"
	case v.Percent >= 9.95:
		return fmt.Sprintf("undecided %.0f%%", v.Percent)
	}
	return fmt.Sprintf("undecided %.1f%%", v.Percent)
}

// Difference is a set of paired ratios, judged.
type Difference struct {
	N        int     // pairs, or batches of them; of ByEpoch, epochs; see stat.Units
	ByEpoch  bool    // all pairs of an epoch count as one
	Ratio    float64 // Hodges–Lehmann estimate
	Interval stat.Interval
	HasCI    bool    // the pairs are enough for the interval's level
	P        float64 // signed-rank, of the logarithms
	Adjusted float64 // P, corrected for the number of comparisons
	Verdict  Verdict
	Look     int     // at which it was judged, from 1; 0: judged once
	Share    float64 // of the session that had passed then
	Decided  bool    // by its Terms: it needs no more pairs
}

// Judge compares several servers with one reference: each element of sets holds
// the ratios of one of them, one per block. Better is the direction of the unit:
// with "lower" a ratio below 1 is faster. Differences up to margin, a share, do
// not matter. The verdicts are corrected for the number of sets; see
// stat.Family.
func Judge(sets [][]float64, better string, margin float64) []Difference {
	out := make([]Difference, len(sets))
	for i, d := range (stat.Family{Alpha: 1 - Confidence, Margin: margin}).Ratios(sets) {
		out[i] = difference(d, better, margin)
	}
	return out
}

func difference(d stat.Difference, better string, margin float64) Difference {
	return Difference{N: d.N, Ratio: d.Shift, Interval: d.Interval, HasCI: d.Enough, P: d.P, Adjusted: d.Adjusted, Verdict: verdict(d, better, margin)}
}

func verdict(d stat.Difference, better string, margin float64) Verdict {
	above := Faster
	if better == "lower" {
		above = Slower
	}
	switch d.Kind {
	case stat.Above:
		return Verdict{Kind: above}
	case stat.Below:
		return Verdict{Kind: Faster + Slower - above}
	case stat.Equivalent:
		return Verdict{Kind: Equivalent, Percent: 100 * margin}
	}
	return Verdict{Undecided, 100 * d.Detectable, d.Need(margin)}
}
