package echo

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/scratch"
)

// Server is a reference server that listens. Run serves, and releases it.
type Server struct {
	opt  Options
	addr netip.AddrPort
	impl backend
}

// backend is one way to do I/O.
type backend interface {
	// run serves until ctx is done, then closes every connection with code
	// 1001 and returns once they have answered or had their time.
	run(ctx context.Context) error
	// counters is what was done so far. Any goroutine may call it.
	counters() Counters
	// close releases what was opened, if run is never called.
	close()
}

// Counters is what a server has done since it began.
type Counters struct {
	reactor.Counters
	Polled bool // whether Waits and EAGAINs were seen: package net hides them

	Works    uint64        // pieces of Options.Work
	WorkTime time.Duration // that they took, by the CPU clocks of their threads

	Encrypted bool // whether TLS has something to say
	TLS       TLSCounters
}

// String returns the counters as one line of key=value.
func (c Counters) String() string {
	s := fmt.Sprintf("counters accepted=%d open=%d done=%d frames=%d bytes=%d recv=%d send=%d",
		c.Accepted, c.Open, c.Done, c.Frames, c.Bytes, c.Recvs, c.Sends)
	s += positive([]namedCount{{"silent", c.Silent}, {"accept-errors", c.AcceptErrors}, {"starved", c.Starved}})
	if c.Polled {
		s += fmt.Sprintf(" wait=%d calls=%d eagain=%d pause=%d", c.Waits, c.Calls, c.EAGAINs, c.Pauses)
	}
	if c.Encrypted {
		s += c.TLS.String()
	}
	s += positive([]namedCount{{"tls-refused", c.TLSRefused}, {"tls-truncated", c.TLSTruncated}, {"tls-updates", c.TLSUpdates}, {"tls-unkeyed", c.TLSUnkeyed}})
	if c.Works > 0 {
		s += fmt.Sprintf(" works=%d work-ns=%d", c.Works, c.WorkTime.Nanoseconds())
	}
	if c.Recvs > 0 {
		s += fmt.Sprintf(" frames/recv=%.3f", float64(c.Frames)/float64(c.Recvs))
	}
	return s
}

// namedCount is a counter that is told of only if it has counted.
type namedCount struct {
	name  string
	count uint64
}

// positive returns those that have counted as key=value, each behind a blank.
func positive(list []namedCount) (s string) {
	for _, n := range list {
		if n.count > 0 {
			s += fmt.Sprintf(" %s=%d", n.name, n.count)
		}
	}
	return s
}

// WorkerCounters returns the counters of each of several workers; none where
// there is one. Any goroutine may call it.
func (s *Server) WorkerCounters() (list []Counters) {
	l, ok := s.impl.(*loops)
	if !ok || len(l.list) < 2 {
		return nil
	}
	for _, c := range l.each() {
		list = append(list, Counters{Counters: c, Polled: true})
	}
	return list
}

// Listen opens a server's listening sockets.
func Listen(opt Options) (*Server, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	if opt.Opening.Routes == nil {
		opt.Opening.Routes, opt.Opening.WebSockets = routes, webSockets
	}
	opt.Opening.MaxRequest = opt.maxRequest()
	opt = opt.possible().sealing().working()
	if err := opt.identify(); err != nil {
		return nil, err
	}
	if err := opt.counts(); err != nil {
		return nil, err
	}
	s := &Server{opt: opt}
	k, _ := kindOf(opt.IO)
	var err error
	if s.impl, s.addr, err = k.listen(opt); err != nil {
		return nil, err
	}
	return s, nil
}

// IO returns how the server does its input and output.
func (s *Server) IO() IO { return s.opt.IO }

// Addr returns the address that the server listens on.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Run serves until ctx is done, then closes every connection with code 1001
// (going away) and returns. Nothing is left open.
func (s *Server) Run(ctx context.Context) error { return s.impl.run(ctx) }

// Close releases a server that was never run.
func (s *Server) Close() { s.impl.close() }

// Counters returns what the server has done so far. Any goroutine may call it.
func (s *Server) Counters() Counters {
	c := s.impl.counters()
	c.Works, c.WorkTime = s.opt.spent.read()
	c.Encrypted = s.opt.TLS != TLSOff
	return c
}

// String returns the address and the switches in force, in one line.
func (s *Server) String() string { return fmt.Sprintf("listening on %v %v", s.addr, s.opt) }

// mostWhole is the longest frame that is awaited whole, bytes: what is carried
// of one is copied at each read.
const mostWhole = 1 << 20

// engine returns how the server's engines work, but for their pool.
func (o Options) engine() engine.Config {
	cfg := engine.Config{Kernel: o.Mask, Parser: o.Parse.parser, Each: o.Parse.each, UTF8: o.UTF8, Whole: min(o.BufferSize, mostWhole), Limits: o.Limits}
	if o.Parts {
		cfg.Parts = echoParts{}
	}
	return cfg
}

// echoParts echoes messages as they arrive.
type echoParts struct{}

func (echoParts) Part(*engine.Output, engine.Part) engine.Action { return engine.Echo }

// floor makes protocols that do no work; nil where they are to do it.
func (o Options) floor() func(*scratch.Pool) reactor.Protocol {
	if o.IO != Raw {
		return nil
	}
	return func(*scratch.Pool) reactor.Protocol { return &rawProtocol{whole: o.BufferSize} }
}
