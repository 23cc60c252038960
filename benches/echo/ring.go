package echo

import (
	"cmp"
	"errors"
	"fmt"

	"wsbench/benches/reactor"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// Provided buffers of a loop on io_uring.
const (
	DefaultRingBuffers = reactor.DefaultRingBuffers
	MaxRingBuffers     = reactor.MaxRingBuffers
)

func (o Options) ringBuffers() int { return cmp.Or(o.RingBuffers, DefaultRingBuffers) }

func (o Options) validateRing() error {
	switch n := o.ringBuffers(); {
	case n < 1 || n > MaxRingBuffers || n&(n-1) != 0:
		return fmt.Errorf("ring-buffers %d: want a power of two, 1 to %d", n, MaxRingBuffers)
	case o.IO == Uring && int64(n)*int64(o.BufferSize) > reactor.MaxRingBytes:
		return fmt.Errorf("ring-buffers %d of %d bytes: want %d GiB together at most; lower one of them", n, o.BufferSize, reactor.MaxRingBytes>>30)
	}
	return nil
}

// fitsRing refuses switches that have no effect with io_uring.
func (o Options) fitsRing() error {
	switch {
	case o.Buffers != scratch.Ring:
		return fmt.Errorf("buffers %v: with -io uring the kernel picks from buffers provided to it: use ring, their number is -ring-buffers", o.Buffers)
	case o.Drain:
		return errors.New("read drain: -io uring receives whatever comes without being asked again; leave -read at once")
	}
	return nil
}

// buffers returns the switches of the receive buffers in force, for String.
func (o Options) buffers() string {
	s := fmt.Sprintf(" buffers=%v buffer-size=%d", o.Buffers, o.BufferSize)
	if o.IO == Uring {
		s += fmt.Sprintf(" ring-buffers=%d", o.ringBuffers())
	}
	return s
}

// probeUring is what this kernel's io_uring has; tests of other kernels put
// another in its place.
var probeUring = syscalls.Probe

// possible returns o where this host can do that, else with epoll instead of
// io_uring, which Warn is told in one line.
func (o Options) possible() Options {
	if o.IO != Uring {
		return o
	}
	has, err := probeUring()
	switch {
	case err != nil:
		o.warn("io uring: %v; -io epoll serves instead", err)
	case !has.Has(reactor.UringNeeds):
		o.warn("io uring: this kernel's lacks %s; -io epoll serves instead", (reactor.UringNeeds &^ has).Names())
	default:
		return o
	}
	o.IO, o.Buffers, o.RingBuffers = Epoll, scratch.Shared, 0
	return o
}
