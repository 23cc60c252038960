package report

import (
	"fmt"
	"math"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/stat"
)

// remark is a sentence about results; prefix is what it begins with in text:
// "warning: ", "note: ", "skipped " or nothing.
type remark struct{ prefix, text string }

// warnings are what limits the results, to be told before the numbers.
func warnings(res *lab.Results) (list []remark) {
	add := func(prefix, text string) { list = append(list, remark{prefix, text}) }
	if res.Interrupted != "" {
		add("warning: ", "interrupted "+res.Interrupted+"; the table shows what was measured until then")
	}
	if out, all := len(res.LeftOut), len(res.LeftOut)+len(res.Samples); 2*out > all {
		add("WARNING: ", fmt.Sprintf("MOST TURNS WERE LEFT OUT, %d of %d, so the table rests on what is left: most often, %s. If other processes use the CPUs, stop them and measure again, or allow more of it with -noise; if the generator sets the pace, give it CPUs of its own with -load-cpu.", out, all, commonest(res.LeftOut)))
	}
	for _, n := range res.Notes {
		add("note: ", n)
	}
	for _, err := range res.Warnings {
		add("warning: ", err.Error())
	}
	if res.Config["irq-time"] == "separate" {
		add("warning: ", "this kernel keeps interrupts apart from processes: CPU/msg lacks the network's receiving half")
	}
	return list
}

// noisy warns of cases in which the A/A pair itself differs.
func noisy(aa []lab.Comparison) (list []remark) {
	for _, d := range aa {
		if d.Verdict.Kind == lab.Faster || d.Verdict.Kind == lab.Slower {
			list = append(list, remark{"warning: ", fmt.Sprintf("in case %s the A/A pair differs by %.1f %%: take no difference up to that for real", d.Case.Short(), 100*math.Abs(d.Ratio-1))})
		}
	}
	return list
}

// omissions tell what is not in the table.
func omissions(res *lab.Results) (list []remark) {
	if n := len(res.LeftOut); n > 0 {
		list = append(list, remark{"", fmt.Sprintf("%d of %d turns were left out, most often: %s", n, n+len(res.Samples), commonest(res.LeftOut))})
	}
	for _, c := range res.Unmeasured() {
		list = append(list, remark{"", fmt.Sprintf("case %s is not in the table: all of its turns were left out", c.Short())})
	}
	for _, s := range res.Skipped {
		list = append(list, remark{"skipped ", strings.TrimPrefix(s.Name, "Benchmark") + ": " + s.Text})
	}
	return list
}

// reasons counts reasons that are the same, numbers aside, each as it first
// came, the most frequent first.
func reasons(list []lab.Reason) (texts []string, counts []int) {
	at := map[string]int{}
	for _, l := range list {
		key := strings.Map(digitless, l.Text)
		i, ok := at[key]
		if !ok {
			i = len(texts)
			at[key] = i
			texts, counts = append(texts, l.Text), append(counts, 0)
		}
		counts[i]++
	}
	for i := range texts { // few: a stable sort by insertion
		for j := i; j > 0 && counts[j] > counts[j-1]; j-- {
			texts[j], texts[j-1] = texts[j-1], texts[j]
			counts[j], counts[j-1] = counts[j-1], counts[j]
		}
	}
	return texts, counts
}

// commonest is the reason of most turns that were left out, numbers aside; ""
// if there are none.
func commonest(list []lab.Reason) string {
	texts, _ := reasons(list)
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

func digitless(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}

// legend says what the table's words mean, of those that are in it.
func legend(others, aa []lab.Comparison) (list []string) {
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
		list = append(list, fmt.Sprintf("ratio: estimated from the ratios within blocks [its interval at %s, the level at which it is judged as one of %d comparisons], above 1 faster; drawn with a line at 1.", levels(least, most), len(others)))
	}
	if short > 0 {
		list = append(list, fmt.Sprintf("n=%d: too few blocks for an interval; %d are needed for %d comparisons.", short, stat.LeastPairs(len(others), 1-lab.Confidence), len(others)))
	}
	if kinds[lab.NoDifference] {
		list = append(list, "no diff > X%: no difference above X %.")
	}
	if kinds[lab.Underpowered] {
		list = append(list, "underpowered Y%: this run could have missed a difference of Y % (80 % power); more rounds (-rounds) find smaller ones.")
	}
	if starred {
		list = append(list, "*: no larger than the difference of the A/A pair below, so not to be taken for real.")
	}
	return list
}

// matrixRows are the head and a line a case and variant: medians over the
// samples, and how the variant compares with the reference. A case is named in
// the first of its lines.
func matrixRows(res *lab.Results, others, aa []lab.Comparison) [][]string {
	ref, _ := res.Reference()
	rows := [][]string{{"case", "server", "msg/s", "p50", "p99", "CPU/msg", "ctxsw/msg", "ratio to " + ref.Label(), "verdict"}}
	for _, c := range res.Cases() {
		name := c.Short()
		for _, v := range res.Variants() {
			n, m := res.Medians(v, c)
			if n == 0 {
				continue
			}
			row := append([]string{name, v.Label()}, figures(m)...)
			rows = append(rows, append(row, compared(others, aa, v, c)...))
			name = ""
		}
	}
	return rows
}

// memory is what the servers' processes held, in one line, as it is the same
// in every case; "" if it is not known.
func memory(res *lab.Results) string {
	var parts []string
	for _, v := range res.Variants() {
		most := 0.0
		for _, c := range res.Cases() {
			_, m := res.Medians(v, c)
			most = max(most, m["rss-B"])
		}
		if most > 0 {
			parts = append(parts, fmt.Sprintf("%s %.1f MB", v.Label(), most/1e6))
		}
	}
	return strings.Join(parts, ", ")
}

// figures of a variant under a case, for matrixRows.
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
		return []string{ratioText(d.Difference), verdict}
	}
	return []string{"", ""}
}

// ratioText is a difference in one cell.
func ratioText(d lab.Difference) string {
	cells := ratio(d)
	return fmt.Sprintf("%s %s", cells...)
}

func levels(least, most float64) string {
	a, b := fmt.Sprintf("%.1f %%", 100*least), fmt.Sprintf("%.1f %%", 100*most)
	if a == b {
		return a
	}
	return a + " to " + b
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
