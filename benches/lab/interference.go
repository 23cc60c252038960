package lab

import (
	"context"
	"fmt"
	"os"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// delays judges what delayed the runs of one server under one case. Harm is what
// delayed server or generator: the time that their threads waited for a CPU, as
// far as it is more than usual. CPU time that others use while a slow server is
// idle harms nobody. Threads of one server that share a CPU wait for each other
// in every run, which is usual.
type delays struct{ latest []float64 } // shares of the runs' lengths

const (
	// fewDelays is how many runs show what is usual.
	fewDelays = 3
	// mostDelays is how many runs what is usual is taken from.
	mostDelays = 32
)

// judge returns the reason to discard a run of length d whose threads waited so
// long; "" if that is usual, or at most a share noise of d more than usual.
func (l *delays) judge(waited, d time.Duration, noise float64) string {
	known := len(l.latest) >= fewDelays
	usual := time.Duration(0)
	if known {
		usual = time.Duration(stat.Median(l.latest) * float64(d))
	}
	if l.latest = append(l.latest, float64(waited)/float64(d)); len(l.latest) > mostDelays {
		l.latest = l.latest[1:]
	}
	if !known || float64(waited-usual) <= noise*float64(d) {
		return ""
	}
	return fmt.Sprintf("interference: server and generator waited %.1f ms for a CPU in a run of %.0f ms, usually %.1f ms", ms(waited), ms(d), ms(usual))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// alike is what runs have in common whose delays are compared: also those of
// other epochs.
type alike struct {
	server   results.Server
	observer string
	c        results.Case
}

// usual returns the delays of the runs of p under c.
func (p *Process) usual(c results.Case) *delays {
	k := alike{p.Server.Key.Unobserved(), p.observer, c}
	if p.stage.delays[k] == nil {
		p.stage.delays[k] = &delays{}
	}
	return p.stage.delays[k]
}

// watched calls run under c, and returns the share of its length that it was delayed by,
// and why that is too much; -1 and "" where this kernel does not tell.
func (p *Process) watched(ctx context.Context, c results.Case, run func() error) (share float64, harm string, err error) {
	began := time.Now()
	before, unknown := host.ReadWaiting(p.pid(), os.Getpid())
	if err := run(); err != nil || unknown != nil {
		return -1, "", err
	}
	after, unknown := host.ReadWaiting(p.pid(), os.Getpid())
	if unknown != nil || ctx.Err() != nil {
		return -1, "", nil
	}
	d := time.Since(began)
	waited := after.Since(before, d)
	return float64(waited) / float64(d), p.usual(c).judge(waited, d, p.stage.Noise), nil
}
