package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

var profileExperiment = experiment{
	name: "profile", summary: "why a server takes its time: system calls, functions and components, per message",
	synopsis: "[flags]\n       wsbench profile COMMAND [flags]\n\nWithout a command it observes servers under load.",
	examples: "  wsbench profile -cases 200/16384\n  wsbench profile -with perf-record,strace -io none -server mine='./server -port {port}'",
	sub:      []experiment{profileABExperiment, viewExperiment, rulesExperiment, countsExperiment, loopExperiment, convertExperiment, mergeExperiment, compareExperiment},
	new: func(c *call) body {
		p := &profileSession{}
		c.servers("epoll")
		c.flags.StringVar(&p.with, "with", "all", "observers, comma-separated: perf-stat, perf-record, pprof, offcpu, perf-trace, strace")
		p.register(c, 6, explain.DefaultHZ)
		return p
	},
}

// profileSession is one call of wsbench profile or profile ab.
type profileSession struct {
	cases, rules, with string
	plan               explain.Plan
	loaded             *attribution.Rules
	fewRounds          string // why no change can be called one; "" if some can
}

// Of a run: a second holds a thousand samples.
const (
	profileWarmup = 200 * time.Millisecond
	mostHZ        = 20_000
)

// register registers the flags that profile and profile ab share.
func (p *profileSession) register(c *call, rounds, hz int) {
	c.output()
	c.flags.StringVar(&p.cases, "cases", "200/16384", casesUsage)
	c.rounds(rounds, "runs of each server and observer; from 6 on there are intervals, and 13 are run where servers are compared")
	c.flags.DurationVar(&c.session.Plan.Window, "for", time.Second, "measured `time` of a run")
	c.flags.IntVar(&p.plan.HZ, "hz", hz, "samples per second of perf record")
	c.flags.StringVar(&p.rules, "rules", "", "`file` of rules by which samples belong to components (default those of profiles/attribution)")
	c.seed("the order of runs is")
	c.folder()
	c.cpus()
	c.noise()
}

// check implements body.
func (p *profileSession) check(c *call) (err error) {
	plan := &c.session.Plan
	plan.Warmup = profileWarmup
	switch {
	case plan.Window < 100*time.Millisecond || plan.Window > time.Minute:
		return fmt.Errorf("-for %v: want 100ms to 1m", plan.Window)
	case p.plan.HZ < 1 || p.plan.HZ > mostHZ:
		return fmt.Errorf("-hz %d: want 1 to %d samples per second", p.plan.HZ, mostHZ)
	}
	if plan.Cases, err = lab.ParseCases(p.cases, 1); err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if p.loaded, err = loadRules(p.rules); err != nil {
		return err
	}
	if p.plan.Observers, err = explain.ParseObservers(p.with); err != nil {
		return fmt.Errorf("-with: %w", err)
	}
	if p.plan.Compare {
		if p.plan.Servers, err = sides(c.operands); err != nil {
			return err
		}
		names := []string{p.plan.Servers[0].Key.Value("server"), p.plan.Servers[1].Key.Value("server")}
		if note := sidesNote(c.operands, names); note != "" {
			c.session.Notes = append(c.session.Notes, note)
		}
	} else {
		p.plan.Servers = withPprof(plan.Servers, p.plan.Observers)
	}
	if len(p.plan.Servers) > 1 {
		p.compared(c)
	}
	return err
}

// withPprof returns the servers, of which the reference server serves its own
// profiles where they are asked for.
func withPprof(servers []lab.Server, with []explain.Observer) []lab.Server {
	if slices.ContainsFunc(with, func(o explain.Observer) bool { return o.Name == explain.Pprof }) {
		for i, s := range servers {
			if s.Key.Value("server") == results.Own {
				servers[i].Argv = append(s.Argv, "-pprof", "127.0.0.1:0")
			}
		}
	}
	return servers
}

// compared plans rounds for a comparison of servers: as many as its tables need,
// unless the user asked for a number.
func (p *profileSession) compared(c *call) {
	enough := explain.Rounds(p.loaded)
	if !c.given("rounds") {
		c.session.Plan.Rounds = enough
	}
	if n := c.session.Plan.Rounds; n < enough {
		p.fewRounds = fmt.Sprintf("-rounds %d may be too few to call a change of any function one; %d always do", n, enough)
	}
}

// loadRules reads the rules of a file, "" for the default ones.
func loadRules(path string) (*attribution.Rules, error) {
	if path == "" {
		return attribution.Default(), nil
	}
	r, err := explain.ReadFile(path, attribution.Parse)
	if err != nil {
		return nil, fmt.Errorf("-rules: %w", err)
	}
	return r, nil
}

// run implements body: it observes, and leaves what came of it in the folder,
// also of what was captured before an interruption.
func (p *profileSession) run(ctx context.Context, c *call) (*outcome, error) {
	res, err := c.measure(ctx, func(ctx context.Context) (string, lab.Tally, error) {
		if p.fewRounds != "" {
			c.session.Progress.Say("%s", p.fewRounds)
		}
		return explain.Run(ctx, &c.session, p.plan)
	})
	if res == nil {
		return nil, err
	}
	dir := filepath.Dir(c.path)
	p.keepRules(dir)
	a, unread := explain.Analyse(dir, res, p.loaded)
	if unread != nil {
		if len(res.Skipped) > 0 {
			unread = fmt.Errorf("nothing could be observed: %s", whyNot(res, dir))
		}
		return &outcome{results: res, document: report.Of(c.name, res, c.path)}, cmp.Or(err, unread)
	}
	err = errors.Join(err, a.Write(), writeTables(a))
	if err == nil && p.plan.Compare && len(a.Comparisons()) == 0 {
		err = statusError{fmt.Errorf("there is no round in which both servers have a run: %d runs were discarded: %s", len(res.Discarded), whyNot(res, dir)), statusUndecided}
	}
	all := report.Of(c.name, res, c.path, profileSections(a)...)
	all.Answer = profileAnswer(a)
	if c.format == jsonFormat {
		return &outcome{results: res, document: all}, err
	}
	return &outcome{results: res, document: profileSummary(a), page: &all}, err
}

// keepRules leaves the user's rules in the folder, for who remakes the report.
func (p *profileSession) keepRules(dir string) {
	if b, err := os.ReadFile(p.rules); p.rules != "" && err == nil {
		os.WriteFile(filepath.Join(dir, explain.RulesFile), b, 0o666)
	}
}

// whyNot returns the reasons why something of a session was not measured, or why
// a run was discarded.
func whyNot(res *results.Results, dir string) string {
	var list []string
	for _, s := range res.Skipped {
		if s.Name != lab.Untraced && !slices.Contains(list, s.Text) {
			list = append(list, s.Text)
		}
	}
	switch {
	case len(list) > 0:
		return strings.Join(list, "; ")
	case len(res.Discarded) > 0:
		return res.Discarded[0].Reason
	}
	return "see " + filepath.Join(dir, results.BenchFile)
}
