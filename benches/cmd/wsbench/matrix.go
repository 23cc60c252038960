package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// started is when the process did, near enough.
var started = time.Now()

const defaultCases = "100/20,10/1024,10/16384,200/16384,500/16384"

// casesUsage describes -cases.
const casesUsage = "connections/bytes or connections/bytes/depth, comma-separated; large stands for 64 KiB, 1 MiB and 16 MiB on 3 connections"

var matrixExperiment = experiment{
	name: "matrix", summary: "compare servers over the echo cases, interleaved, with statistics", synopsis: "[flags]",
	examples: `  wsbench matrix -quick
  wsbench matrix -io epoll -server mine='./server -port {port}'
  wsbench matrix -io none -server old='./old {port}' -server new='./new {port}' -rounds 40`,
	new: newMatrix,
}

// matrix is one call of wsbench matrix.
type matrix struct {
	cases        string
	depth        int
	time         time.Duration
	quick, micro bool
}

func newMatrix(c *call) body {
	m := &matrix{}
	c.flags.StringVar(&m.cases, "cases", defaultCases, casesUsage)
	c.servers("epoll,net,raw")
	c.output()
	c.flags.DurationVar(&m.time, "time", lab.DefaultBudget.Total, "`time` of the session, which has as many rounds as fit into it")
	c.flags.IntVar(&c.session.Plan.Rounds, "rounds", 0, "blocks per case, instead of as many as fit into -time; 9 or more can tell differences from noise")
	c.flags.DurationVar(&c.session.Plan.Window, "for", lab.Window, "measured `time` of a run")
	c.flags.IntVar(&m.depth, "depth", 1, "messages in flight per connection, of cases that do not name theirs")
	c.seed("the order of runs is")
	c.folder()
	c.sharing("margin", "`share` that does not matter: servers that differ by less are equivalent", func(s string) error {
		c.session.Margin = s
		_, err := results.ParseMargin(s)
		return err
	}, "2%")
	c.cpus()
	c.noise()
	c.flags.BoolVar(&m.quick, "quick", false, fmt.Sprintf("short for -time %v, for a first look", lab.QuickBudget.Total))
	c.flags.BoolVar(&m.micro, "micro", false, "first run the microbenchmarks of mask, parse, scratch and syscalls (needs the go tool and the source tree)")
	return m
}

// leastTime is the shortest session in which servers start, and have a run each.
const leastTime = 5 * time.Second

// check implements body.
func (m *matrix) check(c *call) (err error) {
	budget := lab.DefaultBudget
	if m.quick {
		budget = lab.QuickBudget
	}
	if c.given("time") {
		budget.Total = m.time
	}
	s := &c.session
	switch {
	case c.given("rounds") && s.Plan.Rounds < 1:
		return fmt.Errorf("-rounds %d: want 1 or more", s.Plan.Rounds)
	case c.given("rounds") && (c.given("time") || m.quick):
		return errors.New("-time and -quick have no effect with -rounds: name one of them")
	case budget.Total < leastTime:
		return fmt.Errorf("-time %v: want %v or more", budget.Total, leastTime)
	case s.Plan.Window < time.Millisecond:
		return fmt.Errorf("-for %v: want 1ms or more", s.Plan.Window)
	case m.depth < 1:
		return fmt.Errorf("-depth %d: want 1 or more", m.depth)
	}
	if s.Plan.Cases, err = lab.ParseCases(m.cases, m.depth); err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if s.Plan.Rounds == 0 {
		s.Deadline = started.Add(budget.Total)
	}
	if m.micro {
		s.Micro = &budget.Micro
	}
	s.Plan.Probe, s.Plan.Servers, s.Plan.Warmup = lab.Echo{}, lab.WithAA(s.Plan.Servers), lab.Warmup
	return nil
}

// run implements body.
func (m *matrix) run(ctx context.Context, c *call) (*outcome, error) { return c.compare(ctx) }
