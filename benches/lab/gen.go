package lab

import (
	"context"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/load"
	"wsbench/parse"
	"wsbench/syscalls"
)

// generator is a group of connections that is kept open between turns.
type generator interface {
	// run measures one window; see load.Group.Run. A server that answered
	// wrongly or broke a connection is an error.
	run(ctx context.Context, warmup, window time.Duration) (shot, error)
	close()
}

// shot is what the generator saw in one window.
type shot struct {
	messages     int64 // in the window
	echoes       int64 // of the whole turn, warm-up and drain included
	elapsed      time.Duration
	values       map[string]float64      // by unit, of those the generator knows
	latency      *hdrhistogram.Histogram // ns; nil: not known
	doubts       []string
	user, system time.Duration

	// bottleneck tells why the generator and not the server, which used so
	// much CPU time in the window, set the pace; "" if it did not.
	bottleneck func(server time.Duration) string
}

// opener opens the connections of a case to url.
type opener func(ctx context.Context, url string, v Variant, c Case, cpus syscalls.CPUs, seed uint64, edge func(end bool)) (generator, error)

// openLoad is the opener of package load.
func openLoad(ctx context.Context, url string, v Variant, c Case, cpus syscalls.CPUs, seed uint64, edge func(end bool)) (generator, error) {
	verify := load.VerifySample
	if v.Masked {
		verify = load.VerifyOff
	}
	g, err := load.Open(ctx, load.Config{
		URL: url, Conns: c.Conns, Size: c.Size, Depth: c.Depth,
		Op: parse.Binary, Verify: verify, CPUs: cpus, Seed: seed, Edge: edge,
	})
	if err != nil {
		return nil, err
	}
	return loadGroup{g}, nil
}

type loadGroup struct{ g *load.Group }

func (l loadGroup) close() { l.g.Close() }

func (l loadGroup) run(ctx context.Context, warmup, window time.Duration) (shot, error) {
	res, err := l.g.Run(ctx, warmup, window)
	if err != nil {
		return shot{}, err
	}
	if res.Corruption != nil {
		return shot{}, res.Corruption
	}
	return shot{
		messages: res.Messages, echoes: res.Echoes, elapsed: res.Elapsed, values: latencies(res.Latency), latency: res.Latency, doubts: res.Doubts,
		user: res.User, system: res.System, bottleneck: res.Bottleneck,
	}, nil
}

func latencies(h *hdrhistogram.Histogram) map[string]float64 {
	if h == nil || h.TotalCount() == 0 {
		return map[string]float64{}
	}
	return map[string]float64{
		"p50-ns":   float64(h.ValueAtQuantile(50)),
		"p90-ns":   float64(h.ValueAtQuantile(90)),
		"p99-ns":   float64(h.ValueAtQuantile(99)),
		"p99.9-ns": float64(h.ValueAtQuantile(99.9)),
		"max-ns":   float64(h.Max()),
	}
}
