package reactor

import (
	"io"
	"syscall"

	"wsbench/scratch"
	"wsbench/syscalls"
)

// drainReads bounds the reads of one event, so that a peer that sends without
// end does not starve the others.
const drainReads = 64

// ready handles what epoll reported of c.
func (l *Loop) ready(c *Conn, events uint32) {
	if events&syscalls.EPOLLOUT != 0 && !l.drainQueue(c) {
		return
	}
	switch {
	case events&(syscalls.EPOLLERR|syscalls.EPOLLHUP) != 0 && c.interest&syscalls.EPOLLIN == 0:
		l.drop(c, io.ErrClosedPipe) // nobody will take what is queued
	case events&^syscalls.EPOLLOUT == 0:
	case c.state == lingering:
		l.discardInput(c)
	case c.interest&syscalls.EPOLLIN != 0:
		for n := 0; l.readAny(c) && l.cfg.Drain && n < drainReads; n++ {
		}
	}
}

// readAny does what read does, over TLS too.
func (l *Loop) readAny(c *Conn) bool {
	if c.flags&secure != 0 {
		return l.readTLS(c)
	}
	return l.read(c)
}

// read receives once from c, whose records are not the loop's, and handles what
// came; true where more may be read at once.
func (l *Loop) read(c *Conn) bool {
	if c.proto != nil {
		if room := c.proto.Room(); room != nil {
			return l.readInto(c, room)
		}
	}
	own, have := &l.none, 0
	if l.cfg.Buffers == scratch.PerConn {
		own = &l.extra(c).own
	}
	buf := l.buffers.Get(own)
	if c.x != nil {
		have = c.x.carry.Len()
	}
	n, errno := syscalls.Recv(int(c.fd), buf[have:])
	n, more := l.received(c, n, errno)
	switch {
	case !more:
	case have > 0:
		more = l.resume(c, buf, have, n)
	default:
		more = l.process(c, buf[:n])
	}
	l.buffers.Put(buf)
	l.relax(c)
	return more
}

// readInto does what read does into the protocol's own room.
func (l *Loop) readInto(c *Conn, room []byte) bool {
	n, errno := syscalls.Recv(int(c.fd), room)
	n, more := l.received(c, n, errno)
	return more && l.process(c, room[:n])
}

// resume does what process does for n bytes at buf[have:] behind the have bytes
// that c carries; see scratch.Carry.
func (l *Loop) resume(c *Conn, buf []byte, have, n int) bool {
	if n >= have {
		c.x.carry.Restore(&l.pool, buf)
		return l.process(c, buf[:have+n])
	}
	return l.behindCarry(c, buf[have:have+n])
}

// behindCarry does what process does for in behind the bytes that c carries.
func (l *Loop) behindCarry(c *Conn, in []byte) bool {
	if rest := l.complete(c, in); len(rest) > 0 {
		return l.process(c, rest)
	}
	return c.reads() && c.flags&paused == 0
}

// complete processes the bytes that c carries with as many from the front of
// in as belong to the same frame, in the carry's buffer, and returns what is
// left for its place; nothing where c is not read from any more.
func (l *Loop) complete(c *Conn, in []byte) (rest []byte) {
	for c.x != nil && c.x.carry.Len() > 0 && len(in) > 0 {
		in = in[c.x.carry.Add(&l.pool, in):]
		if l.process(c, c.x.carry.Bytes()); !c.reads() {
			return nil
		}
	}
	return in
}

// received accounts for one recv, and is false where nothing came, because
// there is nothing yet or because the connection has ended.
func (l *Loop) received(c *Conn, n int, errno syscall.Errno) (int, bool) {
	l.count.Recvs++
	if errno == 0 && n > 0 {
		c.silent = 0
		l.count.Bytes += uint64(n)
		return n, true
	}
	switch errno {
	case syscall.EAGAIN:
		l.count.EAGAINs++
	case syscall.EINTR:
	case 0:
		l.eof(c)
	default:
		l.recvFailed(c, errno)
	}
	return 0, false
}

// recvFailed goes on from a recv that failed with errno: with the record that
// the kernel does not hand out as data, or not at all.
func (l *Loop) recvFailed(c *Conn, errno syscall.Errno) {
	if t := c.tls(); t == nil || t.kernel == nil || !l.kernelRecord(c, t, errno) {
		l.drop(c, errno)
	}
}

// eof ends c, whose peer sends nothing more, once what is queued and what is
// deferred is sent.
func (l *Loop) eof(c *Conn) {
	why, polite := l.howEnded(c)
	if c.state == open && l.part(c, nil, why) {
		return
	}
	if c.state == lingering || !polite && (c.x == nil || c.x.queue.empty()) {
		l.drop(c, why)
		return
	}
	l.finish(c, why)
}

// process handles in, the bytes that c carries or, where it carries none,
// those that come next. Afterwards c carries what is left of a split frame. It
// is true while c may be read from.
func (l *Loop) process(c *Conn, in []byte) bool {
	if c.state == greeting {
		rest, ok := l.greet(c, in)
		if !ok || len(rest) == 0 {
			return ok
		}
		in = rest
	}
	if c.flags&(inDirty|full) == inDirty && l.ring == nil && !l.drainQueue(c) {
		return false
	}
	most := 0
	if l.cfg.FlushFrame {
		most = 1
	}
	for {
		l.busy, l.added = c, 0
		p, err := c.proto.Process(in, l.out, most)
		l.busy = nil
		l.count.Frames += uint64(p.Frames)
		if err != nil && l.part(c, l.out.Segments(), err) {
			return false
		}
		// The usual answer is sent from here and not by flush: see RunOnce.
		if segs := l.out.Segments(); len(segs) == 1 && (c.x == nil || c.x.queue.empty()) && l.ring == nil && c.flags&secure == 0 {
			n, errno := syscalls.Send(int(c.fd), segs[0])
			if n = l.sent(c, n, errno); n < len(segs[0]) && !l.unsent(c, segs, n) {
				return false
			}
		} else if !l.flush(c, segs) {
			return false
		}
		if err != nil {
			l.finish(c, err)
			return false
		}
		in = in[p.Consumed:]
		if len(in) == 0 {
			break
		}
		if p.Need > l.cfg.BufferSize {
			l.drop(c, errNeed)
			return false
		}
		if p.Need > 0 {
			l.extra(c).carry.Save(&l.pool, in, p.Need)
			return c.flags&paused == 0
		}
	}
	l.consumed(c)
	return c.flags&paused == 0
}

// consumed ends the carry of bytes that were all processed.
func (l *Loop) consumed(c *Conn) {
	if c.x != nil {
		c.x.carry.Drop(&l.pool)
	}
}

// watch makes epoll report what c waits for.
func (l *Loop) watch(c *Conn) {
	if l.ring != nil {
		return
	}
	events := uint32(0)
	if c.flags&paused == 0 && c.state != finishing {
		events |= syscalls.EPOLLIN
	}
	if c.flags&full != 0 {
		events |= syscalls.EPOLLOUT
	}
	if uint32(c.interest) != events {
		c.interest = uint8(events)
		l.ep.Mod(int(c.fd), events, c.data())
	}
}
