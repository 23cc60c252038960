package reactor

import (
	"time"

	"wsbench/parse"
	"wsbench/syscalls"
)

// finish ends c once what is queued is sent. Nothing is read from it as frames
// any more.
func (l *Loop) finish(c *conn) {
	c.state = finishing
	if len(c.queue) == 0 {
		l.halfClose(c)
		return
	}
	l.linger.push(c, time.Now().Add(l.cfg.Linger))
}

// halfClose sends FIN and awaits the peer's EOF: closing a socket that still
// receives would send RST, which can overtake the close frame.
func (l *Loop) halfClose(c *conn) {
	c.state = lingering
	syscalls.ShutdownWrite(c.fd)
	l.watch(c, syscalls.EPOLLIN)
	l.linger.push(c, time.Now().Add(l.cfg.Linger))
}

// discardInput reads what a lingering connection still sends, until EOF.
func (l *Loop) discardInput(c *conn) {
	n, errno := syscalls.Recv(c.fd, l.discard)
	l.received(c, n, errno)
}

// drop closes c at once and gives back what it holds.
func (l *Loop) drop(c *conn) {
	if c.state == dropped {
		return
	}
	c.state = dropped
	syscalls.Close(c.fd)
	l.conns[c.fd] = nil
	l.open--
	if c.proto != nil {
		c.proto.Release()
	}
	c.carry.Drop(&l.pool)
	l.pool.Put(c.queue)
	c.queue, c.own = nil, nil
}

// Shutdown has the loop close: no connection is accepted any more, open ones
// get a close frame with code 1001 (going away), and Run returns once all have
// answered it or Config.Linger has passed. Any goroutine may call it.
func (l *Loop) Shutdown() {
	l.Do(func() {
		if l.closing {
			return
		}
		l.closing = true
		l.closeListeners()
		for _, c := range l.conns {
			if c != nil {
				l.goAway(c)
			}
		}
	})
}

func (l *Loop) goAway(c *conn) {
	switch c.state {
	case greeting:
		l.drop(c)
	case open:
		l.out.Begin(nil)
		c.proto.Close(parse.CloseGoingAway, "", l.out)
		if l.flush(c, l.out.Segments()) {
			l.linger.push(c, time.Now().Add(l.cfg.Linger))
		}
	}
}

// expire ends the connections whose time has run out.
func (l *Loop) expire(now time.Time) {
	for c := l.handshake.pop(now); c != nil; c = l.handshake.pop(now) {
		if c.state == greeting {
			l.late(c)
		}
	}
	for c := l.linger.pop(now); c != nil; c = l.linger.pop(now) {
		l.drop(c)
	}
	l.resumeAccept(now)
}

// expiry is a queue of connections by when their time runs out. All in one
// queue have the same time to live, so that the first in is the first out.
type expiry struct {
	list []due
	head int
}

// due is void once its connection has answered more plain requests: their
// number is what tells a later due of the same connection.
type due struct {
	c        *conn
	at       time.Time
	answered int
}

func (e *expiry) push(c *conn, at time.Time) {
	if e.head > 64 && e.head > len(e.list)/2 {
		n := copy(e.list, e.list[e.head:])
		clear(e.list[n:])
		e.list, e.head = e.list[:n], 0
	}
	e.list = append(e.list, due{c, at, c.greet.Answered()})
}

func (e *expiry) pending() bool { return e.head < len(e.list) }

// left is the time until the first one runs out; negative where none is due.
func (e *expiry) left(now time.Time) time.Duration {
	if !e.pending() {
		return -1
	}
	return max(0, e.list[e.head].at.Sub(now))
}

// pop takes the first connection whose time had run out at now; nil where
// there is none.
func (e *expiry) pop(now time.Time) *conn {
	for e.pending() && !e.list[e.head].at.After(now) {
		d := e.list[e.head]
		e.list[e.head] = due{}
		if e.head++; e.head == len(e.list) {
			e.list, e.head = e.list[:0], 0
		}
		if d.answered == d.c.greet.Answered() {
			return d.c
		}
	}
	return nil
}
