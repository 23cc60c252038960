package lab

import (
	"context"
	"maps"
	"strings"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/load"
	"wsbench/benches/results"
	"wsbench/parse"
)

// Echo is the probe that has messages echoed over connections which stay open:
// in a closed loop, or at the rate that the case has.
type Echo struct{}

// Base implements Probe.
func (Echo) Base() string { return "Echo" }

// Fresh implements Probe.
func (Echo) Fresh() bool { return false }

// Open implements Probe.
func (Echo) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	e, err := openEcho(ctx, p, c, load.Config{
		Conns: c.Int("conns"), Size: c.Int("size"), Depth: c.Int("depth"),
		Rate: float64(c.Int("rate")), Grace: rateGrace,
		Segment: segment(c), Op: parse.Binary, Verify: load.VerifySample,
	})
	if err != nil {
		return nil, err
	}
	e.brief = true
	return e, nil
}

// openEcho opens the connections of cfg, which lacks the address, to p.
func openEcho(ctx context.Context, p *Process, c results.Case, cfg load.Config) (*echoClient, error) {
	e := &echoClient{process: p, c: c, meter: p.meter()}
	if p.Server.Masked {
		cfg.Verify = load.VerifyOff
	}
	cfg.URL, cfg.Offer, cfg.CPUs, cfg.Seed, cfg.Edge = p.URL(), p.Offer(), p.LoadCPU, p.Seed, e.edge
	g, err := load.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	e.group = g
	return e, nil
}

type echoClient struct {
	process *Process
	c       results.Case
	group   *load.Group
	meter   *host.Meter
	traced  *traced // what counts system calls in a run of its own; nil: no such run
	runs    int
	brief   bool // runs are too short for percentiles of their own
}

// traceEvery is how many runs there are for one that the kernel traces.
const traceEvery = 10

func (e *echoClient) Close() { e.group.Close() }

// Run implements Client.
func (e *echoClient) Run(ctx context.Context, warmup, window time.Duration) (Outcome, error) {
	before := e.process.counts.read() // at rest: the run before has ended
	var res load.Result
	waited, harm, err := e.process.watched(ctx, e.c, func() (err error) {
		res, err = e.group.Run(ctx, warmup, window)
		return err
	})
	switch {
	case err != nil:
		return Outcome{}, err
	case res.Corruption != nil:
		return Outcome{}, res.Corruption
	}
	after := e.process.counts.read()
	used, err := e.meter.Used()
	switch {
	case err != nil:
		return Outcome{}, err
	case res.Messages == 0 || res.Elapsed <= 0:
		return Outcome{Echoes: res.Echoes, Discard: "no message came back within the window"}, nil
	}
	out := Outcome{Messages: res.Messages, Echoes: res.Echoes, Latency: res.Latency, Values: res.Values(&used)}
	if waited >= 0 {
		out.Values["wait-share"] = waited
	}
	if before != nil && after != nil {
		maps.Copy(out.Values, after.values(before))
	}
	for unit := range out.Values { // of short runs they tell nothing; those of the merged histograms do
		if e.brief && strings.HasSuffix(unit, "-ns") {
			delete(out.Values, unit)
		}
	}
	if own := e.meter.Observed(); e.meter.Observer != 0 && own >= 0 { // less than none where a child of its has ended
		out.Values["observer-ns/msg"] = float64(own) / float64(out.Messages)
	}
	invalid := ""
	if res.Invalid != nil {
		invalid = "invalid: " + res.Invalid.Error()
	}
	limited, _ := res.Bottleneck(used.CPU)
	if e.c.Int("rate") > 0 && limited != "" { // the pace is the rate's, see Result.Late
		limited, out.Notes = "", e.process.stage.busyGenerator(e.c, res.Busy)
	}
	out.Discard = firstOf([]string{invalid, harm, limited})
	var behind error
	if res.Behind() {
		behind = res.Invalid
	}
	if err := e.process.keepsRate(e.c, behind, harm != ""); err != nil {
		return out, err
	}
	if e.runs++; e.brief && e.runs%traceEvery == 1 {
		err = e.traceCalls(ctx, out.Values)
	}
	return out, err
}

func firstOf(list []string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
