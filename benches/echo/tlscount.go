package echo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"wsbench/benches/reactor"
)

// TLSCounters counts what a server has done for TLS since it began.
type TLSCounters struct {
	Handshakes        uint64 // completed
	Resumed           uint64 // of those, resumed by a session ticket
	HalfOpen          uint64 // handshakes in progress
	HalfOpenFull      uint64 // times that connections waited because of Options.HalfOpen
	Garbage           uint64 // connections that did not begin as TLS does, such as plain HTTP
	HandshakesLate    uint64 // handshakes that took longer than Options.Handshake
	HandshakesHungUp  uint64 // handshakes that ended because the peer or the server did
	HandshakesRefused uint64 // handshakes that failed otherwise: versions, protocols, records
	Kernel            uint64 // connections whose records the kernel seals and opens
	User              uint64 // connections whose records this process seals and opens
	KeyErrors         uint64 // connections that ended because the kernel did not take the keys
}

// tlsCounters are TLSCounters that many goroutines add to. Each connection adds a
// few times.
type tlsCounters struct {
	handshakes, resumed, halfOpen, halfOpenFull, garbage, handshakesLate, handshakesHungUp, handshakesRefused, kernel, user, keyErrors atomic.Uint64
}

func (c *tlsCounters) read() TLSCounters {
	return TLSCounters{
		Handshakes: c.handshakes.Load(), Resumed: c.resumed.Load(), HalfOpen: c.halfOpen.Load(), HalfOpenFull: c.halfOpenFull.Load(),
		Garbage: c.garbage.Load(), HandshakesLate: c.handshakesLate.Load(), HandshakesHungUp: c.handshakesHungUp.Load(), HandshakesRefused: c.handshakesRefused.Load(),
		Kernel: c.kernel.Load(), User: c.user.Load(), KeyErrors: c.keyErrors.Load(),
	}
}

// begun counts a handshake that begins.
func (c *tlsCounters) begun() { c.halfOpen.Add(1) }

// ended counts a handshake that has ended with err.
func (c *tlsCounters) ended(resumed bool, err error) {
	c.halfOpen.Add(^uint64(0))
	switch {
	case err == nil:
		c.handshakes.Add(1)
		if resumed {
			c.resumed.Add(1)
		}
	case errors.As(err, new(tls.RecordHeaderError)):
		c.garbage.Add(1)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.handshakesLate.Add(1)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, context.Canceled),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		c.handshakesHungUp.Add(1)
	default:
		c.handshakesRefused.Add(1)
	}
}

// String returns the counters as key=value, each behind a blank. It leaves out
// counters of failures that are 0.
func (c TLSCounters) String() string {
	s := fmt.Sprintf(" handshakes=%d resumed=%d half-open=%d kernel=%d user=%d", c.Handshakes, c.Resumed, c.HalfOpen, c.Kernel, c.User)
	return s + positive([]namedCount{
		{"half-open-full", c.HalfOpenFull}, {"garbage", c.Garbage}, {"handshakes-late", c.HandshakesLate},
		{"handshakes-hung-up", c.HandshakesHungUp}, {"handshakes-refused", c.HandshakesRefused}, {"key-errors", c.KeyErrors},
	})
}

// loopCounters are the counters of one worker. Those of TLS count for all workers,
// in the first.
type loopCounters struct {
	reactor.Counters
	tlsCounters
}

// loopCounters returns where worker i counts.
func (o Options) loopCounters(i int) *loopCounters {
	if c := (*loopCounters)(o.countedAt(i)); c != nil {
		return c
	}
	return &loopCounters{}
}
