package main

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/load"
	"wsbench/benches/results"
)

// namedLoad are the flags of loads with a name.
type namedLoad struct{ name, conns string }

// namedUsage describes -profile.
const namedUsage = "`name` of a load: echo-ws, echo-ws-pipeline (16 messages in flight) or echo-ws-limited (a new connection after each 10 messages), the text hello on 512, 4096 and 16384 connections; the server is validated first, and every echo is verified"

// register adds -profile and, for its connections, -conns and -c.
func (p *namedLoad) register(fs *flag.FlagSet) {
	fs.StringVar(&p.name, "profile", "", namedUsage)
	fs.StringVar(&p.conns, "conns", "", "with -profile, connections instead of 512,4096,16384, comma-separated")
	fs.StringVar(&p.conns, "c", "", "as -conns")
}

// namedCases returns the cases of a profile.
func namedCases(name string, conns []int) ([]results.Case, error) {
	if _, err := load.ProfileOf(name); err != nil {
		return nil, fmt.Errorf("-%w", err)
	}
	cases, err := lab.ProfileCases(name, conns)
	if err != nil {
		return nil, fmt.Errorf("-conns: %w", err)
	}
	return cases, nil
}

// Warm-up and window of the runs of profiles.
const (
	namedWarmup = 200 * time.Millisecond
	namedWindow = time.Second
)

// plan plans the cases of the profile, if there is one.
func (p *namedLoad) plan(c *call) (err error) {
	if p.name == "" {
		if p.conns != "" {
			return errors.New("-conns has no effect without -profile: -cases names connections")
		}
		return nil
	}
	for _, name := range []string{"cases", "depth", "segment", "rate", "chunk"} {
		if c.given(name) {
			return fmt.Errorf("-%s has no effect with -profile: leave it out", name)
		}
	}
	conns, err := lab.ParseConns(p.conns)
	if err != nil {
		return fmt.Errorf("-conns %w", err)
	}
	plan := &c.session.Plan
	if plan.Cases, err = namedCases(p.name, conns); err != nil {
		return err
	}
	plan.Probe, plan.Warmup = lab.Profile{}, namedWarmup
	if !c.given("for") {
		plan.Window = namedWindow
	}
	return nil
}
