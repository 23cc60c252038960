package echo

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"wsbench/scratch"
)

// A kind is a way to do input and output: all that the switches have to know of
// it.
type kind struct {
	io      IO
	meaning string // behind its name in the help of -io
	listen  func(Options) (backend, netip.AddrPort, error)
	buffers []scratch.Kind    // the receive buffers that it can have, its default first
	without map[string]string // switches that have no effect with it, and why
	fits    func(Options) error
}

// kinds are the ways to do I/O, the default first. A new backend is a line here
// and files of its own.
var kinds = []kind{
	{Epoll, "", listenLoops, anyBuffers, map[string]string{"ring-buffers": noRing}, nil},
	{Uring, " (io_uring)", listenLoops, []scratch.Kind{scratch.Ring}, nil, Options.fitsRing},
	{Net, " (a goroutine per connection)", listenNet, []scratch.Kind{scratch.PerConn, scratch.Pooled}, map[string]string{
		"ring-buffers": noRing, "background": "its goroutines have no thread of their own",
		"handler": noHandler, "pool": noHandler, "half-open": "each connection has a goroutine, which does its handshake",
	}, Options.fitsNet},
	{Raw, " (the floor: no protocol work)", listenLoops, anyBuffers, map[string]string{
		"ring-buffers": noRing, "mask": "the floor sends payloads back masked",
		"handler": noMessages, "pool": noMessages, "tls": noRecords, "cert": noRecords, "key": noRecords, "half-open": noRecords,
		"parse": "the floor has a header parser of its own", "utf8": "the floor does not look at text",
		"message": noLimits, "max-message": noLimits, "max-fragments": noLimits, "max-control": noLimits,
	}, nil},
}

const (
	noRing     = "only -io uring provides buffers to the kernel"
	noLimits   = "the floor neither assembles nor limits"
	noMessages = "the floor sends frames back and knows no messages"
	noRecords  = "the floor sends what it receives"
	noHandler  = "each connection has a goroutine, which answers"
)

var anyBuffers = []scratch.Kind{scratch.Shared, scratch.PerConn, scratch.Pooled}

// kindOf returns the kind of a name; ok is false if there is none.
func kindOf(io IO) (k kind, ok bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.io == io })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// check returns what is wrong with io, nil if there is such a way to do I/O.
func (io IO) check() error {
	if _, ok := kindOf(io); !ok {
		return fmt.Errorf("io %q: want one of %s", io, strings.Join(IOs(), ", "))
	}
	return nil
}

// IOs lists the ways to do I/O, the default first.
func IOs() (names []string) {
	for _, k := range kinds {
		names = append(names, string(k.io))
	}
	return names
}

// fitting refuses switches that do not go with the way to do I/O.
func (o Options) fitting() error {
	k, _ := kindOf(o.IO)
	if o.Direct && o.IO != Net {
		return fmt.Errorf("write direct: -io %s has no writer of package net to do without; use slot", o.IO)
	}
	if k.fits != nil {
		if err := k.fits(o); err != nil {
			return err
		}
	}
	if slices.Contains(k.buffers, o.Buffers) {
		return nil
	}
	why := ""
	if o.Buffers == scratch.Ring {
		why = "only -io uring has the kernel pick a buffer; "
	}
	return fmt.Errorf("buffers %v: %swith -io %s use %s", o.Buffers, why, o.IO, listed(k.buffers))
}

// fitsNet refuses switches that do not go with package net.
func (o Options) fitsNet() error {
	switch {
	case o.Buffers == scratch.Shared:
		return errors.New("buffers shared: with -io net each connection has a goroutine, which needs a buffer of its own: use conn or pool")
	case o.Drain:
		return errors.New("read drain: -io net reads until it would block anyway; leave -read at once")
	case o.Workers > 1:
		return errors.New("workers: -io net schedules its goroutines over all its CPUs; give it more by -pin, not by -workers")
	}
	return nil
}

// listed returns the names of kinds of buffers, for a person.
func listed(list []scratch.Kind) string {
	var names []string
	for _, k := range list {
		names = append(names, k.String())
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " or " + names[n]
	}
	return names[0]
}
