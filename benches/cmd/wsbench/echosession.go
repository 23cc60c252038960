package main

import (
	"errors"
	"fmt"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/load"
)

const defaultCases = "100/20,10/1024,10/16384,200/16384,500/16384"

// casesUsage describes -cases.
const casesUsage = "connections/bytes or connections/bytes/depth, comma-separated; large stands for 64 KiB, 1 MiB and 16 MiB on 3 connections"

// segmentUsage describes -segment.
const segmentUsage = "split each message into sends of at most `bytes`, or bytes/gap: with a gap between the sends of a connection, such as 1448/1ms, as a network delivers them (default: whole messages)"

// echoSession is the flags of a session of short runs over the echo cases.
type echoSession struct {
	cases        string
	depth        int
	segment      string
	profile      namedLoad
	rate         string
	time         time.Duration
	quick, micro bool
	budget       lab.Budget // once checked
}

// register registers the flags, those that experiments share among them.
func (e *echoSession) register(c *call) {
	c.flags.StringVar(&e.cases, "cases", defaultCases, casesUsage)
	e.profile.register(c.flags)
	c.output()
	c.flags.DurationVar(&e.time, "time", lab.DefaultBudget.Total, "`time` of the session, which has as many rounds as fit into it")
	c.flags.IntVar(&c.session.Plan.Rounds, "rounds", 0, "blocks per case, instead of as many as fit into -time; 9 or more can tell differences from noise")
	c.flags.DurationVar(&c.session.Plan.Window, "for", lab.Window, "measured `time` of a run")
	c.flags.IntVar(&e.depth, "depth", 1, "messages in flight per connection, of cases that do not name theirs")
	c.flags.StringVar(&e.segment, "segment", "", segmentUsage)
	c.flags.StringVar(&e.rate, "rate", "", "messages sent per second, whatever comes back (open loop), or a `share` of what the first server echoes, such as 50%: CPU time and latency at equal work; a server that does not keep the rate is left out (default: a message follows upon an echo)")
	c.network()
	c.seed("the order of runs is")
	c.folder()
	c.margin()
	c.cpus()
	c.noise()
	c.flags.BoolVar(&e.quick, "quick", false, fmt.Sprintf("short for -time %v, for a first look", lab.QuickBudget.Total))
}

// microbenchmarks registers -micro.
func (e *echoSession) microbenchmarks(c *call) {
	c.flags.BoolVar(&e.micro, "micro", false, "first run the microbenchmarks of mask, parse, scratch and syscalls (needs the go tool and the source tree)")
}

// leastTime is the shortest session in which servers start, and have a run each.
const leastTime = 5 * time.Second

// check reads the flags' values, and plans what they ask for but for the servers
// and the deadline.
func (e *echoSession) check(c *call) (err error) {
	budget := lab.DefaultBudget
	if e.quick {
		budget = lab.QuickBudget
	}
	if c.given("time") {
		budget.Total = e.time
	}
	s := &c.session
	switch {
	case c.given("rounds") && s.Plan.Rounds < 1:
		return fmt.Errorf("-rounds %d: want 1 or more", s.Plan.Rounds)
	case c.given("rounds") && (c.given("time") || e.quick):
		return errors.New("-time and -quick have no effect with -rounds: name one of them")
	case budget.Total < leastTime:
		return fmt.Errorf("-time %v: want %v or more", budget.Total, leastTime)
	case s.Plan.Window < time.Millisecond:
		return fmt.Errorf("-for %v: want 1ms or more", s.Plan.Window)
	case e.depth < 1:
		return fmt.Errorf("-depth %d: want 1 or more", e.depth)
	}
	if s.Plan.Cases, err = lab.ParseCases(e.cases, e.depth); err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if e.segment != "" {
		g, err := load.ParseSegment(e.segment)
		if err != nil {
			return fmt.Errorf("-%w", err)
		}
		s.Plan.Cases = lab.WithKey(s.Plan.Cases, g.Key())
	}
	if e.rate != "" {
		if s.Rate, err = lab.ParseRate(e.rate); err != nil {
			return fmt.Errorf("-rate %w", err)
		}
		if s.Rate.Share == 0 {
			if err := lab.Due(s.Rate.PerSecond, s.Plan.Window); err != nil {
				return fmt.Errorf("-rate %s: %w", e.rate, err)
			}
		}
	}
	if e.micro {
		s.Micro = &budget.Micro
	}
	e.budget, s.Plan.Probe, s.Plan.Warmup = budget, lab.Echo{}, lab.Warmup
	if err := e.profile.plan(c); err != nil {
		return err
	}
	s.Plan.Cases = lab.WithKey(s.Plan.Cases, c.link.Key())
	return nil
}
