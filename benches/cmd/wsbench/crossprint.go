package main

import (
	"fmt"
	"strconv"

	"wsbench/benches/internal/term"
	"wsbench/benches/micro"
	"wsbench/mask"
)

func (r *crossRun) print(steps []crossStep, checks []crossCheck) error {
	p, facts := r.screen(r.stdout).Page(), r.facts()
	p.Text(term.Plain, "", fmt.Sprintf("crossover of the mask kernels on %s, CPU %s, seed %d", fact(facts, "cpu"), r.where(), r.seed))
	p.Line("")
	p.Table(r.stepTable(steps))
	if len(checks) > 0 {
		p.Line("")
		p.Table(checkTable(checks))
	}
	if len(r.floors) > 0 {
		p.Line("")
		p.Table(r.floorTable())
	}
	p.Heading("thresholds that dispatch should use here, all conditions together:")
	for _, s := range steps {
		p.Item(verdictStyle(s.pooled.Cost.Judge(tolerance)), fmt.Sprintf("  %-7v ", s.Kernel), fmt.Sprintf("uses %d: %s", s.From, s.verdict(s.pooled)))
	}
	p.Line("")
	p.Text(term.Plain, "", crossLegend)
	return p.Flush(r.stdout)
}

func verdictStyle(j micro.Judgement) term.Style {
	return map[micro.Judgement]term.Style{micro.Agrees: term.Good, micro.Disagrees: term.Bad, micro.CannotTell: term.Unsure}[j]
}

// judged is a verdict in the words of the legend.
func judged(j micro.Judgement, disagrees string) term.Cell {
	words := map[micro.Judgement]string{micro.Agrees: "agrees", micro.Disagrees: disagrees, micro.CannotTell: "cannot tell"}
	return term.Cell{Text: words[j], Style: verdictStyle(j)}
}

// stepTable is a line a condition. The drawing is where the best threshold is,
// and a line at the one in use.
func (r *crossRun) stepTable(steps []crossStep) *term.Table {
	t := &term.Table{Columns: []term.Column{
		{Head: "kernel over\nsimpler"}, {Head: "set"}, {Head: "align", Align: term.Right}, {Head: "in use\nfrom", Align: term.Right},
		{Head: "wins\nfirst at", Align: term.Right, Drop: 2}, {Head: "best\nfrom", Align: term.Right}, {Head: "interval", Drop: 3},
		{Name: "interval as drawn", Least: 12, Most: 25, Drop: 1}, {Head: "in use costs\n% [interval]", Drop: 4}, {Head: "verdict"},
	}}
	for i, s := range steps {
		if i > 0 {
			t.Gap()
		}
		name, scale := fmt.Sprintf("%v over %v", s.Kernel, s.Over), s.scale()
		for _, l := range s.lines {
			t.Row(name, l.set, l.align, s.From, size(l.First), size(l.At), fmt.Sprintf("[%s,%s]", size(l.Lo), size(l.Hi)),
				term.Span{Scale: scale, Lo: float64(l.Lo), Value: float64(l.At), Hi: float64(l.Hi)},
				fmt.Sprintf("%.1f [%.1f,%.1f]", 100*l.Cost.Share, 100*l.Cost.Lo, 100*l.Cost.Hi), judged(l.Cost.Judge(tolerance), "would rather"))
			name = ""
		}
	}
	return t
}

// scale is that of the sizes at which a step was measured; what never wins is
// at its end.
func (s crossStep) scale() term.Scale {
	points := s.lines[0].points
	return term.Scale{
		Lo: float64(min(s.From, points[0].Size)), Mark: float64(s.From), Hi: float64(max(s.From, points[len(points)-1].Size)),
		Label: func(v float64) string { return strconv.Itoa(int(v)) },
	}
}

func checkTable(checks []crossCheck) *term.Table {
	scale := ratiosOf(len(checks), func(i int) micro.Ratio { return checks[i].gain })
	t := ratioTable("threshold that cannot be moved", "in use", "ratio\nat it", scale)
	for _, c := range checks {
		t.Row(append(ratioCells(c.what, micro.SizeName(c.at), c.gain, scale), judged(c.gain.Judge(tolerance), c.few))...)
	}
	return t
}

func (r *crossRun) floorTable() *term.Table {
	scale := ratiosOf(len(r.floors), func(i int) micro.Ratio { return r.floors[i].ratio })
	t := ratioTable("best kernel beside mask.Floor", "octets", "of\nfloor", scale)
	for _, f := range r.floors {
		t.Row(ratioCells(fmt.Sprintf("%v: %s, align %d", f.kernel, f.set, f.align), micro.SizeName(f.size), f.ratio, scale)...)
	}
	return t
}

// ratioTable is one of ratios, what of at which size, with a verdict or none.
func ratioTable(what, at, ratio string, scale term.Scale) *term.Table {
	return &term.Table{Columns: []term.Column{
		{Head: what, Least: 16}, {Head: at, Align: term.Right}, {Head: ratio}, {Head: "interval", Drop: 2},
		{Name: "interval as drawn", Least: 12, Most: 25, Drop: 1}, {Head: "verdict", Least: 16},
	}, Axis: map[int]term.Picture{4: scale}}
}

func ratioCells(what, at string, q micro.Ratio, scale term.Scale) []any {
	return []any{what, at, fmt.Sprintf("%.3f", q.Median), fmt.Sprintf("[%.3f,%.3f]", q.Interval.Lo, q.Interval.Hi),
		term.Span{Scale: scale, Lo: q.Interval.Lo, Value: q.Median, Hi: q.Interval.Hi}}
}

func ratiosOf(n int, ratio func(i int) micro.Ratio) term.Scale {
	var ends []float64
	for i := range n {
		q := ratio(i)
		ends = append(ends, q.Median, q.Interval.Lo, q.Interval.Hi)
	}
	return term.RatioScale(ends...)
}

// leastDone is the fewest octets that a kernel's assembly can do, where that
// is more than the shortest payload that gets to it.
var leastDone = map[mask.Kernel]int{mask.SSE2: 16, mask.AVX2: 16, mask.NEON: 16}

// verdict on the threshold in use under one condition.
func (s crossStep) verdict(l crossLine) string {
	if s.From == leastDone[s.Kernel] {
		return l.verdict(s.From) + fmt.Sprintf("; %d is the least it can do", s.From)
	}
	return l.verdict(s.From)
}

// verdict on the threshold in use, from.
func (l crossLine) verdict(from int) string {
	switch l.Cost.Judge(tolerance) {
	case micro.Agrees:
		return "agrees"
	case micro.Disagrees:
		return fmt.Sprintf("this CPU would rather use %s [%s,%s]: %d costs %.1f %% [%.1f,%.1f] between the two",
			size(l.At), size(l.Lo), size(l.Hi), from, 100*l.Cost.Share, 100*l.Cost.Lo, 100*l.Cost.Hi)
	}
	return fmt.Sprintf("cannot tell [%.1f %%,%.1f %%]: more rounds", 100*l.Cost.Lo, 100*l.Cost.Hi)
}

func size(n int) string {
	if n == micro.Never {
		return "never"
	}
	return micro.SizeName(n)
}

const crossLegend = `wins first at: the least size measured at which the kernel is faster with its whole
interval (95 %), as it is at the next. best from: the threshold by which all sizes
together cost least, with its interval. agrees: the threshold in use costs at most 2 %
beside the best, with its whole interval; would rather: more, with its whole interval;
cannot tell: the interval of what it costs reaches to both sides (see -rounds). Below
its threshold a kernel does as word does, so that a lower one cannot be seen. ratio at
it: above 1, what begins at the threshold is the faster way (see the source); agrees
from 0.98 on. of floor: the time of mask.Floor, the same loads and stores, by the
kernel's; above 1, dispatch has a shorter way than mask.Floor (more: wsbench floors).
Sizes that leave a set no second payload are hot. The intervals are drawn too: of sizes with a line at the threshold in use, of
ratios with a line at 1.`
