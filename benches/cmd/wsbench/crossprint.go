package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"wsbench/benches/lab/micro"
	"wsbench/mask"
)

func (r *crossRun) print(steps []crossStep, checks []crossCheck) error {
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kernel over simpler\tset\talign\tin use from\twins first at\tbest from\tinterval\t")
	for _, s := range steps {
		name := fmt.Sprintf("%v over %v", s.Kernel, s.Over)
		for _, l := range s.lines {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\t[%s,%s]\t%s\n", name, l.set, l.align, s.From, size(l.First), size(l.At), size(l.Lo), size(l.Hi), s.verdict(l))
			name = ""
		}
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t")
	fmt.Fprintln(w, "threshold that cannot be moved\t\t\tin use\tratio at it\t\tinterval\t")
	for _, c := range checks {
		fmt.Fprintf(w, "%s\t\t\t%s\t%.3f\t\t[%.3f,%.3f]\t%s\n", c.what, micro.SizeName(c.at), c.gain.Median, c.gain.Interval.Lo, c.gain.Interval.Hi, c.verdict())
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t")
	fmt.Fprintln(w, "best kernel beside mask.Floor\tset\talign\toctets\tof floor\t\tinterval\t")
	for _, f := range r.floors {
		fmt.Fprintf(w, "%v\t%s\t%d\t%s\t%.3f\t\t[%.3f,%.3f]\t\n", f.kernel, f.set, f.align, micro.SizeName(f.size), f.ratio.Median, f.ratio.Interval.Lo, f.ratio.Interval.Hi)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, "\nthresholds that dispatch should use here, all conditions together:")
	for _, s := range steps {
		fmt.Fprintf(r.stdout, "  %-7v uses %d: %s\n", s.Kernel, s.From, s.verdict(s.pooled))
	}
	_, err := fmt.Fprintf(r.stdout, "\n%s\n", crossLegend)
	return err
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

var crossLegend = strings.TrimSpace(`
wins first at: the least size measured at which the kernel is faster with its whole
interval (95 %), as it is at the next. best from: the threshold by which all sizes
together cost least, with its interval. agrees: the threshold in use costs at most 2 %
beside the best, with its whole interval; would rather: more, with its whole interval;
cannot tell: the interval of what it costs reaches to both sides (see -rounds). Below
its threshold a kernel does as word does, so that a lower one cannot be seen. ratio at
it: above 1, what begins at the threshold is the faster way (see the source); agrees
from 0.98 on. of floor: the time of mask.Floor, the same loads and stores, by the
kernel's; above 1, dispatch has a shorter way than mask.Floor (more: wsbench floors).
Sizes that leave a set no second payload are hot.`)
