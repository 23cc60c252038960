package reactor

import (
	"syscall"

	"wsbench/benches/engine"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// conn is one connection. Idle, it owns nothing beyond itself, its protocol
// and, if so configured, a receive buffer.
type conn struct {
	fd       int
	serial   uint32
	interest uint32 // what epoll watches the descriptor for
	state    state
	silent   uint8 // sweeps since it was last read from
	greet    engine.Greeting
	proto    Protocol
	carry    scratch.Carry
	own      []byte // receive buffer of its own (scratch.PerConn)
	queue    []byte // what the socket has not taken yet, behind sent octets
	sent     int    // octets of queue that it has
}

// state is how far a connection is.
type state uint8

const (
	greeting  state = iota // the opening handshake is not complete
	open                   // frames go both ways
	finishing              // nothing is read any more; what is queued is sent
	lingering              // all is sent, and FIN; the peer's EOF is awaited
	dropped
)

func (c *conn) data() uint64 { return uint64(uint32(c.fd)) | uint64(c.serial)<<32 }

// drainReads bounds the reads of one event, so that a peer that sends without
// end does not starve the others.
const drainReads = 64

// ready handles what epoll reported of c.
func (l *Loop) ready(c *conn, events uint32) {
	if events&syscalls.EPOLLOUT != 0 && !l.drainQueue(c) {
		return
	}
	switch {
	case events&(syscalls.EPOLLERR|syscalls.EPOLLHUP) != 0 && c.interest&syscalls.EPOLLIN == 0:
		l.drop(c) // nobody will take what is queued
	case events&^syscalls.EPOLLOUT == 0:
	case c.state == lingering:
		l.discardInput(c)
	case c.interest&syscalls.EPOLLIN != 0:
		for n := 0; l.read(c) && l.cfg.Drain && n < drainReads; n++ {
		}
	}
}

// read receives once from c and handles what came; true where more may be
// read at once.
func (l *Loop) read(c *conn) bool {
	buf := l.buffers.Get(&c.own)
	have := c.carry.Restore(&l.pool, buf)
	n, errno := syscalls.Recv(c.fd, buf[have:])
	n, more := l.received(c, n, errno)
	switch {
	case more:
		more = l.process(c, buf[:have+n])
	case have > 0 && c.state != dropped:
		c.carry.Save(&l.pool, buf[:have])
	}
	l.buffers.Put(buf)
	return more
}

// received accounts for one recv, and is false where nothing came, because
// there is nothing yet or because the connection has ended.
func (l *Loop) received(c *conn, n int, errno syscall.Errno) (int, bool) {
	l.count.Recvs++
	if errno == 0 && n > 0 {
		c.silent = 0
		l.count.Octets += uint64(n)
		return n, true
	}
	switch errno {
	case syscall.EAGAIN:
		l.count.EAGAINs++
	case syscall.EINTR:
	default:
		l.drop(c)
	}
	return 0, false
}

// process handles in, the octets of c so far, and carries what is left of a
// split frame. It is true while c may be read from.
func (l *Loop) process(c *conn, in []byte) bool {
	if c.state == greeting {
		rest, ok := l.greet(c, in)
		if !ok || len(rest) == 0 {
			return ok
		}
		in = rest
	}
	most := 0
	if l.cfg.FlushFrame {
		most = 1
	}
	for {
		p, err := c.proto.Process(in, l.out, most)
		l.count.Frames += uint64(p.Frames)
		// The usual answer is sent from here and not by flush: see RunOnce.
		if segs := l.out.Segments(); len(segs) == 1 && len(c.queue) == 0 {
			n, errno := syscalls.Send(c.fd, segs[0])
			if n = l.sent(c, n, errno); n < len(segs[0]) && !l.unsent(c, segs, n) {
				return false
			}
		} else if !l.flush(c, segs) {
			return false
		}
		if err != nil {
			l.finish(c)
			return false
		}
		in = in[p.Consumed:]
		if len(in) == 0 {
			break
		}
		if p.Need > l.cfg.BufferSize {
			l.drop(c) // it would never come; see Protocol
			return false
		}
		if p.Need > 0 {
			c.carry.Save(&l.pool, in)
			break
		}
	}
	return c.interest&syscalls.EPOLLIN != 0
}

// watch has epoll report these events of c.
func (l *Loop) watch(c *conn, events uint32) {
	if c.interest != events {
		c.interest = events
		l.ep.Mod(c.fd, events, c.data())
	}
}
