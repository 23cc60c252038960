package reactor

import (
	"syscall"

	"wsbench/syscalls"
)

// flush sends the answer segs, or queues what the socket does not take of it;
// false where the connection has ended instead.
func (l *Loop) flush(c *Conn, segs [][]byte) bool {
	n := 0
	switch {
	case len(segs) == 0:
		return true
	case l.ring != nil:
		l.ring.push(c, segs)
		return true
	case c.x != nil && !c.x.queue.empty():
	default:
		if r := c.records(); r != nil {
			return l.flushRecords(c, r, segs)
		}
		if n = l.sendSome(c, segs); n == total(segs) {
			return true
		}
	}
	return l.unsent(c, segs, n)
}

// send does what flush does for one segment.
func (l *Loop) send(c *Conn, b []byte) bool {
	one := [1][]byte{b}
	return l.flush(c, one[:])
}

// sendSome sends segs as far as the socket takes them; -1 where the connection
// has ended.
func (l *Loop) sendSome(c *Conn, segs [][]byte) (done int) {
	if len(segs) == 1 {
		n, errno := syscalls.Send(int(c.fd), segs[0])
		return l.sent(c, n, errno)
	}
	for len(segs) > 0 {
		part := segs[:min(len(segs), syscalls.MaxIovec)]
		l.iov = syscalls.AppendIovec(l.iov[:0], part)
		n, errno := syscalls.Writev(int(c.fd), l.iov)
		if n = l.sent(c, n, errno); n < 0 {
			return -1
		}
		if done += n; n < total(part) {
			break
		}
		segs = segs[len(part):]
	}
	return done
}

// unsent queues what a call left of the answer segs after n bytes; false where
// the connection has ended, which n < 0 tells.
func (l *Loop) unsent(c *Conn, segs [][]byte, n int) bool {
	if n < 0 {
		return false
	}
	l.enqueue(c, segs, n)
	c.x.queue.owe()
	l.filled(c)
	return true
}

// sent accounts for one call that sends: n bytes left, 0 if the socket is
// full, and -1 if the connection has ended.
func (l *Loop) sent(c *Conn, n int, errno syscall.Errno) int {
	l.count.Sends++
	if errno == 0 {
		return n
	}
	switch errno {
	case syscall.EAGAIN:
		l.count.EAGAINs++
		return 0
	case syscall.EINTR:
		return 0
	}
	l.drop(c, errno)
	return -1
}

// enqueue keeps segs, less the first skip bytes, for when the socket takes
// more.
func (l *Loop) enqueue(c *Conn, segs [][]byte, skip int) {
	q := &l.extra(c).queue
	for _, s := range segs {
		cut := min(skip, len(s))
		skip -= cut
		l.keep(q, s, cut)
	}
}

// keep queues s, a segment of l.out, less its first cut bytes, which are the
// first of the queue. A long rest keeps the buffer that it is in, if it fills
// most of that; another is copied.
func (l *Loop) keep(q *queue, s []byte, cut int) {
	if rest := len(s) - cut; rest > fullPiece && rest > cap(s)/4 {
		if room := l.out.Take(s); room != nil {
			q.own(room, uint8(cap(room)-cap(s)))
			if cut > 0 {
				q.gone(&l.pool, l.ring, cut)
			}
			return
		}
	}
	q.add(&l.pool, s[cut:])
}

// filled lets what c has queued wait for its socket, and calls the handler when
// all is sent.
func (l *Loop) filled(c *Conn) {
	c.flags |= full
	if c.x != nil && c.x.queue.owed > 0 {
		l.pause(c)
	}
	l.watch(c)
}

// pause keeps c from being received from until the peer has taken the answers
// that it is owed, so that what one read brings bounds them.
func (l *Loop) pause(c *Conn) {
	if c.flags&paused != 0 {
		return
	}
	c.flags |= paused
	l.count.Pauses++
	if l.ring != nil {
		l.ring.pause(c)
	}
}

// drainQueue sends what c has queued, as far as the socket takes it; false
// where the connection has ended, or sends nothing more.
func (l *Loop) drainQueue(c *Conn) bool {
	for c.x != nil && !c.x.queue.empty() {
		l.segs = l.next(c)
		n := l.sendNext(c, l.segs)
		if n < 0 {
			return false
		}
		short := n < total(l.segs)
		if l.gone(c, n); c.state == dropped {
			return false
		}
		if short {
			l.filled(c)
			break
		}
	}
	return l.progressed(c)
}

// next returns what the queue of c begins with, as it is to be sent. It is valid
// as queue.segments says.
func (l *Loop) next(c *Conn) [][]byte {
	if c.flags&secure != 0 {
		return l.nextTLS(c)
	}
	return c.x.queue.segments(l.segs[:0])
}

// sendNext sends segs, those of next; it returns what sendSome does.
func (l *Loop) sendNext(c *Conn, segs [][]byte) int {
	if c.flags&secure != 0 {
		return l.sendTLS(c, segs)
	}
	return l.sendSome(c, segs)
}

// gone accounts for n bytes of next that the socket has taken.
func (l *Loop) gone(c *Conn, n int) {
	moved := false
	if c.flags&secure != 0 {
		moved = l.goneTLS(c, n)
	} else {
		moved = c.x.queue.gone(&l.pool, l.ring, n)
	}
	if moved {
		c.unmoved = 0
	}
}

// progressed goes on with c after some of what is queued was sent; false where
// the connection has ended, or sends nothing more.
func (l *Loop) progressed(c *Conn) bool {
	if c.x == nil || c.x.queue.empty() {
		if c.state == finishing {
			l.halfClose(c)
			return false
		}
		l.drained(c)
	}
	if c.flags&paused != 0 && !c.owes() {
		l.unpause(c)
	}
	if c.state == dropped {
		return false
	}
	l.watch(c)
	l.relax(c)
	return true
}

// unpause goes on with the requests that a pause has left, and with what came
// during it, and receives again.
func (l *Loop) unpause(c *Conn) {
	c.flags &^= paused
	if c.state == greeting && c.x != nil && c.x.carry.Len() > 0 {
		l.process(c, c.x.carry.Bytes())
	}
	if t := c.tls(); t != nil && t.ended && c.reads() && c.flags&paused == 0 {
		l.eof(c)
		return
	}
	l.replayAhead(c)
	switch t := c.tls(); {
	case l.ring != nil:
		l.ring.next(c)
	case t != nil && t.kernel != nil:
		l.readLater(c)
	}
}

func total(segs [][]byte) (n int) {
	for _, s := range segs {
		n += len(s)
	}
	return n
}
