package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	conns := ""
	if c.given("conns") || c.given("c") {
		conns = strconv.Itoa(b.cfg.Conns)
	}
	s := &c.session
	p, err := planProfile(&s.Plan, b.profile, conns)
	if err != nil {
		return err
	}
	if err := b.fitsProfile(p); err != nil {
		return err
	}
	server, err := lab.AtURL(b.name+"="+b.cfg.URL, b.pid)
	if err != nil {
		return err
	}
	server.Offer = b.cfg.Offer
	s.Plan.Servers, s.Plan.Rounds = []lab.Server{server}, profileRuns
	s.Plan.Warmup, s.Plan.Window = b.warmup, b.window
	s.LoadCPU, s.Noise = b.cfg.CPUs, profileNoise
	return nil
}

// fitsProfile refuses an address that is not for the profile.
func (b *loadBody) fitsProfile(p load.Profile) error {
	switch tls := secure(b.cfg.URL); {
	case p.Kind == load.Echoes:
		return nil
	case p.TLS && !tls:
		return fmt.Errorf("-profile %s: %s does not begin with wss:// (or https://), as a server with TLS does", p.Name, b.cfg.URL)
	case !p.TLS && tls:
		return fmt.Errorf("-profile %s: want an address that begins with ws:// (or http://); -profile %s-tls is for a server with TLS", p.Name, p.Name)
	}
	return nil
}

// address returns s, of a profile of requests http:// as ws://.
func (b *loadBody) address(s string) string {
	if p, err := load.ProfileOf(b.profile); err == nil && p.Kind != load.Echoes && strings.HasPrefix(s, "http") {
		return "ws" + strings.TrimPrefix(s, "http")
	}
	return s
}
