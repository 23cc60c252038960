package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// started is when the process did, near enough.
var started = time.Now()

func runMatrix(args []string, stdout, stderr io.Writer) error {
	session, out, err := matrixSession(args, stdout, stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	path, tally, err := session.Run(ctx)
	if shown := out.show(stdout, stderr, path, matrixView); err == nil {
		err = shown
	}
	return matrixOutcome(ctx, tally, path, err)
}

// matrixOutcome is the error that the exit status is made of.
func matrixOutcome(ctx context.Context, tally lab.Tally, path string, err error) error {
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return fmt.Errorf("matrix: interrupted after %d runs; what was measured is in %s", tally.Done, path)
	case err != nil:
		return fmt.Errorf("matrix: %w", err)
	case tally.Failures > 0:
		return fmt.Errorf("matrix: %d of the servers or their cases failed; their SKIP lines in %s tell why", tally.Failures, path)
	case tally.Samples == 0 && tally.Discarded > 0:
		return statusError{errors.New("matrix: every run was discarded; stop what else runs here, or allow more interference with -noise 1"), statusUndecided}
	case tally.Samples == 0:
		return errors.New("matrix: nothing was measured")
	}
	return nil
}

// matrixSession is the session that the command line asks for.
func matrixSession(args []string, stdout, stderr io.Writer) (*lab.Session, *outputFlags, error) {
	f, err := parseMatrix(args, stdout)
	if err != nil {
		return nil, nil, err
	}
	s, err := f.session()
	if err != nil {
		return nil, nil, usageError{"matrix: " + err.Error()}
	}
	s.Command = remake("matrix", args, s.Plan.Seed)
	s.Progress = newProgress(stderr)
	s.Progress.Say("order and masking-keys drawn from -seed %d", s.Plan.Seed)
	return s, &f.outputFlags, nil
}

// session checks the flags' values; an error names the one that is wrong.
func (f *matrixFlags) session() (*lab.Session, error) {
	budget := lab.DefaultBudget
	if f.quick {
		budget = lab.QuickBudget
	}
	if f.roundsSet || !f.quick {
		budget.Rounds = f.rounds
	}
	if f.windowSet || !f.quick {
		budget.Window = f.window
	}
	s := &lab.Session{Dir: f.dir, Noise: f.noise, Plan: lab.Plan{Rounds: budget.Rounds, Warmup: budget.Warmup, Window: budget.Window}}
	if !f.ownBudget {
		s.Deadline = started.Add(budget.Total)
	}
	if f.components {
		s.Micro = &budget.Micro
	}
	switch {
	case budget.Rounds < 1:
		return nil, fmt.Errorf("-rounds %d: 1 or more are needed", budget.Rounds)
	case budget.Window < time.Millisecond:
		return nil, fmt.Errorf("-d %v: a window of 1ms or more is needed", budget.Window)
	case !(f.noise >= 0):
		return nil, fmt.Errorf("-noise %v: a share of 0 or more is needed", f.noise)
	case f.depth < 1:
		return nil, fmt.Errorf("-depth %d: 1 or more are needed", f.depth)
	}
	if f.dir != "" {
		if err := results.CheckFolder(f.dir); err != nil {
			return nil, fmt.Errorf("-o %s: %w", f.dir, err)
		}
	}
	return s, f.fill(s)
}

func (f *matrixFlags) fill(s *lab.Session) (err error) {
	if err := f.outputFlags.check(); err != nil {
		return err
	}
	if s.Plan.Cases, err = lab.ParseCases(f.cases, f.depth); err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if s.Plan.Seed, err = parseSeed(f.seed); err != nil {
		return err
	}
	if s.Server, err = cpuFlag("-server-cpu", f.serverCPU); err != nil {
		return err
	}
	if s.Load, err = cpuFlag("-load-cpu", f.loadCPU); err != nil {
		return err
	}
	servers, err := f.serverFlags.variants()
	s.Plan.Probe, s.Plan.Servers = lab.Echo{}, lab.WithAA(servers)
	return err
}
