package lab

import (
	"context"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/results"
)

// Probe is what one run does to a server and measures of it. Its units are
// among results.Units.
type Probe interface {
	// Base returns the base name of the samples' benchmarks, such as Echo: one of
	// results.Benches, which lists the keys of its cases.
	Base() string
	// Fresh reports whether every run has a process of its own. Where it has
	// none, all servers run for the whole session, stopped between their runs.
	Fresh() bool
	// Open prepares the runs of a case on a process that runs. The client stays
	// open between runs.
	Open(ctx context.Context, p *Process, c results.Case) (Client, error)
}

// Client is the other end of a server under one case. It is used by one
// goroutine.
type Client interface {
	// Run measures one window after a warm-up. An error that is not ctx's ends
	// the case for that server.
	Run(ctx context.Context, warmup, window time.Duration) (Outcome, error)
	Close()
}

// Outcome is a run that came to its end.
type Outcome struct {
	Messages int64                   // within the window
	Echoes   int64                   // of the whole run, warm-up and drain included
	Values   map[string]float64      // by unit
	Latency  *hdrhistogram.Histogram // ns; nil: not known
	Pacing   *hdrhistogram.Histogram // ns that sends were late by; nil: they were not paced
	More     []results.Sample        // besides the run's own; no tally counts them
	Discard  string                  // why the run is no sample; "" if it is one
	Notes    []string                // what the reader must know from here on
}
