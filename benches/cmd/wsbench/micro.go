package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// choice is what the microbenchmarks of a component compare: those whose names
// differ in one key.
type choice struct {
	component string // its folder
	bench     string // as of go test -bench: few enough for ten samples of each in two minutes
	key       string // whose values are compared
	reference string // the value that the others are compared with
}

// choices has one for each component.
var choices = []choice{
	{"mask", "^BenchmarkUnmaskFresh$/^impl=(auto|word|sse2|avx2|avx512|neon)$/^size=(20|125|1024|16384)$/^align=1$", "impl", "auto"},
	{"parse", "^BenchmarkHeaders$/./^from=client$|^BenchmarkParseHeader$/./^from=client$", "impl", "fast"},
	{"scratch", "^BenchmarkReceive$/./^conns=(10|1000)$/^buffer=65536$/^size=(20|16384)$", "buffers", "shared"},
	{"syscalls", "^BenchmarkAnswer$/^frames=(1|16|256)$/^size=(20|1024)$", "via", "send-each"},
}

// components returns the names of those that have a choice.
func components() (list []string) {
	for _, k := range choices {
		list = append(list, k.component)
	}
	return list
}

var microExperiment = experiment{
	name: "micro", summary: "compare the choices of mask, parse, scratch or syscalls by their microbenchmarks, interleaved",
	synopsis: "[flags] " + strings.Join(components(), "|"), least: 1, most: 1,
	examples: `  wsbench micro mask
  wsbench micro -bench '^BenchmarkCarry$' -col size=20 scratch
  wsbench micro -ref main syscalls`,
	new: newMicro,
}

// microSession is one call of wsbench micro.
type microSession struct {
	choice
	bench, col, ref string // of the flags
	budget          lab.MicroBudget
	root            string
	sides           [2]abSide // of -ref
}

// microBudget is a session's by default: with what it takes to build the
// benchmarks it stays below two minutes.
var microBudget = lab.MicroBudget{Benchtime: 20 * time.Millisecond, Count: 20, Limit: time.Minute}

// microLayouts is in how many code layouts the sides of -ref are linked, within
// those two minutes.
const microLayouts = 5

// enoughRounds is how many rounds can tell differences from noise.
const enoughRounds = 10

// fewRounds returns the note that a session had fewer rounds than are needed; none
// if it had enough.
func fewRounds(res *results.Results) []string {
	rounds := 0
	for _, s := range res.Samples {
		rounds = max(rounds, s.Block)
	}
	if rounds == 0 || rounds >= enoughRounds {
		return nil
	}
	return []string{fmt.Sprintf("%d rounds were measured, which are too few to tell differences from noise: raise -time or -count, or name fewer benchmarks (-bench)", rounds)}
}

func newMicro(c *call) body {
	m := &microSession{budget: microBudget}
	c.flags.StringVar(&m.bench, "bench", "", "`pattern` of the benchmarks, as of go test (default a choice of the component's)")
	c.flags.StringVar(&m.col, "col", "", "`key=value` of the benchmarks' names: every other value of the key is compared with this one (default the component's)")
	c.flags.StringVar(&m.ref, "ref", "", "`commit`, branch or tag that the working tree is compared with, instead of choices with each other")
	c.flags.DurationVar(&m.budget.Limit, "time", m.budget.Limit, "`time` after which no further round begins; building is not in it")
	c.flags.IntVar(&m.budget.Count, "count", m.budget.Count, "samples of each benchmark, at most: rounds")
	c.flags.DurationVar(&m.budget.Benchtime, "benchtime", m.budget.Benchtime, "measured `time` of a sample")
	c.output()
	c.seed("the order of packages and sides is")
	c.folder()
	c.margin()
	c.sharing("server-cpu", "`CPUs` of the benchmarks, such as 0 or 0-1 (default the first)", func(s string) (err error) {
		c.session.ServerCPU, err = cpuFlag("-server-cpu", s)
		return err
	}, "")
	return m
}

// check implements body.
func (m *microSession) check(c *call) (err error) {
	i := slices.Index(components(), c.operands[0])
	if i < 0 {
		return fmt.Errorf("%q is not one of %s", c.operands[0], strings.Join(components(), ", "))
	}
	m.choice = choices[i]
	m.choice.bench = cmp.Or(m.bench, m.choice.bench)
	if m.col != "" {
		var ok bool
		if m.key, m.reference, ok = strings.Cut(m.col, "="); !ok || m.key == "" || m.reference == "" {
			return fmt.Errorf("-col %s: want a key of the benchmarks' names and one of its values, such as %s=%s", m.col, choices[i].key, choices[i].reference)
		}
	}
	switch {
	case m.ref != "" && m.col != "":
		return errors.New("-col has no effect with -ref: name one of them")
	case m.budget.Count < 1:
		return fmt.Errorf("-count %d: want 1 or more; 10 or more can tell differences from noise", m.budget.Count)
	case m.budget.Benchtime <= 0:
		return fmt.Errorf("-benchtime %v: want a time such as 20ms", m.budget.Benchtime)
	case m.budget.Limit <= 0:
		return fmt.Errorf("-time %v: want a time such as 1m", m.budget.Limit)
	}
	if m.root, err = ownRoot(); err != nil || m.ref == "" {
		return err
	}
	b := &comparedSides{}
	if m.sides[0], err = b.ref("", m.ref); err == nil {
		m.sides[1], err = b.workingTree()
	}
	return err
}

// run implements body: for people, benchstat's table comes first.
func (m *microSession) run(ctx context.Context, c *call) (*outcome, error) {
	m.budget.Packages = []lab.MicroPackage{{Dir: m.component, Bench: m.choice.bench}}
	c.session.Micro = &m.budget
	res, err := c.measure(ctx, func(ctx context.Context) (string, lab.Tally, error) { return m.session(ctx, &c.session) })
	if res == nil {
		return nil, err
	}
	res.Notes = append(res.Notes, fewRounds(res)...)
	if len(res.Samples)+len(res.Skipped) == 0 && ctx.Err() == nil {
		err = fmt.Errorf("no benchmark of ./%s matches -bench %s", m.component, m.choice.bench)
	}
	if m.ref == "" && len(res.Samples) > 0 && len(report.Contrasts(res)) == 0 {
		err = errors.Join(err, fmt.Errorf("no two of the benchmarks differ in %s alone, one of them with %s=%s", m.key, m.key, m.reference))
	}
	if c.format == textFormat && len(res.Samples) > 0 && ctx.Err() == nil {
		err = errors.Join(err, benchstat(ctx, c.stdout, m.root, m.key, c.path))
	}
	out := &outcome{results: res, document: report.Of(c.name, res, c.path)}
	if c.format != jsonFormat {
		all := out.document
		out.page, out.document = &all, report.Micro(c.name, res, c.path)
	}
	return out, err
}

// session measures the component's benchmarks, of the two sides where there are
// two. Nothing that it checked out is left behind.
func (m *microSession) session(ctx context.Context, s *lab.Session) (string, lab.Tally, error) {
	if m.ref == "" {
		s.Facts = append(s.Facts, results.Fact{Key: report.ContrastKey, Value: m.key + "=" + m.reference})
		return s.Run(ctx)
	}
	w := &workshop{progress: s.Progress}
	defer w.close()
	tree, err := w.checkOut(m.root, m.sides[0].commit)
	if err != nil {
		return "", lab.Tally{}, err
	}
	m.key, m.sides[0].root = "server", tree
	for i, key := range []string{report.SideA, report.SideB} {
		s.Facts = append(s.Facts, results.Fact{Key: key, Value: m.sides[i].name})
		m.budget.Sides = append(m.budget.Sides, lab.MicroSide{Key: results.Server("server=" + m.sides[i].name), Root: m.sides[i].root})
	}
	m.budget.Layouts = min(m.budget.Count, microLayouts)
	return s.Run(ctx)
}

// benchstat writes what benchstat says of a results file, by a key of the
// benchmarks' names.
func benchstat(ctx context.Context, w io.Writer, root, key, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	args := []string{"tool", "benchstat", "-col", "/" + key, "-table", "pkg", "-filter", "-.unit:B/s", path}
	fmt.Fprintf(w, "%s\n", again(args, "go"))
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, w, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go tool benchstat: %w", err)
	}
	fmt.Fprintln(w)
	return nil
}
