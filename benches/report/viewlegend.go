package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// legend returns what the table's words mean, of those that are in it.
func (v *view) legend() (list []string) {
	throughput := "; msg/s: above 1"
	if v.rated() {
		throughput = ""
		list = append(list, "rate: messages sent per second, whatever comes back. p50 and p99 are of all runs' messages, from when each was due.")
	}
	least, most, short, byEpoch := 1.0, 0.0, 0, 0
	kinds := map[results.Finding]bool{}
	times := 0.0
	for i, j := range v.judged {
		for _, d := range j.Others {
			kinds[d.Verdict.Kind] = true
			switch {
			case d.HasCI:
				least, most = min(least, d.Interval.Level), max(most, d.Interval.Level)
			default:
				short = max(short, d.N)
			}
			if d.ByEpoch {
				byEpoch++
			}
			if t := d.Verdict.Times; i == 0 && d.Verdict.Kind == results.Undecided && !math.IsInf(t, 0) {
				times = max(times, t)
			}
		}
	}
	n := len(v.judged[0].Others)
	if most > 0 {
		list = append(list, fmt.Sprintf("ratio: estimated from the ratios within blocks [its interval at %s, the level at which it is judged as one of %d comparisons]; drawn with a line at 1. CPU/msg: below 1 is faster%s.", levels(least, most), n, throughput))
	}
	if kinds[results.Equivalent] {
		list = append(list, fmt.Sprintf("equivalent: the interval lies within %.3g %% of 1 (margin).", 100*v.res.Margin()))
	}
	if short > 0 {
		list = append(list, fmt.Sprintf("n=%d: too few blocks for an interval; %d are needed for %d comparisons.", short, stat.LeastPairs(n, 1-results.Confidence), n))
	}
	if kinds[results.Undecided] && times > 0 {
		list = append(list, fmt.Sprintf("undecided Y%%: these blocks could have missed a difference of Y %% (80 %% power); %s would settle all those of CPU/msg at the margin of %.3g %%.", v.longer(times), 100*v.res.Margin()))
	}
	if text := v.lookWords(); text != "" {
		list = append(list, text)
	}
	if byEpoch > 0 {
		list = append(list, v.epochWords(byEpoch))
	}
	return append(list, v.pairWords()...)
}

// epochWords says what counts as one in so many comparisons.
func (v *view) epochWords(comparisons int) string {
	one := "one start of the servers"
	if v.res.Config[SideA] != "" {
		one += ", or of one code layout where these take turns (-layouts),"
	}
	return fmt.Sprintf("%d of the comparisons are judged by epochs: all blocks of %s count as one.", comparisons, one)
}

// pairWords says which samples medians and ratios are of, where these are not the same.
func (v *view) pairWords() (list []string) {
	if slices.ContainsFunc(v.served, func(s results.Sample) bool { return s.Name.Server().AA() }) {
		ref, _ := results.Reference(v.served)
		list = append(list, fmt.Sprintf("Ratios are to the mean of both processes of %s (geometric, within a block).", ref.Label()))
	}
	if slices.ContainsFunc(v.res.Discarded, func(d results.Discarded) bool { return d.Name.Base == results.Benches[0].Base }) {
		list = append(list, "Medians and percentiles are of all samples of a server; ratios are of the blocks alone in which both sides have one, as a discarded run costs its pairs. Compare by the ratio.")
	}
	return list
}

// lookWords says which comparisons were decided before the session's end; "" where there
// were no looks before it.
func (v *view) lookWords() string {
	if len(v.res.Looks) == 0 {
		return ""
	}
	decided, all := 0, 0
	var shares []string
	for _, j := range v.judged {
		for _, d := range j.Others {
			all++
			if share := fmt.Sprintf("%.0f %%", 100*d.Share); d.Share < 1 && d.Decided {
				decided++
				if !slices.Contains(shares, share) {
					shares = append(shares, share)
				}
			}
		}
	}
	text := fmt.Sprintf("Comparisons were judged at %d looks before the end, with 5 %% of error spent over all of them (-looks)", len(v.res.Looks))
	if decided == 0 {
		return text + ": none was decided early."
	}
	return text + fmt.Sprintf(": %d of %d were decided after %s of the session. Ratio, interval and verdict are those of that look; what was decided by both units was measured no further.", decided, all, strings.Join(shares, ", "))
}

// longer returns how long a session takes that has so many times as many blocks.
func (v *view) longer(times float64) string {
	var last time.Duration
	for _, s := range v.echo {
		last = max(last, s.At)
	}
	switch d := time.Duration(float64(last) * times); {
	case last == 0:
		return fmt.Sprintf("about %.0f times as many blocks", math.Ceil(times))
	case d < 2*time.Minute:
		return fmt.Sprintf("about %.0f s (-time)", math.Ceil(d.Seconds()))
	case d < 3*time.Hour:
		return fmt.Sprintf("about %.0f minutes (-time)", math.Ceil(d.Minutes()))
	default:
		return fmt.Sprintf("about %.0f hours (-time)", math.Ceil(d.Hours()))
	}
}

func levels(least, most float64) string {
	a, b := fmt.Sprintf("%.1f %%", 100*least), fmt.Sprintf("%.1f %%", 100*most)
	if a == b {
		return a
	}
	return a + " to " + b
}
