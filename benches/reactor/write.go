package reactor

import (
	"syscall"

	"wsbench/parse"
	"wsbench/syscalls"
)

// flush sends segs, or queues what the socket does not take of them; false
// where the connection has ended instead.
func (l *Loop) flush(c *Conn, segs [][]byte) bool {
	switch {
	case len(segs) == 0:
		return true
	case l.ring != nil:
		return l.ring.push(c, segs)
	case c.x != nil && !c.x.queue.empty():
		return l.enqueue(c, segs, 0)
	}
	n := l.sendSome(c, segs)
	return n == total(segs) || n >= 0 && l.enqueue(c, segs, n)
}

// send is flush of one segment.
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

// unsent queues what a call left of segs after n octets; false where the
// connection has ended, which n < 0 tells.
func (l *Loop) unsent(c *Conn, segs [][]byte, n int) bool {
	return n >= 0 && l.enqueue(c, segs, n)
}

// sent accounts for one call that sends: n octets left, 0 if the socket is
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

// farewell is the longest close frame, octets: it fits however full a queue is.
const farewell = 2 + parse.MaxControl

// enqueue keeps segs, less the first skip octets, for when the socket takes
// more. Until then c is not read from, so that one read's answer bounds the
// queue of a peer that does not read; what exceeds MaxQueue all the same ends
// the connection.
func (l *Loop) enqueue(c *Conn, segs [][]byte, skip int) bool {
	q := &l.extra(c).queue
	if q.octets+total(segs)-skip > l.cfg.MaxQueue+farewell {
		l.count.Overruns++
		l.drop(c, ErrFull)
		return false
	}
	for _, s := range segs {
		cut := min(skip, len(s))
		skip -= cut
		l.keep(q, s, cut)
	}
	l.block(c)
	return true
}

// keep queues s, a segment of l.out, less its first cut octets, which are the
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

// overrun ends c, and is true, where more than limit is queued.
func (l *Loop) overrun(c *Conn, limit int) bool {
	if c.x.queue.octets <= limit+farewell {
		return false
	}
	l.count.Overruns++
	l.drop(c, ErrFull)
	return true
}

// block keeps c from being read from until its socket has taken what is queued.
func (l *Loop) block(c *Conn) {
	if l.ring != nil && c.flags&blocked == 0 {
		l.ring.pause(c)
	}
	c.flags |= blocked
	l.watch(c, syscalls.EPOLLOUT)
}

// drainQueue sends what c has queued; false where the connection has ended, or
// sends nothing more.
func (l *Loop) drainQueue(c *Conn) bool {
	for c.x != nil && !c.x.queue.empty() {
		q := &c.x.queue
		l.segs = q.segments(l.segs[:0])
		n := l.sendSome(c, l.segs)
		if n < 0 {
			return false
		}
		full := n < total(l.segs)
		q.gone(&l.pool, l.ring, n)
		if full {
			l.block(c)
			return true
		}
	}
	if c.state == finishing {
		l.halfClose(c)
		return false
	}
	l.watch(c, syscalls.EPOLLIN)
	l.drained(c)
	l.replayAhead(c)
	l.relax(c)
	return c.state != dropped
}

func total(segs [][]byte) (n int) {
	for _, s := range segs {
		n += len(s)
	}
	return n
}
