package main

import (
	"flag"
	"fmt"
	"slices"

	"wsbench/benches/lab"
	"wsbench/benches/load"
)

// profileRuns is how many runs a profile has at each number of connections: the suite
// publishes the best of them.
const profileRuns = 3

// profileNoise is the share of a run that it may wait for a CPU: nothing is compared,
// so that a busy host is no reason to discard it.
const profileNoise = 1

// withProfile are the flags of load that go with -profile.
var withProfile = []string{"profile", "conns", "c", "for", "warmup", "header", "subprotocol", "insecure", "ca", "load-cpu", "name", "pid", "seed", "o", "format", "color"}

// checkProfile plans a session of the profile on the server, which runs already.
func (b *loadBody) checkProfile(c *call) (err error) {
	c.flags.Visit(func(f *flag.Flag) {
		if err == nil && !slices.Contains(withProfile, f.Name) {
			err = fmt.Errorf("-%s has no effect with -profile: leave it out", f.Name)
		}
	})
	if err != nil {
		return err
	}
	conns := load.ProfileConns
	if c.given("conns") || c.given("c") {
		conns = []int{b.cfg.Conns}
	}
	s := &c.session
	if s.Plan.Cases, err = namedCases(b.profile, conns); err != nil {
		return err
	}
	server, err := lab.AtURL(b.name+"="+b.cfg.URL, b.pid)
	if err != nil {
		return err
	}
	server.Offer = b.cfg.Offer
	s.Plan.Servers, s.Plan.Probe, s.Plan.Rounds = []lab.Server{server}, lab.Profile{}, profileRuns
	s.Plan.Warmup, s.Plan.Window = b.warmup, b.window
	s.LoadCPU, s.Noise = b.cfg.CPUs, profileNoise
	return nil
}
