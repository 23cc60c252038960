package echo

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/scratch"
)

// MaxSpin bounds Options.Spin, so that a server still answers.
const MaxSpin = time.Second

// spin is how many iterations of burn a message costs; 0: none.
type spin int

// spinOf calibrates a spin of length d on this host, now.
func spinOf(d time.Duration) spin {
	if d <= 0 {
		return 0
	}
	return spinAt(d, iterationTime())
}

// spinAt returns a spin of length d where one iteration takes each ns: the
// nearest number of iterations, one at least.
func spinAt(d time.Duration, each float64) spin {
	return spin(max(1, math.Round(float64(d)/each)))
}

const (
	trials = 60
	// trialLength in iterations is short enough that most trials are not
	// interrupted, and long beside the reading of the clock.
	trialLength = 20_000
)

// iterationTime returns the time of one iteration of burn, ns: the least of many
// trials, as whatever else happens only adds to it.
func iterationTime() float64 {
	least := time.Duration(math.MaxInt64)
	for range trials {
		began := time.Now()
		runtime.KeepAlive(burn(trialLength))
		least = min(least, max(1, time.Since(began)))
	}
	return float64(least) / trialLength
}

// messages burns what so many messages cost.
func (s spin) messages(n int) {
	if s > 0 {
		runtime.KeepAlive(burn(int(s) * n))
	}
}

// burn uses the CPU without memory: each iteration waits for the one before. It
// is not inlined, so that no compiler finds its result unused.
//
//go:noinline
func burn(iterations int) (x uint64) {
	for range iterations {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

// spinning is a protocol that burns CPU time for each frame before its answer
// is sent.
type spinning struct {
	reactor.Protocol
	cost cost
}

// Process implements reactor.Protocol.
func (s *spinning) Process(in []byte, out *engine.Output, most int) (p engine.Progress, err error) {
	p, err = s.Protocol.Process(in, out, most)
	s.cost.messages(p.Frames)
	return p, err
}

// protocols returns what makes the protocols of a loop's connections; nil where
// the loop's own engines do all that is asked for.
func (o Options) protocols() func(*scratch.Pool) reactor.Protocol {
	inner := o.floor()
	if o.Spin+o.Work == 0 || o.Handler != OnLoop { // those burn it themselves
		return inner
	}
	if inner == nil {
		cfg := o.engine().WithDefaults()
		inner = func(pool *scratch.Pool) reactor.Protocol {
			cfg.Pool = pool // the loop's, the same for all its connections
			return engine.New(&cfg)
		}
	}
	s := o.cost()
	return func(pool *scratch.Pool) reactor.Protocol { return &spinning{inner(pool), s} }
}

func (o Options) validateSpin() error {
	if o.Spin < 0 || o.Spin > MaxSpin {
		return fmt.Errorf("spin %d: want 0 to %d ns per message", o.Spin.Nanoseconds(), MaxSpin.Nanoseconds())
	}
	return nil
}

// parseSpin reads -spin, in ns.
func parseSpin(s string) (time.Duration, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("spin %q: want a whole number of ns", s)
	}
	return time.Duration(n), nil
}
