package lab

import (
	"context"
	"maps"
	"strconv"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/host"
	"wsbench/benches/load"
	"wsbench/benches/results"
	"wsbench/parse"
)

// Echo is the probe that has messages echoed over connections which stay open,
// in a closed loop.
type Echo struct{}

// Base implements Probe.
func (Echo) Base() string { return "Echo" }

// Fresh implements Probe.
func (Echo) Fresh() bool { return false }

// Keys implements Probe.
func (Echo) Keys(c Case) []results.KV {
	return []results.KV{{Key: "conns", Value: strconv.Itoa(c.Conns)}, {Key: "size", Value: strconv.Itoa(c.Size)}, {Key: "depth", Value: strconv.Itoa(c.Depth)}}
}

// Open implements Probe.
func (Echo) Open(ctx context.Context, p *Process, c Case) (Client, error) {
	verify := load.VerifySample
	if p.Server.Masked {
		verify = load.VerifyOff
	}
	m := p.meter()
	g, err := load.Open(ctx, load.Config{
		URL: p.URL(), Conns: c.Conns, Size: c.Size, Depth: c.Depth,
		Op: parse.Binary, Verify: verify, CPUs: p.LoadCPU, Seed: p.Seed, Edge: m.Edge,
	})
	if err != nil {
		return nil, err
	}
	return &echoClient{p, c, g, m}, nil
}

type echoClient struct {
	process *Process
	c       Case
	group   *load.Group
	meter   *host.Meter
}

func (e *echoClient) Close() { e.group.Close() }

// Run implements Client.
func (e *echoClient) Run(ctx context.Context, warmup, window time.Duration) (Outcome, error) {
	before := e.process.count(ctx)
	res, err := e.group.Run(ctx, warmup, window)
	switch {
	case err != nil:
		return Outcome{}, err
	case res.Corruption != nil:
		return Outcome{}, res.Corruption
	}
	after := e.process.count(ctx)
	used, err := e.meter.Used()
	switch {
	case err != nil:
		return Outcome{}, err
	case res.Messages == 0 || res.Elapsed <= 0:
		return Outcome{Echoes: res.Echoes, Discard: "no message came back within the window"}, nil
	}
	out := Outcome{Messages: res.Messages, Echoes: res.Echoes, Latency: res.Latency, Values: echoValues(res, e.c, used)}
	if before != nil && after != nil {
		maps.Copy(out.Values, after.values(before))
	}
	if own := e.meter.Observed(); e.meter.Observer != 0 && own >= 0 { // less than none where a child of its has ended
		out.Values["observer-ns/msg"] = float64(own) / float64(out.Messages)
	}
	out.Discard = firstOf(append(res.Warnings, e.meter.Interference(), res.Bottleneck(used.CPU)))
	out.Notes = e.process.unwatch(e.meter.Blind())
	return out, nil
}

// echoValues returns the values of a window, by unit.
func echoValues(res load.Result, c Case, used host.Usage) map[string]float64 {
	n := float64(res.Messages)
	v := map[string]float64{
		"ns/op":          float64(res.Elapsed) / n,
		"B/s":            n * float64(c.Size) / res.Elapsed.Seconds(),
		"msg/s":          n / res.Elapsed.Seconds(),
		"cpu-ns/msg":     float64(used.CPU) / n,
		"ctxsw/msg":      float64(used.Voluntary+used.Involuntary) / n,
		"gen-cpu-ns/msg": float64(res.User+res.System) / n,
		"rss-B":          float64(used.RSS),
	}
	if res.Elapsed >= host.SplitWindow {
		v["user-ns/msg"] = float64(used.User) / n
		v["sys-ns/msg"] = float64(used.System) / n
		v["gen-user-ns/msg"] = float64(res.User) / n
	}
	maps.Copy(v, latencies(res.Latency))
	return v
}

func latencies(h *hdrhistogram.Histogram) map[string]float64 {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	return map[string]float64{
		"p50-ns":   float64(h.ValueAtQuantile(50)),
		"p90-ns":   float64(h.ValueAtQuantile(90)),
		"p99-ns":   float64(h.ValueAtQuantile(99)),
		"p99.9-ns": float64(h.ValueAtQuantile(99.9)),
		"max-ns":   float64(h.Max()),
	}
}

func firstOf(list []string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
