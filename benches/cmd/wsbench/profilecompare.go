package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/pprof/profile"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/profiles/stacks"
)

var compareExperiment = experiment{
	anywhere: true,
	name:     "profile compare", summary: "the share of each function by two profiles of a run", synopsis: "[flags] [NAME=]A [NAME=]B", least: 2, most: 2,
	examples: "  wsbench profile compare perf=cpu.pb.gz go=go.pb.gz",
	new: func(c *call) body {
		b := &comparison{Sources: [2]string{"A", "B"}}
		c.output()
		c.flags.IntVar(&b.most, "n", 30, "`functions` in the table, 0 for all")
		return b
	},
}

// comparison is one call of wsbench profile compare: two profiles' shares by
// function.
type comparison struct {
	Sources, Files [2]string
	Type           string
	Rows           []stacks.Row
	most           int // functions in the table; 0: all
}

// check implements body.
func (b *comparison) check(c *call) error {
	sources, err := parseSources(c.operands, false)
	if err != nil {
		return err
	}
	for i, s := range sources {
		b.Files[i] = s.path
		b.Sources[i] = cmp.Or(s.name, b.Sources[i])
	}
	switch {
	case b.most < 0:
		return fmt.Errorf("-n %d: want 0 or more", b.most)
	case b.Sources[0] == b.Sources[1]:
		return fmt.Errorf("both are called %s", b.Sources[0])
	}
	return nil
}

// run implements body.
func (b *comparison) run(ctx context.Context, c *call) (*outcome, error) {
	var both [2]*profile.Profile
	for i, path := range b.Files {
		var err error
		if both[i], err = readProfile(ctx, path, stacks.Read, c.stderr); err != nil {
			return nil, err
		}
	}
	if b.Rows, b.Type = stacks.Compare(both[0], both[1]); b.Rows == nil {
		return nil, fmt.Errorf("%s and %s have no sample type in common with samples of it; perf has that of Go's CPU profiles with -e cpu-clock", b.Files[0], b.Files[1])
	}
	return &outcome{results: b.results(), document: b.document()}, nil
}

// compareLegend says how to read the table, and what cannot agree.
const compareLegend = "Shares of all samples, and their differences. The interval is that of the difference at 95 %, by the number of samples alone; * marks differences beyond it. " +
	"Kernel time is the function's that entered the kernel; inlined functions are the one's that holds their code; instances of a generic function are one. " +
	"Go's profiler does not see threads that run no goroutine (sysmon, C), nor its own signal handler; perf by frame pointers omits the caller of a function without a frame, and cpu-clock puts time with interrupts off where they are on again."

// document returns the shares, for people of the first functions.
func (c *comparison) document() report.Document {
	a, b := c.Sources[0], c.Sources[1]
	t := report.Table{ID: "functions", Columns: []report.Column{
		{Key: "a_share", Head: a, Unit: shareUnit}, {Key: "b_share", Head: b, Unit: shareUnit},
		{Key: "diff", Head: "diff", Unit: shareUnit, Bounds: "interval"}, {Head: ""},
		{Key: "a_cumulative_share", Head: a + " cum", Unit: shareUnit, Drop: 1}, {Key: "b_cumulative_share", Head: b + " cum", Unit: shareUnit, Drop: 2},
		{Key: "function", Head: "function", Least: 20},
	}}
	for _, r := range c.Rows {
		t.Rows = append(t.Rows, []any{r.A, r.B, difference(r), beyond(r), r.CumA, r.CumB, r.Name})
	}
	all, first := firstRows(t, cmp.Or(c.most, len(t.Rows)))
	if left := len(all.Rows) - len(first.Rows); left > 0 {
		first.Note = fmt.Sprintf("%d more functions; -n 0 shows all", left)
	}
	form := report.Values{In: report.JSON, List: []report.Value{{Key: "sample_type", Cell: c.Type}, {Key: "sources", Cell: c.Sources}, {Key: "files", Cell: c.Files}}}
	return report.Document{Sections: []report.Section{{
		Title:  fmt.Sprintf("%s of user-space functions: %s (%s), %s (%s)", c.Type, a, c.Files[0], b, c.Files[1]),
		Blocks: []report.Block{form, all, first, report.Paragraph{Style: report.Faint, Text: compareLegend}},
	}}}
}

func difference(r stacks.Row) report.Estimate {
	return estimated(r.Diff(), r.Margin > 0, stat.Interval{Lo: r.Diff() - r.Margin, Hi: r.Diff() + r.Margin, Level: 0.95})
}

// beyond marks a difference that is beyond the interval.
func beyond(r stacks.Row) any {
	if e := difference(r); e.Interval != nil && e.Interval.Excludes(0) {
		return report.Styled{Text: "*", Style: report.Unsure}
	}
	return nil
}

// results returns a sample for each function and source, so that
// benchstat -col /source sets them beside each other.
func (c *comparison) results() *results.Results {
	res := &results.Results{Config: map[string]string{"profile-type": c.Type}}
	used := map[string]int{}
	for _, r := range c.Rows {
		function := functionValue(r.Name)
		if used[function]++; used[function] > 1 {
			function = fmt.Sprintf("%s+%d", function, used[function])
		}
		for i, share := range [][2]float64{{r.A, r.CumA}, {r.B, r.CumB}} {
			name := results.Name{Base: "Profile", Keys: []results.KV{{Key: "source", Value: c.Sources[i]}, {Key: "function", Value: function}}}
			values := map[string]float64{"flat-share": share[0], "cum-share": share[1]}
			res.Samples = append(res.Samples, results.Sample{Name: name, Pkg: explain.Pkg, Iters: 1, Values: values})
		}
	}
	return res
}

// dropped are the parts of a function's name that a benchmark's name does
// without.
var dropped = regexp.MustCompile(`[()*&{}]|\[\.\.\.\]`)

// functionValue returns a function's name as a value in a benchmark's name:
// wsbench/mask.(*T).f is wsbench.mask.T.f.
func functionValue(name string) string {
	name = strings.ReplaceAll(dropped.ReplaceAllString(name, ""), "/", ".")
	return results.ValueOf(cmp.Or(name, "_"))
}
