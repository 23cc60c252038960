package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

var tourExperiment = experiment{
	name: "tour", summary: "what all this is for: a slow server measured, profiled, and compared with its fix",
	synopsis: `[flags]

It builds the example server benches/examples/slow, measures it beside the reference
server, profiles both, and compares it with the fix of its fault. Each step prints the
command that does the same by hand, and what it found. It takes about three minutes,
and needs the go tool and the source tree.`,
	examples: "  wsbench tour\n  wsbench tour -rounds 9 -with pprof -o results/tour",
	new: func(c *call) body {
		t := &tour{}
		c.flags.DurationVar(&t.time, "time", 160*time.Second, "`time` of the three measuring steps together")
		c.flags.IntVar(&t.rounds, "rounds", 0, "`rounds` of the comparisons, and one of the profile, instead of as many as fit into -time; 9 or more can tell differences from noise")
		c.flags.StringVar(&t.with, "with", explain.PerfRecord+","+explain.Pprof, "observers of the profile, see 'wsbench help profile'; where perf may not record, Go's own profiler tells")
		c.flags.BoolVar(&t.serve, "serve", false, "at the end serve the pages on loopback until Ctrl-C, as is done on a terminal")
		c.folder()
		c.noise()
		c.colored()
		return t
	},
}

// tour is one call of wsbench tour.
type tour struct {
	time   time.Duration
	rounds int
	with   string
	serve  bool
	root   string // of the source tree
	steps  []tourStep
}

// tourStep is a command that a tour calls for its reader.
type tourStep struct {
	does string // one sentence or two
	experiment
	args []string
}

// Of the example server.
const (
	slowProgram = ".build/slow" // below the root of the source tree
	slowBuild   = "go build -buildvcs=false -o " + slowProgram + " ./benches/examples/slow"
)

// check implements body.
func (t *tour) check(c *call) (err error) {
	if t.root, err = exampleRoot(); err != nil {
		return err
	}
	switch {
	case c.given("rounds") && t.rounds < 1:
		return fmt.Errorf("-rounds %d: want 1 or more", t.rounds)
	case c.given("rounds") && c.given("time"):
		return errors.New("-time has no effect with -rounds: name one of them")
	case t.time < leastTour:
		return fmt.Errorf("-time %v: want %v or more", t.time, leastTour)
	}
	if t.steps, err = t.plan(c); err != nil {
		return err
	}
	for _, s := range t.steps {
		args := s.args
		if dir := c.session.Dir; dir != "" {
			args = s.within(dir)
		}
		if _, _, err := s.parse(args, c.stdout, c.stderr); err != nil {
			return err
		}
	}
	return nil
}

// exampleRoot returns the root of the source tree, in which the example can be built.
func exampleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root := results.SourceRoot(dir)
	if root == "" {
		return "", errors.New("the current directory is not in the source tree, whose benches/examples has the slow server; go there")
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("the go command is not in PATH, and the slow server is to be built: install Go, or put it in PATH")
	}
	return root, nil
}

// leastTour is the shortest time, of which each comparison gets leastTime.
const leastTour = 20 * time.Second

// tourShares are those of the steps in the time, percent.
var tourShares = [...]time.Duration{30, 35, 35}

func (t *tour) share(step int) time.Duration { return t.time * tourShares[step] / 100 }

// profileRound is about how long a round of the tour's profile takes.
const profileRound = 15 * time.Second

// plan returns the steps after the build.
func (t *tour) plan(c *call) ([]tourStep, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	program := filepath.Join(t.root, slowProgram)
	if rel, err := filepath.Rel(wd, program); err == nil {
		program = rel
	}
	slow := quoted(program) + " -addr 127.0.0.1:{port}"
	long := func(step int) []string { return []string{"-time", t.share(step).String()} }
	observed := []string{"-rounds", fmt.Sprint(max(1, int(t.share(1)/profileRound)))}
	if t.rounds > 0 {
		long = func(int) []string { return []string{"-rounds", fmt.Sprint(t.rounds)} }
		observed = []string{"-rounds", "1", "-for", "300ms"}
	}
	if c.given("noise") {
		noise := c.flags.Lookup("noise").Value.String()
		measured := long
		long = func(step int) []string { return append(measured(step), "-noise", noise) }
		observed = append(observed, "-noise", noise)
	}
	return []tourStep{
		{"Measures slow beside wsbench's own server on package net, with messages of 1 KiB and of 16 KiB, in short runs that alternate.",
			matrixExperiment, append(long(0), "-io", "net", "-server", "slow="+slow, "-cases", "10/1024,10/16384")},
		{"Profiles both under messages of 16 KiB, and gives each sample of the CPU to a component of the server by the rules of profiles/attribution.",
			profileExperiment, append(observed, "-with", t.with, "-io", "net", "-server", "slow="+slow+" -pprof 127.0.0.1:0", "-cases", "10/16384")},
		{"Compares slow with the same server under -fixed, which unmasks by package mask.",
			abExperiment, append(long(2), "-cases", "10/1024,10/16384", "slow="+slow, "fixed="+slow+" -fixed")},
	}, nil
}

// run implements body. What was found is in the page, also after an interruption.
func (t *tour) run(ctx context.Context, c *call) (*outcome, error) {
	dir, err := results.CreateFolder(c.session.Dir, c.began)
	if err != nil {
		return nil, err
	}
	page := report.Document{Title: "wsbench tour, " + c.began.UTC().Format(time.RFC3339)}
	err = t.walk(ctx, c, dir, &page)
	if len(page.Sections) == 0 {
		return nil, err
	}
	path := filepath.Join(dir, report.File)
	if failed := report.WriteFiles(path, page); failed != nil {
		return nil, errors.Join(err, failed)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	fmt.Fprintf(c.stdout, "\nThe page of the tour, with the first tables of each step:\n  file://%s\n", path)
	if err == nil && (t.serve || term.IsTerminal(c.stdout)) {
		err = servePages(ctx, dir, c.stdout)
	}
	return nil, err
}

// walk takes one step after the other, tells of each, and adds it to the page. A step
// whose every run was discarded is told of like the others.
func (t *tour) walk(ctx context.Context, c *call, dir string, page *report.Document) error {
	tell := c.screen(c.stdout).Page()
	step := func(n int, does, command string) {
		tell.Text(report.Strong, fmt.Sprintf("%d. ", n), does)
		tell.Line("   $ %s", command)
		tell.Flush(c.stdout)
	}
	step(1, "Builds slow, an example of an echo server with a fault.", slowBuild)
	if err := shellIn(ctx, t.root, slowBuild); ctx.Err() != nil {
		return errors.New("interrupted in step 1")
	} else if err != nil {
		return fmt.Errorf("benches/examples/slow does not build: %w", err)
	}
	for i, s := range t.steps {
		command := again(s.args, "wsbench", s.name)
		step(i+2, s.does, command)
		folder := filepath.Join(dir, s.name)
		out, err := s.take(ctx, c, dir)
		if out != nil {
			tell.Text(report.Strong, "   Found: ", found(out))
			tell.Line("   Page:  %s", filepath.Join(folder, report.File))
			tell.Flush(c.stdout)
			page.Answer = strings.TrimSpace(page.Answer + " " + out.document.Answer)
			page.Sections = append(page.Sections, s.sections(i+2, command, folder, out)...)
		}
		var known statusError
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("interrupted in step %d; what was measured is in %s", i+2, dir)
		case errors.As(err, &known) && known.status == statusUndecided:
			tell.Text(report.Bad, "   ", err.Error())
			tell.Flush(c.stdout)
		case err != nil:
			return err
		}
	}
	return nil
}
