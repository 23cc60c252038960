package echo

import (
	"fmt"
	"net/netip"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/mask"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// IO is a way to do input and output.
type IO string

// The ways to do I/O.
const (
	Epoll IO = "epoll" // event loops
	Uring IO = "uring" // event loops on io_uring
	Net   IO = "net"   // one goroutine per connection, on package net
	Raw   IO = "raw"   // event loops without protocol work: the floor
)

// Options are the server's switches. Each has its effect alone.
type Options struct {
	Addr          netip.AddrPort // port 0: any
	IO            IO
	Mask          mask.Kernel
	Buffers       scratch.Kind // with Uring scratch.Ring, else another
	BufferSize    int          // in bytes, MinBufferSize to MaxBufferSize
	Drain         bool
	Write         engine.WriteMode
	FlushFrame    bool
	RingBuffers   int            // most provided buffers of a loop on io_uring, a power of two; 0: DefaultRingBuffers
	engine.Limits                // of every connection; zeros: the engine's defaults
	Parts         bool           // messages are echoed in parts, as they arrive, not assembled
	Opening       engine.Opening // Routes nil: the server's own; MaxRequest is BufferSize at most, 0: opening.MaxRequest where that fits
	Handshake     time.Duration  // bound on the opening handshake, anew after each plain request; 0: 5 s
	Idle          time.Duration  // how long a connection may neither send nor take anything; 0: for ever
	Workers       int            // loops, each with its own listening socket
	Pin           syscalls.CPUs  // loop i runs on Pin[i%len]; empty: anywhere
	// Background is where the Go runtime's own threads run while loops are
	// pinned: "apart" from them, on the other CPUs that the process was given,
	// or the "same". The runtime's monitor wakes 100 times per second as long as
	// a loop works, and on the loop's CPU switches it away each time.
	Background string

	// Spin is CPU time that is burnt for each message (each frame of fragmented
	// ones) before its answer is sent: a slow-down of a known size, by which a
	// lab tests itself. 0: none.
	Spin time.Duration

	// Warn gets what the server could not do as asked, one line each, from any
	// goroutine. nil: it is dropped.
	Warn func(line string)
}

func (o Options) warn(format string, args ...any) {
	if o.Warn != nil {
		o.Warn(fmt.Sprintf(format, args...))
	}
}

// kernel returns the mask kernel in force.
func (o Options) kernel() mask.Kernel {
	if o.Mask == mask.Auto {
		return mask.Best()
	}
	return o.Mask
}

// choice is the names of a switch's two positions.
type choice struct{ off, on string }

var (
	readNames  = choice{"once", "drain"}
	flushNames = choice{"batch", "frame"}
	partNames  = choice{"whole", "parts"}
)

func (c choice) name(on bool) string {
	if on {
		return c.on
	}
	return c.off
}

func (c choice) parse(flag, s string) (bool, error) {
	if s != c.off && s != c.on {
		return false, fmt.Errorf("%s %q: want %s or %s", flag, s, c.off, c.on)
	}
	return s == c.on, nil
}

// Ranges of Options, beside those of package reactor's Config.
const (
	MinBufferSize = reactor.MinBufferSize
	MaxBufferSize = reactor.MaxBufferSize
	MaxMaxMessage = 1 << 40
	MaxWorkers    = 1024
	MinIdle       = 100 * time.Millisecond // sweeps are to cost nothing
)

// Validate returns an error that says what is wrong with o and what to do, nil
// if nothing is.
func (o Options) Validate() error {
	if err := o.IO.check(); err != nil {
		return err
	}
	switch {
	case o.BufferSize < MinBufferSize || o.BufferSize > MaxBufferSize:
		return fmt.Errorf("buffer-size %d: want %d to %d bytes", o.BufferSize, MinBufferSize, MaxBufferSize)
	case o.Workers < 1 || o.Workers > MaxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d", o.Workers, MaxWorkers)
	case o.MaxMessage < 0 || o.MaxMessage > MaxMaxMessage:
		return fmt.Errorf("max-message %d: want 1 to %d bytes, or 0 for %d", o.MaxMessage, int64(MaxMaxMessage), engine.DefaultMaxMessage)
	case o.MaxFragments < 0:
		return fmt.Errorf("max-fragments %d: want 1 or more, or 0 for %d", o.MaxFragments, engine.DefaultMaxFragments)
	case o.MaxControl < 0:
		return fmt.Errorf("max-control %d: want 1 or more, or 0 for %d", o.MaxControl, engine.DefaultMaxControl)
	case o.Idle != 0 && o.Idle < MinIdle:
		return fmt.Errorf("idle %v: want %v at least, or 0 for no bound", o.Idle, MinIdle)
	case o.Background != "apart" && o.Background != "same":
		return fmt.Errorf("background %q: want apart or same", o.Background)
	}
	if err := o.validateOpening(); err != nil {
		return err
	}
	if err := o.validateRing(); err != nil {
		return err
	}
	if err := o.validateSpin(); err != nil {
		return err
	}
	return o.fitting()
}
