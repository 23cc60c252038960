package echo

import (
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

// TLSCounters is what a server has done about TLS since it began.
type TLSCounters struct {
	Handshakes uint64 // done
	Resumed    uint64 // of those, by a ticket of an earlier connection
	HalfOpen   uint64 // handshakes in progress
	Full       uint64 // times that connections waited because of Options.HalfOpen
	Garbage    uint64 // connections that did not begin as TLS does, such as plain HTTP
	Late       uint64 // handshakes that took longer than Options.Handshake
	HungUp     uint64 // handshakes that the peer, or the end of the server, broke off
	Refused    uint64 // handshakes that failed otherwise: versions, protocols, records
	Kernel     uint64 // connections whose keys the kernel was given
	KeyErrors  uint64 // connections that ended because the kernel did not take the keys
}

// tlsCounters are TLSCounters that many goroutines add to, a few times for each
// connection.
type tlsCounters struct {
	handshakes, resumed, halfOpen, full, garbage, late, hungUp, refused, kernel, keyErrors atomic.Uint64
}

func (c *tlsCounters) read() TLSCounters {
	return TLSCounters{
		Handshakes: c.handshakes.Load(), Resumed: c.resumed.Load(), HalfOpen: c.halfOpen.Load(), Full: c.full.Load(),
		Garbage: c.garbage.Load(), Late: c.late.Load(), HungUp: c.hungUp.Load(), Refused: c.refused.Load(),
		Kernel: c.kernel.Load(), KeyErrors: c.keyErrors.Load(),
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
		c.late.Add(1)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		c.hungUp.Add(1)
	default:
		c.refused.Add(1)
	}
}

// String returns the counters as key=value, each behind a blank. Those of what
// went wrong are left out as long as nothing did.
func (c TLSCounters) String() string {
	s := fmt.Sprintf(" handshakes=%d resumed=%d half-open=%d kernel=%d", c.Handshakes, c.Resumed, c.HalfOpen, c.Kernel)
	for _, n := range []struct {
		name  string
		value uint64
	}{{"full", c.Full}, {"garbage", c.Garbage}, {"late", c.Late}, {"hung-up", c.HungUp}, {"refused", c.Refused}, {"key-errors", c.KeyErrors}} {
		if n.value > 0 {
			s += fmt.Sprintf(" %s=%d", n.name, n.value)
		}
	}
	return s
}

// loopCounters are those of one worker, those of TLS with the first.
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
