package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// profileFlags are the flags that profile and profile ab share.
type profileFlags struct {
	outputFlags
	name               string // of the command
	cases, seed, rules string
	serverCPU, loadCPU string
	plan               explain.Plan
	fewRounds          string // why no change can be called one; "" if some can
	session            lab.Session
	loaded             *attribution.Rules
}

// Of a turn: a second holds a thousand samples.
const (
	profileWarmup = 200 * time.Millisecond
	mostHZ        = 20_000
)

func (f *profileFlags) register(fs *flag.FlagSet, rounds, hz int) {
	f.outputFlags.register(fs)
	fs.StringVar(&f.cases, "case", "200/16384", "connections/octets or connections/octets/depth, comma-separated; large stands for 64 KiB, 1 MiB and 16 MiB on 3 connections")
	fs.IntVar(&f.session.Plan.Rounds, "rounds", rounds, "turns of each server and observer; from 6 on there are intervals, and 13 are run where servers are compared")
	fs.DurationVar(&f.session.Plan.Window, "d", time.Second, "measured window of a turn")
	fs.IntVar(&f.plan.HZ, "hz", hz, "samples a second of perf record")
	fs.StringVar(&f.rules, "rules", "", "`file` of rules by which samples belong to components (default those of profiles/attribution)")
	fs.StringVar(&f.seed, "seed", "", "`number` that the order of turns is drawn from (default random)")
	fs.StringVar(&f.session.Dir, "o", "", "`folder` of the results without a bench.txt (default results/<UTC time>)")
	fs.StringVar(&f.serverCPU, "server-cpu", "", "`CPUs` of the server, such as 0 or 0-1 (default the first)")
	fs.StringVar(&f.loadCPU, "load-cpu", "", "`CPUs` of the generator and the observers (default the next that is no thread of the same core)")
	fs.Float64Var(&f.session.Noise, "noise", host.DefaultNoise, "`share` of a window that other processes may use of the CPUs before the turn is left out")
}

// check reads the values; an error names the flag that is wrong.
func (f *profileFlags) check() (err error) {
	s := &f.session
	s.Plan.Warmup = profileWarmup
	switch {
	case s.Plan.Rounds < 1:
		return fmt.Errorf("-rounds %d: 1 or more are needed", s.Plan.Rounds)
	case s.Plan.Window < 100*time.Millisecond || s.Plan.Window > time.Minute:
		return fmt.Errorf("-d %v: a window of 100ms to 1m is wanted", s.Plan.Window)
	case f.plan.HZ < 1 || f.plan.HZ > mostHZ:
		return fmt.Errorf("-hz %d: 1 to %d samples a second are wanted", f.plan.HZ, mostHZ)
	case !(s.Noise >= 0):
		return fmt.Errorf("-noise %v: a share of 0 or more is needed", s.Noise)
	}
	if s.Dir != "" {
		if err := results.CheckFolder(s.Dir); err != nil {
			return fmt.Errorf("-o %s: %w", s.Dir, err)
		}
	}
	if s.Plan.Cases, err = lab.ParseCases(f.cases, 1); err != nil {
		return fmt.Errorf("-case: %w", err)
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
	if f.loaded, err = loadRules(f.rules); err != nil {
		return err
	}
	return f.outputFlags.check()
}

// compared plans rounds for a comparison of servers: as many as its tables need,
// unless the user asked for a number.
func (f *profileFlags) compared(fs *flag.FlagSet) {
	enough, given := explain.Rounds(f.loaded), false
	fs.Visit(func(x *flag.Flag) { given = given || x.Name == "rounds" })
	if !given {
		f.session.Plan.Rounds = enough
	}
	if n := f.session.Plan.Rounds; n < enough {
		f.fewRounds = fmt.Sprintf("-rounds %d may be too few to call a change of any function one; %d always do", n, enough)
	}
}

// loadRules reads the rules of a file, "" for the default ones.
func loadRules(path string) (*attribution.Rules, error) {
	if path == "" {
		return attribution.Default(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("-rules: %w", err)
	}
	defer f.Close()
	r, err := attribution.Parse(f, path)
	if err != nil {
		return nil, fmt.Errorf("-rules: %w", err)
	}
	return r, nil
}

// keepRules leaves the user's rules in the folder, for who remakes the report.
func (f *profileFlags) keepRules(dir string) {
	if b, err := os.ReadFile(f.rules); f.rules != "" && err == nil {
		os.WriteFile(filepath.Join(dir, explain.RulesFile), b, 0o666)
	}
}

// skipsOf are the reasons why something of a session was not measured, or why a
// run was discarded.
func skipsOf(dir string) string {
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil {
		return err.Error()
	}
	var list []string
	for _, s := range res.Skipped {
		if !slices.Contains(list, s.Text) {
			list = append(list, s.Text)
		}
	}
	if len(list) == 0 && len(res.Discarded) > 0 {
		return res.Discarded[0].Text
	}
	if len(list) == 0 {
		return "see " + filepath.Join(dir, results.BenchFile)
	}
	return strings.Join(list, "; ")
}

// run observes, and writes and tells what came of it: also of what was captured
// before an interruption.
func (f *profileFlags) run(name string, args []string, stdout, stderr io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	f.name = name
	f.session.Command = remake(name, args, f.session.Plan.Seed)
	f.session.Progress = newProgress(stderr)
	f.session.Progress.Say("order and masking-keys drawn from -seed %d", f.session.Plan.Seed)
	if f.fewRounds != "" {
		f.session.Progress.Say("%s", f.fewRounds)
	}
	dir, tally, err := explain.Run(ctx, &f.session, f.plan)
	if dir == "" {
		return fmt.Errorf("%s: %w", name, err)
	}
	f.keepRules(dir)
	a, analysed := explain.Analyse(dir, f.loaded)
	if analysed == nil {
		analysed = f.conclude(stdout, stderr, a)
	}
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return fmt.Errorf("%s: interrupted after %d runs; what was captured is in %s", name, tally.Done, dir)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case analysed != nil && tally.Failures > 0:
		return fmt.Errorf("%s: nothing could be observed: %s", name, skipsOf(dir))
	case analysed != nil:
		return fmt.Errorf("%s: %w", name, analysed)
	case f.plan.Compare && len(a.Comparisons()) == 0:
		return statusError{fmt.Errorf("%s: there is no round in which both servers have a turn: %d runs were discarded: %s", name, tally.Discarded, skipsOf(dir)), statusUndecided}
	}
	return nil
}
