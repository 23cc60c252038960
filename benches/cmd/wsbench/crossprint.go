package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"wsbench/benches/lab/micro"
)

func (r *crossRun) print(steps []crossStep, checks []crossCheck) error {
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kernel over simpler\tset\talign\tin use from\twins first at\tbest from\tinterval\t")
	for _, s := range steps {
		name := fmt.Sprintf("%v over %v", s.Kernel, s.Over)
		for _, l := range s.lines {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\t[%s,%s]\t%s\n", name, l.set, l.align, s.From, size(l.First), size(l.At), size(l.Lo), size(l.Hi), l.verdict(s.From))
			name = ""
		}
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t")
	fmt.Fprintln(w, "threshold that cannot be moved\t\t\tin use\tratio at it\t\tinterval\t")
	for _, c := range checks {
		fmt.Fprintf(w, "%s\t\t\t%s\t%.3f\t\t[%.3f,%.3f]\t%s\n", c.what, micro.SizeName(c.at), c.gain.Median, c.gain.Interval.Lo, c.gain.Interval.Hi, c.verdict())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, "\nthresholds that dispatch should use here, all conditions together:")
	for _, s := range steps {
		fmt.Fprintf(r.stdout, "  %-7v uses %d: %s\n", s.Kernel, s.From, s.pooled.verdict(s.From))
	}
	_, err := fmt.Fprintf(r.stdout, "\n%s\n", crossLegend)
	return err
}

// verdict on a threshold in use.
func (l crossLine) verdict(from int) string {
	if l.Agrees(l.points, from, tolerance) {
		return "agrees"
	}
	advice := fmt.Sprintf("this CPU would rather use %s [%s,%s]", size(l.At), size(l.Lo), size(l.Hi))
	if cost := l.Cost(l.points, from); cost > 0 {
		advice += fmt.Sprintf(": %d costs %.1f %% between the two", from, 100*cost)
	}
	return advice
}

func size(n int) string {
	if n == micro.Never {
		return "never"
	}
	return micro.SizeName(n)
}

var crossLegend = strings.TrimSpace(`
wins first at: the least size measured at which the kernel is faster with its whole
interval (95 %). best from: the threshold by which all sizes together cost least, with
its interval. agrees: the threshold in use lies in the interval or costs at most 2 %.
Below its threshold a kernel does as word does, so that a lower one cannot be seen.
ratio at it: above 1, what begins at the threshold is the faster way (see the source).`)
