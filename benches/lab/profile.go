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

// validator is a probe that has each server validated before its first run.
type validator interface {
	validate(ctx context.Context, p *Process) error
}

// named reports whether the stage's probe is of a load with a name.
func (s *Stage) named() bool {
	_, ok := s.Plan.Probe.(validator)
	return ok
}

// ProbeOf returns the probe of a profile's cases.
func ProbeOf(p load.Profile) Probe {
	switch p.Kind {
	case load.Answers:
		return JSON{}
	case load.Handshakes:
		return Handshakes{}
	}
	return Profile{}
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
		if p.Kind != load.Echoes {
			list = append(list, namedCases(p, n)...)
			continue
		}
		list = append(list, results.EchoCase(n, c.Size, c.Depth).With(results.KV{Key: "op", Value: c.OpKey()}).With(results.KV{Key: "profile", Value: name}))
	}
	return list, nil
}

// namedCases returns the cases of a profile of no echoes on so many connections.
func namedCases(p load.Profile, conns int) []results.Case {
	c := results.Case("conns=" + strconv.Itoa(conns))
	if p.Kind == load.Answers {
		return []results.Case{c.With(results.KV{Key: "profile", Value: p.Name})}
	}
	return []results.Case{c.With(results.KV{Key: "resume", Value: resumeNone}), c.With(results.KV{Key: "resume", Value: resumeAll})}
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
func ParseConns(p load.Profile, s string) (list []int, err error) {
	if s == "" {
		return p.Conns, nil
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
