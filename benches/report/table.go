package report

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"wsbench/benches/lab"
)

// table is one line a case and variant: medians over the samples, and how the
// variant compares with the reference.
func (t *text) table() {
	if len(t.res.Samples) == 0 {
		t.line("\nno samples of the echo matrix")
		return
	}
	ref, _ := t.res.Reference()
	others, aa := t.res.Compare()
	head := []string{"case", "server", "msg/s", "p50", "p99", "CPU/msg", "ctxsw/msg", "ratio to " + ref.Label(), "verdict"}
	rows := [][]string{head}
	for _, c := range t.res.Cases() {
		name := c.Short()
		for _, v := range t.res.Variants() {
			n, m := t.res.Medians(v, c)
			if n == 0 {
				continue
			}
			row := append([]string{name, v.Label()}, figures(m)...)
			rows = append(rows, append(row, compared(others, aa, v, c)...))
			name = ""
		}
	}
	t.line("")
	t.align(rows)
	t.legend(others, aa)
}

func figures(m map[string]float64) []string {
	return []string{
		rate(m["msg/s"]), duration(m["p50-ns"]), duration(m["p99-ns"]),
		fmt.Sprintf("%.0f ns", m["cpu-ns/msg"]), small(m["ctxsw/msg"]),
	}
}

// compared is ratio, interval and verdict of v under c; blank for the
// reference itself.
func compared(list, aa []lab.Comparison, v lab.Variant, c lab.Case) []string {
	for _, d := range list {
		if d.Case != c || d.Variant.Label() != v.Label() {
			continue
		}
		verdict := d.Verdict.Short()
		if withinNoise(d, aa) {
			verdict += " *"
		}
		return []string{ratio(d.Difference), verdict}
	}
	return []string{"", ""}
}

// withinNoise tells whether a difference that was called one is no larger than
// the one between two processes of the reference in the same case.
func withinNoise(d lab.Comparison, aa []lab.Comparison) bool {
	if d.Verdict.Kind != lab.Faster && d.Verdict.Kind != lab.Slower {
		return false
	}
	for _, a := range aa {
		if a.Case == d.Case {
			return math.Abs(d.Ratio-1) <= math.Abs(a.Ratio-1)
		}
	}
	return false
}

func ratio(d lab.Difference) string {
	if !d.HasCI {
		return fmt.Sprintf("%.3f (n=%d)", d.Ratio, d.N)
	}
	return fmt.Sprintf("%.3f [%.3f,%.3f]", d.Ratio, d.Interval.Lo, d.Interval.Hi)
}

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
	if most > 0 {
		t.wrap("", fmt.Sprintf("ratio: median of the blocks' ratios [its confidence interval, %s]; verdicts are corrected for %d comparisons.", levels(least, most), len(others)))
	}
	if short > 0 {
		t.wrap("", fmt.Sprintf("n=%d: too few blocks for an interval at %.0f %%; 6 are needed.", short, 100*lab.Confidence))
	}
	if kinds[lab.NoDifference] {
		t.wrap("", "no diff > X%: no difference above X %.")
	}
	if kinds[lab.Underpowered] {
		t.wrap("", "underpowered Y%: could only have seen a difference of Y %; more rounds (-rounds) see smaller ones.")
	}
	if starred {
		t.wrap("", "*: no larger than the difference of the A/A pair below, so not to be taken for real.")
	}
}

func levels(least, most float64) string {
	a, b := fmt.Sprintf("%.1f %%", 100*least), fmt.Sprintf("%.1f %%", 100*most)
	if a == b {
		return a
	}
	return a + " to " + b
}

// noise is what the session measured between two processes of the reference:
// a difference that is no larger is none.
func (t *text) noise() {
	_, aa := t.res.Compare()
	if len(aa) == 0 {
		return
	}
	ref, _ := t.res.Reference()
	t.line("\nnoise floor: a second, identical process of %s against the first (A/A)", ref.Label())
	var rows [][]string
	for _, d := range aa {
		rows = append(rows, []string{d.Case.Short(), ratio(d.Difference), d.Verdict.String()})
	}
	t.align(rows)
	for _, d := range aa {
		if d.Verdict.Kind == lab.Faster || d.Verdict.Kind == lab.Slower {
			t.wrap("warning: ", fmt.Sprintf("in case %s the A/A pair differs by %.1f %%: take no difference up to that for real", d.Case.Short(), 100*math.Abs(d.Ratio-1)))
		}
	}
}

// align writes rows in columns, the last one as it is. Where that is wider
// than the width, the columns move together.
func (t *text) align(rows [][]string) {
	var width []int
	total := 0
	for _, r := range rows {
		for i, cell := range r {
			if i == len(width) {
				width = append(width, 0)
			}
			n := max(width[i], utf8.RuneCountInString(cell))
			total += n - width[i]
			width[i] = n
		}
	}
	gap := "  "
	if total+len(gap)*(len(width)-1) > Width {
		gap = " "
	}
	for _, r := range rows {
		t.line("%s", strings.TrimRight(alignRow(r, width, gap), " "))
	}
}

// alignRow has words, in the first two columns and the last two, on the left,
// and figures on the right.
func alignRow(r []string, width []int, gap string) string {
	var b strings.Builder
	for i, cell := range r {
		pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
		if i < 2 || i >= len(r)-2 {
			b.WriteString(cell + pad + gap)
		} else {
			b.WriteString(pad + cell + gap)
		}
	}
	return b.String()
}

// rate is messages a second in three or four digits.
func rate(v float64) string {
	switch {
	case v >= 999.5e3:
		return fmt.Sprintf("%.2fM", v/1e6)
	case v >= 9.995e3:
		return fmt.Sprintf("%.0fk", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}

// duration is ns in three or four digits.
func duration(ns float64) string {
	switch {
	case ns <= 0:
		return "-"
	case ns < 9.995e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 9.995e6:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
	return fmt.Sprintf("%.0f ms", ns/1e6)
}

// small is a count a message.
func small(v float64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%.4f", v)
}
