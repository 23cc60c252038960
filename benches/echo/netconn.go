package echo

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// netConn is one connection of the net backend. Its goroutine owns all of it;
// mu guards what goAway shares with it.
type netConn struct {
	s     *netServer
	nc    net.Conn
	raw   net.Conn // below TLS; else nc
	fd    int      // to send on, with Options.Direct, until close: mu guards it; else -1
	own   []byte
	carry scratch.Carry

	secure *tls.Conn // nc, with Options.TLS; else nil

	greeting engine.Greeting
	bound    time.Time // of the opening handshake

	// With scratch.Pooled: ready waits without a buffer, try is attempt, and
	// borrowed holds the n bytes of its last success.
	ready    syscall.RawConn
	try      func(fd uintptr) bool
	borrowed *[]byte
	n        int

	silent   atomic.Int32 // sweeps since it was last read from, or took a piece of a long answer
	upgraded atomic.Bool  // and not dropped

	mu  sync.Mutex
	eng *engine.Engine // nil before the opening handshake is complete
	out *engine.Output

	end end
}

func newNetConn(s *netServer, nc net.Conn) *netConn {
	c := &netConn{s: s, nc: nc, raw: nc, fd: -1}
	if id := s.opt.identity; id != nil {
		c.secure = tls.Server(hasty{nc}, id.config)
		c.nc = c.secure
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return c
	}
	if s.opt.Nagle {
		tcp.SetNoDelay(false)
	}
	if s.opt.Buffers == scratch.Pooled {
		c.ready, _ = tcp.SyscallConn()
		c.try = c.attempt
	}
	if s.opt.Direct {
		c.fd = descriptor(tcp)
	}
	return c
}

// close closes the connection. The caller holds c.mu, so that nothing is sent
// on a descriptor that may be another connection's by then.
func (c *netConn) close() {
	c.fd = -1
	c.nc.Close()
}

func (c *netConn) run() {
	c.await()
	if c.secured() {
		for c.read() {
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late()
	c.carry.Drop(c.s.pool)
	if c.eng != nil {
		c.eng.Release()
	}
	c.close()
}

// read receives once and handles what came; false where the connection has
// ended.
func (c *netConn) read() bool {
	if room := c.room(); room != nil {
		n, ok := c.recv(room)
		return ok && c.process(room[:n])
	}
	if c.ready != nil && c.carry.Len() == 0 {
		return c.readPooled()
	}
	buf := c.buffer()
	defer c.putBuffer(buf)
	have := c.carry.Len()
	n, ok := c.recv((*buf)[have:])
	return ok && c.resume(*buf, have, n)
}

// room returns where the engine wants what comes next; nil for a buffer.
func (c *netConn) room() []byte {
	if c.eng == nil { // only this goroutine sets it
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.eng.Room()
}

// resume does what process does for n bytes at buf[have:] behind the have bytes
// that are carried; see scratch.Carry.
func (c *netConn) resume(buf []byte, have, n int) bool {
	if n >= have {
		c.carry.Restore(c.s.pool, buf)
		return c.process(buf[:have+n])
	}
	in := buf[have : have+n]
	for c.carry.Len() > 0 && len(in) > 0 {
		in = in[c.carry.Add(c.s.pool, in):]
		if !c.process(c.carry.Bytes()) {
			return false
		}
	}
	return len(in) == 0 || c.process(in)
}

// readPooled waits for bytes without a buffer and borrows one when they are
// there, so that an idle connection holds none.
func (c *netConn) readPooled() bool {
	err := c.ready.Read(c.try)
	c.s.count.recvs.Add(1)
	buf, n := c.borrowed, c.n
	c.borrowed, c.n = nil, 0
	if buf == nil {
		return false
	}
	defer c.putBuffer(buf)
	if err != nil || n <= 0 {
		return false
	}
	c.s.count.bytes.Add(uint64(n))
	return c.process((*buf)[:n])
}

// attempt does one recv; package net calls it until it returns true.
func (c *netConn) attempt(fd uintptr) bool {
	buf := c.buffer()
	n, errno := syscalls.Recv(int(fd), *buf)
	if errno == syscall.EAGAIN || errno == syscall.EINTR {
		c.putBuffer(buf)
		return false
	}
	c.borrowed, c.n = buf, n
	return true
}

func (c *netConn) recv(b []byte) (int, bool) {
	n, err := c.nc.Read(b)
	c.s.count.recvs.Add(1)
	c.s.count.bytes.Add(uint64(n))
	if err != nil && c.secure != nil {
		c.unreadable(err)
	}
	return n, err == nil
}

func (c *netConn) buffer() *[]byte {
	if c.s.opt.Buffers == scratch.Pooled {
		return c.s.pools.Get().(*[]byte)
	}
	if c.own == nil {
		c.own = make([]byte, c.s.opt.BufferSize)
	}
	return &c.own
}

func (c *netConn) putBuffer(b *[]byte) {
	if c.s.opt.Buffers == scratch.Pooled {
		c.s.pools.Put(b)
	}
}

// process handles in, the bytes that are carried or, where none are, those
// that come next. Afterwards what is left of a split frame is carried.
func (c *netConn) process(in []byte) bool {
	c.silent.Store(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.eng == nil {
		rest, ok := c.greet(in)
		if !ok || len(rest) == 0 {
			return ok
		}
		in = rest
	}
	most := 0
	if c.s.opt.FlushFrame {
		most = 1
	}
	for len(in) > 0 {
		p, err := c.eng.Process(in, c.out, most)
		c.s.count.frames.Add(uint64(p.Frames))
		c.s.work(p.Frames)
		if !c.flush() {
			return false
		}
		if err != nil {
			c.finish()
			return false
		}
		in = in[p.Consumed:]
		if p.Need > 0 {
			c.carry.Save(c.s.pool, in, p.Need)
			return true
		}
	}
	c.carry.Drop(c.s.pool)
	return true
}

// finish sends FIN and reads on until the peer's EOF, but not for long: closing
// a socket that still receives would send RST, which can overtake the close
// frame.
func (c *netConn) finish() {
	if c.secure != nil {
		c.secure.CloseWrite()
	}
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
	c.limit(c.raw.SetReadDeadline, netLinger)
	io.Copy(io.Discard, c.raw)
}

// goAway begins the closing handshake from this side. The connection's
// goroutine ends upon the peer's answer, or at the deadline of endBy.
func (c *netConn) goAway(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.eng == nil {
		c.close()
		return
	}
	c.out.Begin(nil)
	c.eng.Close(code, "", c.out)
	c.flush()
}
