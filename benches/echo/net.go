package echo

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/scratch"
	"wsbench/syscalls"
)

const (
	// netLinger bounds the peer's part of closing, as in a reactor.Loop.
	netLinger = 2 * time.Second
	// acceptPause is how long connections stay in the kernel's queue after an
	// accept that failed, as in a reactor.Loop.
	acceptPause = 100 * time.Millisecond
)

// netServer is the backend of one goroutine per connection, on package net: how
// most Go servers work.
type netServer struct {
	opt   Options
	ln    net.Listener
	pools sync.Pool // *[]byte of BufferSize bytes, for -buffers pool

	answers sync.Pool     // *[]byte, for answers to plain requests
	pool    *scratch.Pool // of all connections
	aging   time.Duration // between two Ages of pool; 0: never
	count   *netCounters
	cost    cost
	place   *place // where it is burnt; nil: where messages and requests arrive

	mu     sync.Mutex
	conns  map[*netConn]struct{}
	closed bool // no connection is taken in any more
	done   sync.WaitGroup
}

// netCounters are reactor.Counters that many goroutines add to. Each adds once
// a read, so that they cost little.
type netCounters struct {
	accepted, done, frames, bytes, recvs, sends, silent atomic.Uint64
	tlsRefused, tlsTruncated                            atomic.Uint64
	tlsCounters
}

func listenNet(opt Options) (backend, netip.AddrPort, error) {
	ln, err := net.Listen("tcp", opt.Addr.String())
	if err != nil {
		return nil, opt.Addr, err
	}
	return newNetServer(opt, ln), ln.Addr().(*net.TCPAddr).AddrPort(), nil
}

// newNetServer returns a server of the connections that ln accepts.
func newNetServer(opt Options, ln net.Listener) *netServer {
	s := &netServer{opt: opt, ln: ln, count: (*netCounters)(opt.countedAt(0)), pool: scratch.NewShared(), aging: scratch.AgeInterval, cost: opt.cost(), place: newPlace(opt), conns: map[*netConn]struct{}{}}
	if s.count == nil {
		s.count = &netCounters{}
	}
	s.pools.New = func() any { b := make([]byte, opt.BufferSize); return &b }
	if opt.Work > 0 {
		s.opt.Opening.Before = func(path []byte) bool {
			if string(path) == WorkPath {
				s.work(1)
			}
			return false
		}
	}
	return s
}

// work burns what so many messages cost.
func (s *netServer) work(n int) {
	s.place.do(func() { s.cost.messages(n) })
}

func (s *netServer) close() { s.ln.Close() }

func (s *netServer) run(ctx context.Context) error {
	if len(s.opt.Pin) > 0 {
		if err := syscalls.PinProcess(s.opt.Pin); err != nil {
			s.ln.Close()
			return err
		}
		// The runtime would notice by itself, but only within a second.
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(len(s.opt.Pin)))
	}
	stop := context.AfterFunc(ctx, s.shutdown)
	defer stop()
	sweeping := every(s.opt.Idle/dropAfter, s.sweep)
	aging := every(s.aging, s.pool.Age)
	stopWork := s.place.start()
	err := s.opt.accept(ctx, s.ln, s.serve)
	s.shutdown()
	sweeping.stop()
	aging.stop()
	s.done.Wait()
	stopWork()
	return err
}

// accept calls serve with each connection until ln is closed, or broken. It waits
// out what does not last, and warns once each time.
func (o Options) accept(ctx context.Context, ln net.Listener, serve func(net.Conn)) error {
	waits := false
	for {
		nc, err := ln.Accept()
		if err == nil {
			serve(nc)
			waits = false
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		switch syscalls.AcceptFailed(err) {
		case syscalls.AcceptBroken:
			return err
		case syscalls.AcceptLost:
			continue
		}
		if !waits {
			o.warn("%v; trying again every %v", err, acceptPause)
		}
		if waits = true; !pause(ctx, acceptPause) {
			return nil
		}
	}
}

// pause waits for d; false where ctx is done first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (s *netServer) serve(nc net.Conn) {
	c := newNetConn(s, nc)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		nc.Close()
		return
	}
	s.count.accepted.Add(1)
	s.conns[c] = struct{}{}
	s.done.Go(func() {
		c.run()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		s.count.done.Add(1)
	})
}

// shutdown closes the listener and begins every connection's closing
// handshake. It returns within netLinger, whatever the peers do.
func (s *netServer) shutdown() {
	s.ln.Close()
	s.place.end()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	deadline := time.Now().Add(netLinger)
	var done sync.WaitGroup
	for _, c := range s.list() {
		c.endBy(deadline) // a write that a slow peer blocks ends too, and goAway goes on
		done.Go(func() { c.goAway(parse.CloseGoingAway) })
	}
	done.Wait()
}

// list returns the connections there are now.
func (s *netServer) list() []*netConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.conns))
}

func (s *netServer) counters() Counters {
	var c Counters
	n := s.count
	c.Done = n.done.Load()
	c.Accepted = n.accepted.Load()
	c.Open = c.Accepted - c.Done
	c.Frames, c.Bytes = n.frames.Load(), n.bytes.Load()
	c.Recvs, c.Sends = n.recvs.Load(), n.sends.Load()
	c.Silent = n.silent.Load()
	c.TLSRefused, c.TLSTruncated = n.tlsRefused.Load(), n.tlsTruncated.Load()
	c.TLS = n.tlsCounters.read()
	return c
}

// protocol makes the engine of a connection that asked for target, and the
// layout of its answers.
func (s *netServer) protocol(target []byte) (*engine.Engine, *engine.Output) {
	cfg, counts := s.opt.counting(target)
	if !counts {
		cfg = s.opt.engine()
	}
	cfg.Pool = s.pool
	return engine.New(&cfg), engine.NewOutput(s.opt.Write, s.pool)
}
