package lab

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
)

// Idle is the probe that opens connections which then say nothing, and measures
// what they take of a server: its memory, and its CPU time to open them. Of a
// case it uses the connections.
type Idle struct {
	// Settle is the time between the last that happens and a reading of memory.
	Settle time.Duration
}

const (
	// openLimit bounds the opening of all connections of one process.
	openLimit = time.Minute
	// echoedAgain is how many of the idle connections are to echo once more.
	echoedAgain = 64
)

// Base implements Probe.
func (Idle) Base() string { return "Conns" }

// Fresh implements Probe: a heap that has grown does not shrink at once.
func (Idle) Fresh() bool { return true }

// Open implements Probe.
func (i Idle) Open(_ context.Context, p *Process, c results.Case) (Client, error) {
	addr, err := netip.ParseAddrPort(p.addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", p.addr, err)
	}
	u, err := wsclient.ParseURL(p.URL())
	if err != nil {
		return nil, err
	}
	idle := newIdleConns(addr, p.Server.Offer.Handshake(u.Host, u.RequestURI()), p.Server.Masked)
	if wsclient.Secure(u) {
		idle.dial = func(ctx context.Context) (wsclient.Raw, error) { return p.Offer().DialRaw(ctx, u, answerLimit) }
	}
	return &idleClient{probe: i, process: p, conns: c.Int("conns"), idle: idle, rng: rand.New(rand.NewPCG(p.Seed, 1))}, nil
}

type idleClient struct {
	probe   Idle
	process *Process
	conns   int
	idle    *idleConns
	rng     *rand.Rand
}

func (i *idleClient) Close() { i.idle.close() }

// Run implements Client. There is no window.
func (i *idleClient) Run(ctx context.Context, _, _ time.Duration) (Outcome, error) {
	if err := i.idle.open(ctx, 1); err != nil {
		return Outcome{}, err
	}
	i.idle.close()
	before, err := i.resident(ctx)
	if err != nil {
		return Outcome{}, err
	}
	cpu, err := i.open(ctx)
	if err != nil {
		return Outcome{}, err
	}
	after, err := i.resident(ctx)
	if err != nil {
		return Outcome{}, err
	}
	n := float64(i.conns)
	return Outcome{Messages: 1, Values: map[string]float64{
		"B/conn": float64(after-before) / n, "cpu-ns/open": float64(cpu) / n, "empty-B": float64(before),
	}}, i.idle.sample(ctx, echoedAgain, i.rng)
}

// open opens all connections and returns the CPU time that the server took for
// them.
func (i *idleClient) open(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, openLimit, fmt.Errorf("%d connections were not open within %v", i.conns, openLimit))
	defer cancel()
	before, err := host.TreeCPU(i.process.pid())
	if err != nil {
		return 0, err
	}
	if err := i.idle.open(ctx, i.conns); err != nil {
		return 0, err
	}
	after, err := host.TreeCPU(i.process.pid())
	return after - before, err
}

// resident returns the resident set of the server and its descendants, bytes,
// once they had their time to come to rest.
func (i *idleClient) resident(ctx context.Context) (int64, error) {
	select {
	case <-time.After(i.probe.Settle):
		return host.TreeResident(i.process.pid())
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
