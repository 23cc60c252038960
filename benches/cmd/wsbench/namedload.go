package main

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/load"
)

// namedLoad are the flags of loads with a name.
type namedLoad struct{ name, conns string }

// namedUsage describes -profile.
const namedUsage = "`name` of a load: echo-ws, echo-ws-pipeline (16 messages in flight) or echo-ws-limited (a new connection after each 10 messages), the text hello on 512, 4096 and 16384 connections; json or, of a server with TLS, json-tls: GET /json/{count}?m={m} on 4096 connections that are kept; tls-handshake: 64 dialers, with and without resumption; the server is validated first, and every echo and answer is verified"

// register adds -profile and, for its connections, -conns and -c.
func (p *namedLoad) register(fs *flag.FlagSet) {
	fs.StringVar(&p.name, "profile", "", namedUsage)
	fs.StringVar(&p.conns, "conns", "", "with -profile, connections instead of its own, comma-separated")
	fs.StringVar(&p.conns, "c", "", "as -conns")
}

// planProfile plans the cases of a profile on these connections, "" for its own.
func planProfile(plan *lab.Plan, name, conns string) (load.Profile, error) {
	p, err := load.ProfileOf(name)
	if err != nil {
		return p, fmt.Errorf("-%w", err)
	}
	list, err := lab.ParseConns(p, conns)
	if err != nil {
		return p, fmt.Errorf("-conns %w", err)
	}
	if plan.Cases, err = lab.ProfileCases(name, list); err != nil {
		return p, fmt.Errorf("-conns: %w", err)
	}
	plan.Probe = lab.ProbeOf(p)
	return p, nil
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
	for _, name := range []string{"cases", "depth", "segment", "rate", "chunk", "accept"} {
		if c.given(name) {
			return fmt.Errorf("-%s has no effect with -profile: leave it out", name)
		}
	}
	plan := &c.session.Plan
	if _, err = planProfile(plan, p.name, p.conns); err != nil {
		return err
	}
	plan.Warmup = namedWarmup
	if !c.given("for") {
		plan.Window = namedWindow
	}
	return nil
}
