package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/pprof/profile"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

var loopExperiment = experiment{
	name: "profile bench", summary: "what bench.sh captured of a benchmark's loop, per operation", synopsis: "[flags] FILE", least: 1, most: 1,
	examples: "  sh profiles/bench.sh -o /tmp/unmask mask perf       # runs it\n  wsbench profile bench -ops 1000000 -name BenchmarkUnmask/impl=avx2 perf-script.txt",
	new: func(c *call) body {
		l := &loopCapture{}
		c.flags.Int64Var(&l.messages, "ops", 0, "`operations` of the captured loop")
		c.flags.StringVar(&l.benchmark, "name", "", "`name` of the benchmark")
		c.flags.StringVar(&l.unobserved, "unobserved", "", "`file` of go test with the benchmark's run that nothing observed")
		c.output()
		return l
	},
}

// loopCapture is one call of wsbench profile bench.
type loopCapture struct {
	countsSession
	benchmark, unobserved string
	profile               *profile.Profile // nil: the file has counts
	alone                 *results.Sample  // of the unobserved run; nil: not known
}

// check implements body.
func (l *loopCapture) check(*call) error {
	l.unit, l.keys = "op", results.ParseName(l.benchmark).Keys
	if l.messages < 1 {
		return fmt.Errorf("-ops %d: want 1 or more", l.messages)
	}
	return nil
}

// run implements body.
func (l *loopCapture) run(ctx context.Context, c *call) (*outcome, error) {
	if err := l.readUnobserved(); err != nil {
		return nil, err
	}
	document := report.Document{Sections: []report.Section{l.head()}}
	path := c.operands[0]
	if isCounts(path) {
		if err := l.read(c); err != nil {
			return nil, err
		}
		document.Sections = append(document.Sections, l.section(l.files[0]))
		return &outcome{results: l.results(), document: document}, nil
	}
	p, err := readProfile(ctx, path, stacks.Read, c.stderr)
	if err != nil {
		return nil, err
	}
	if l.profile = p; len(p.Sample) == 0 {
		return nil, fmt.Errorf("%s has no sample: capture for longer (bench.sh -d)", path)
	}
	document.Sections = append(document.Sections, l.stacks())
	return &outcome{results: &results.Results{}, document: document}, nil
}

// isCounts reports whether a file is, by its name, one of counts.
func isCounts(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, "strace-") || strings.HasPrefix(name, "perf-stat") || strings.HasPrefix(name, "perf-trace")
}

// readUnobserved reads the line of the benchmark's unobserved run.
func (l *loopCapture) readUnobserved() error {
	if l.unobserved == "" {
		return nil
	}
	f, err := os.Open(l.unobserved)
	if err != nil {
		return err
	}
	defer f.Close()
	res, err := results.Read(f, l.unobserved)
	if err != nil {
		return err
	}
	for _, s := range res.Samples {
		s.Name.Procs = ""
		if l.benchmark == "" || s.Name.String() == l.benchmark {
			l.alone = &s
			return nil
		}
	}
	return fmt.Errorf("%s has no line of %s", l.unobserved, l.benchmark)
}

// head says what was captured, and what the unobserved run came to.
func (l *loopCapture) head() report.Section {
	v := report.Values{Title: "the run that nothing observed"}
	if l.alone != nil {
		g := results.Group{Samples: []results.Sample{*l.alone}}
		for _, u := range g.Units() {
			v.List = append(v.List, report.Value{Name: u.Name, Unit: u, Cell: g.Median(u.Name)})
		}
	}
	about := report.Values{In: report.JSON, List: []report.Value{{Key: "benchmark", Cell: l.benchmark}, {Key: "operations", Cell: l.messages}}}
	return report.Section{Title: fmt.Sprintf("%s: %d operations captured", l.benchmark, l.messages), Blocks: []report.Block{about, v}}
}

// perOperation is the unit of CPU time.
var perOperation = results.UnitOf("cpu-ns/op")

// stacks returns the tables of a profile: CPU time per operation by function and
// by component.
func (l *loopCapture) stacks() report.Section {
	all := l.cpu()
	n := float64(l.messages)
	functions := report.Table{ID: "functions", Title: "CPU time by function", Columns: []report.Column{
		{Key: "function", Head: "function", Least: 26}, {Key: "where", Head: "where", Least: 16},
		{Key: "self_ns_per_op", Head: "self", Unit: perOperation}, {Key: "share", Head: "share", Unit: shareUnit, Draw: report.Bars},
		{Key: "cumulative_ns_per_op", Head: "with calls", Unit: perOperation, Drop: 2}}}
	for _, f := range stacks.Functions(l.profile, "") {
		functions.Rows = append(functions.Rows, []any{f.Name, explain.Where(f), f.Flat / n, shareOf(f.Flat, all), f.Cum / n})
	}
	everything, first := firstRows(functions, mostFunctions)
	shares, _ := attribution.Default().Split(l.profile, "") // readProfile has seen that type
	first.Note = fmt.Sprintf("%s of CPU time per operation, by %d samples. self: of the function alone; with calls: of all that it calls too. The first %d of %d.",
		report.Number(perOperation, all/n), sampled(shares), len(first.Rows), len(functions.Rows))
	components := report.Table{ID: "attribution", Title: "CPU time by component", Columns: []report.Column{
		{Key: "component", Head: "component", Least: 16}, {Key: "cpu_ns_per_op", Head: "CPU", Unit: perOperation}, {Key: "share", Head: "share", Unit: shareUnit, Draw: report.Bars}}}
	for _, c := range shares {
		if c.Value > 0 {
			components.Rows = append(components.Rows, []any{c.Component, c.Value / n, shareOf(c.Value, all)})
		}
	}
	return report.Section{Blocks: []report.Block{everything, first, components}}
}

// cpu returns the CPU time of the whole profile.
func (l *loopCapture) cpu() (all float64) {
	for _, f := range stacks.Functions(l.profile, "") {
		all += f.Flat
	}
	return all
}

// sampled returns the samples of all components.
func sampled(shares []attribution.Share) (n int64) {
	for _, s := range shares {
		n += s.Samples
	}
	return n
}
