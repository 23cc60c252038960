package report

import (
	"fmt"
	"math"

	"wsbench/benches/lab"
	"wsbench/benches/report/term"
)

// legend says what the table's words mean, of those that are in it.
func (t *text) legend(others, aa []lab.Comparison) {
	least, most, short, starred := 1.0, 0.0, 0, false
	kinds := map[lab.Kind]bool{}
	for _, d := range others {
		starred = starred || withinNoise(d, aa)
		if d.Verdict.Kind != lab.Underpowered || !math.IsInf(d.Verdict.Percent, 0) {
			kinds[d.Verdict.Kind] = true
		}
		if d.HasCI {
			least, most = min(least, d.Interval.Level), max(most, d.Interval.Level)
		} else {
			short = max(short, d.N)
		}
	}
	explain := func(format string, args ...any) { t.Text(term.Plain, "", fmt.Sprintf(format, args...)) }
	if most > 0 {
		explain("ratio: median of the blocks' ratios [its confidence interval, %s], above 1 faster; drawn beside it, with a line at 1. Verdicts are corrected for %d comparisons.", levels(least, most), len(others))
	}
	if short > 0 {
		explain("n=%d: too few blocks for an interval at %.0f %%; 6 are needed.", short, 100*lab.Confidence)
	}
	if kinds[lab.NoDifference] {
		explain("no diff > X%%: no difference above X %%.")
	}
	if kinds[lab.Underpowered] {
		explain("underpowered Y%%: could only have seen a difference of Y %%; more rounds (-rounds) see smaller ones.")
	}
	if starred {
		explain("*: no larger than the difference of the A/A pair below, so not to be taken for real.")
	}
}

func levels(least, most float64) string {
	a, b := fmt.Sprintf("%.1f %%", 100*least), fmt.Sprintf("%.1f %%", 100*most)
	if a == b {
		return a
	}
	return a + " to " + b
}
