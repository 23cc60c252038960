package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"wsbench/benches/internal/term"
	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/mask"
)

// tolerance is how much more than the best a threshold may cost and still agree
// with it: 2 %.
const tolerance = 0.02

// draws is how often rounds are drawn anew for the interval of a threshold.
const draws = 200

// crossDocument returns where each kernel begins to win, by samples.
func crossDocument(r *results.Results) report.Document {
	seed, _ := strconv.ParseUint(r.Config["seed"], 10, 64)
	found := readCrossed(r.Samples)
	blocks := []report.Block{
		report.Values{In: report.JSON, List: []report.Value{{Key: "tolerance", Cell: tolerance}}},
		report.Table{ID: "conditions", In: report.JSON}, // an empty list where there are none
	}
	thresholds := report.Table{ID: "thresholds", Title: "thresholds that dispatch should use here, all conditions together:", Columns: append(
		append(thresholdColumns(0), crossingColumns(nil)...), report.Column{Key: "advice", Head: "advice", Least: 16})}
	for _, list := range found.sweeps {
		blocks = append(blocks, conditionTable(list, seed))
		if r.Interrupted != "" && list[0].kernel == found.unfinished {
			continue
		}
		thresholds.Rows = append(thresholds.Rows, thresholdCells(list, seed))
	}
	blocks = append(blocks, checkTable(found.checks), floorTable(found.floors), thresholds, report.Paragraph{Text: crossLegend})
	return microDocument(r, blocks...)
}

// conditionTable returns a row for each condition under which a kernel was
// measured.
func conditionTable(list []sweep, seed uint64) report.Table {
	s := list[0]
	from := float64(s.from())
	scale := &term.Scale{Lo: from, Mark: from, Hi: micro.SweepEnd, Label: func(v float64) string { return strconv.Itoa(int(v)) }}
	t := report.Table{ID: "conditions", Title: fmt.Sprintf("%s over %s, in use from %d bytes:", s.kernel, s.over, s.from())}
	t.Columns = append(thresholdColumns(report.JSON), // the title has them
		report.Column{Key: "set", Head: "set"}, report.Column{Key: "align", Head: "align"}, report.Column{Key: "sizes", In: report.JSON})
	t.Columns = append(t.Columns, crossingColumns(scale)...)
	for _, s := range list {
		crossing := micro.Cross(s.points, s.from(), draws, seed)
		t.Rows = append(t.Rows, append([]any{s.kernel, s.over, s.from(), s.set, s.align, s.points}, crossingCells(crossing)...))
	}
	return t
}

// thresholdCells returns the row of a kernel under all conditions together.
func thresholdCells(list []sweep, seed uint64) []any {
	var points [][]micro.Point
	for _, s := range list {
		points = append(points, s.points)
	}
	s := list[0]
	c := micro.Cross(micro.Pool(points...), s.from(), draws, seed)
	what := advice(c.Cost.Judge(tolerance), "this CPU would rather use "+bytesOrNever(c.At))
	if s.from() == leastDone[s.kernel] {
		what = strings.TrimPrefix(fmt.Sprintf("%s; %d is the least it can do", what, s.from()), "; ")
	}
	return append(append([]any{s.kernel, s.over, s.from()}, crossingCells(c)...), what)
}

// leastDone is the fewest bytes that a kernel's assembly can do, where that is
// more than the shortest payload that gets to it.
var leastDone = map[string]int{mask.SSE2.String(): 16, mask.AVX2.String(): 16, mask.NEON.String(): 16}

func bytesOrNever(n int) string {
	if n == micro.Never {
		return "never"
	}
	return results.SizeName(n)
}

// thresholdColumns say which threshold a row is of.
func thresholdColumns(in report.Media) []report.Column {
	return []report.Column{{Key: "kernel", Head: "kernel", In: in}, {Key: "over", Head: "over", In: in}, {Key: "in_use_bytes", Head: "in use\nfrom", In: in}}
}

// crossingColumns returns those of crossingCells. The best threshold is drawn
// on the scale, if there is one.
func crossingColumns(scale *term.Scale) []report.Column {
	best := report.Column{Key: "best_from_bytes", Head: "best\nfrom", Bounds: "interval", Scale: scale}
	if scale != nil {
		best.Draw = report.Spans
	}
	return []report.Column{
		{Key: "wins_first_at_bytes", Head: "wins\nfirst at", Drop: 1}, best,
		{Key: "cost", Head: "in use\ncosts", Unit: results.UnitOf("ratio"), Bounds: "interval"}, {Key: "verdict", Head: "verdict"},
	}
}

func crossingCells(c micro.Crossing) []any {
	best := report.Estimate{Value: bytesOf(c.At), Interval: &stat.Interval{Lo: bytesOf(c.Lo), Hi: bytesOf(c.Hi), Level: results.Confidence}}
	cost := report.Estimate{Value: c.Cost.Share, Interval: &stat.Interval{Lo: c.Cost.Lo, Hi: c.Cost.Hi, Level: results.Confidence}}
	return []any{bytesOf(c.First), best, cost, judgementCell(c.Cost.Judge(tolerance))}
}

// bytesOf returns a threshold as a cell's value.
func bytesOf(n int) float64 {
	if n == micro.Never {
		return math.Inf(1)
	}
	return float64(n)
}

func judgementCell(j micro.Judgement) report.Styled {
	styles := map[micro.Judgement]report.Style{micro.Agrees: report.Good, micro.Disagrees: report.Bad, micro.CannotTell: report.Unsure}
	return report.Styled{Text: j.String(), Style: styles[j]}
}

// advice returns what to do about a judgement: disagrees is for that.
func advice(j micro.Judgement, disagrees string) string {
	return map[micro.Judgement]string{micro.Disagrees: disagrees, micro.CannotTell: "more rounds would tell"}[j]
}

func checkTable(list []crossCheck) report.Table {
	t := report.Table{ID: "checks", Title: "thresholds that cannot be moved:", Columns: []report.Column{
		{Key: "what", Head: "what begins there", Least: 16}, {Key: "in_use_bytes", Head: "in use\nfrom"}, ratios("ratio", "ratio\nat it"),
		{Key: "verdict", Head: "verdict"}, {Key: "advice", Head: "advice", Least: 16},
	}}
	for _, c := range list {
		j := c.gain.Judge(tolerance)
		t.Rows = append(t.Rows, []any{c.what, c.at, estimate(c.gain), judgementCell(j), advice(j, c.disagrees)})
	}
	return t
}

func floorTable(list []crossFloor) report.Table {
	t := report.Table{ID: "floors", Title: "the best kernel beside mask.Floor:", Columns: []report.Column{
		{Key: "kernel", Head: "kernel"}, {Key: "set", Head: "set"}, {Key: "align", Head: "align"}, {Key: "bytes", Head: "bytes"}, ratios("ratio", "of\nfloor"),
	}}
	for _, f := range list {
		t.Rows = append(t.Rows, []any{f.impl, f.set, f.align, f.size, estimate(f.ratio)})
	}
	return t
}

const crossLegend = `Sizes are in bytes; -: never. wins first at: the least size measured at which the kernel is faster with its whole interval (95 %), as it is at the next. ` +
	`best from: the threshold by which all sizes together cost least, drawn with a line at the one in use. in use costs: what that one costs beside the best, a share. ` +
	`agrees: it costs at most 0.02, with its whole interval; disagrees: more, with its whole interval; cannot tell: the interval reaches to both sides (see -rounds). ` +
	`Below its threshold a kernel does as word does, so that a lower one cannot be seen. ratio at it: above 1, what begins at the threshold is the faster way (see the source); agrees from 0.98 on. ` +
	`of floor: the time of mask.Floor, the same loads and stores, divided by the kernel's; above 1, dispatch has a shorter way than mask.Floor (more: wsbench floors). ` +
	`Sizes that leave a set no second payload are hot.`
