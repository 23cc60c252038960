package lab

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/load"
	"wsbench/benches/results"
)

// Profile is the probe of a load with a name, which its cases have under profile.
// Every run has a process of its own, and its connections are closed before the next
// one opens: profiles have as many as a process may.
type Profile struct{ Echo }

// Fresh implements Probe.
func (Profile) Fresh() bool { return true }

// named reports whether the stage's probe is a Profile.
func (s *Stage) named() bool {
	_, ok := s.Plan.Probe.(Profile)
	return ok
}

// ProfileCases returns a profile's case for each number of connections.
func ProfileCases(name string, conns []int) ([]results.Case, error) {
	p, err := load.ProfileOf(name)
	if err != nil {
		return nil, err
	}
	var list []results.Case
	for _, n := range conns {
		c := p.Config(n)
		if err := load.CheckCase(n, c.Size, c.Depth); err != nil {
			return nil, err
		}
		if err := CheckDescriptors(n); err != nil {
			return nil, err
		}
		list = append(list, results.EchoCase(n, c.Size, c.Depth).With(results.KV{Key: "op", Value: c.OpKey()}).With(results.KV{Key: "profile", Value: name}))
	}
	return list, nil
}

// openLimitOf bounds the opening of so many connections: a second more for each
// thousand.
func openLimitOf(conns int) time.Duration {
	return 5*time.Second + time.Duration(conns)*time.Millisecond
}

// Open implements Probe.
func (Profile) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	profile, err := load.ProfileOf(c.Value("profile"))
	if err != nil {
		return nil, err
	}
	cfg := profile.Config(c.Int("conns"))
	if err := p.room(cfg.Conns); err != nil {
		return nil, err
	}
	cfg.Timeout = openLimitOf(cfg.Conns)
	client, err := openEcho(ctx, p, c, cfg)
	if err != nil {
		return nil, err
	}
	return &profileClient{client}, nil
}

// room returns why the server may not have so many connections, as far as that is
// known.
func (p *Process) room(conns int) error {
	limit, err := host.DescriptorsOf(p.pid())
	if need := uint64(conns) + spareDescriptors; err == nil && limit < need {
		return fmt.Errorf("the server may open %d descriptors, %d connections need %d: 'ulimit -n %d' before it starts, or 'prlimit --pid %d --nofile=%d:' while it runs", limit, conns, need, need, p.pid(), need)
	}
	return nil
}

// profileClient is an echoClient whose windows are long enough for percentiles of
// their own.
type profileClient struct{ *echoClient }

// Run implements Client.
func (p *profileClient) Run(ctx context.Context, warmup, window time.Duration) (Outcome, error) {
	out, err := p.echoClient.Run(ctx, warmup, window)
	if n, e := host.TimeWait(); e == nil && out.Values["reconnects/s"] > 0 {
		out.Values["time-wait"] = float64(n)
	}
	return out, err
}

// ParseConns reads a comma-separated list of connections; "" is those of the suite.
func ParseConns(s string) (list []int, err error) {
	if s == "" {
		return load.ProfileConns, nil
	}
	for _, field := range strings.Split(s, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q: want connections, comma-separated, such as 512,4096", s)
		}
		list = append(list, n)
	}
	return list, nil
}
