package reactor

import (
	"errors"
	"time"

	"wsbench/parse"
	"wsbench/syscalls"
)

// Why a connection ended, besides what its peer did and what the system says.
var (
	ErrSilent    = errors.New("reactor: for Config.Idle the peer sent nothing and took nothing that it was sent")
	ErrUnclosed  = errors.New("reactor: the peer did not do its part of closing within Config.Linger")
	ErrLoopEnded = errors.New("reactor: the loop has ended")

	errNeed = errors.New("reactor: the protocol needs more bytes than a receive buffer has")
	errLate = errors.New("reactor: no opening handshake within Config.Handshake")
)

// finish ends c once what is queued is sent. Nothing is read from it as frames
// any more.
func (l *Loop) finish(c *Conn, why error) {
	c.state = finishing
	l.over(c, why)
	if c.state != finishing {
		return
	}
	if c.x == nil || c.x.queue.empty() {
		l.halfClose(c)
		return
	}
	l.bound(c, l.cfg.Linger)
	l.watch(c)
}

// halfClose sends FIN and awaits the peer's EOF: closing a socket that still
// receives would send RST, which can overtake the close frame.
func (l *Loop) halfClose(c *Conn) {
	if l.closeNotify(c) {
		return
	}
	c.state = lingering
	c.flags &^= full | paused // nothing is owed any more
	syscalls.ShutdownWrite(int(c.fd))
	l.bound(c, l.cfg.Linger)
	if l.ring != nil {
		l.ring.arm(c)
		return
	}
	l.watch(c)
}

// discardInput reads what a lingering connection still sends, until EOF.
func (l *Loop) discardInput(c *Conn) {
	n, errno := syscalls.Recv(int(c.fd), l.discard)
	l.received(c, n, errno)
}

// drop closes c at once and gives back what it holds.
func (l *Loop) drop(c *Conn, why error) {
	if c.state == dropped {
		return
	}
	c.state = dropped
	l.bound(c, 0)
	if c.proto != nil {
		c.proto.Release()
	}
	if l.ring != nil {
		l.ring.drop(c)
	} else {
		l.forget(c)
	}
	l.over(c, why)
}

// forget closes the descriptor of a dropped connection, of which nothing is in
// flight.
func (l *Loop) forget(c *Conn) {
	if l.conns.at(uint32(c.fd)) != c {
		return // it was already
	}
	syscalls.Close(int(c.fd))
	l.conns.set(c.fd, nil)
	l.open--
	l.retry = time.Time{} // there is a descriptor again
	if t := c.tls(); t != nil {
		t.free(&l.pool)
	}
	if x := c.x; x != nil {
		x.carry.Drop(&l.pool)
		x.queue.drop(&l.pool, l.ring)
		x.own, x.ahead = nil, nil
		x.deferred, x.parting, x.last = 0, nil, nil
		l.relax(c)
	}
}

// Shutdown ends the loop: it accepts no more connections and sends open ones a
// close frame with code 1001 (going away). Run returns once all have answered
// it or within has passed (0 or less: Config.Linger). Any goroutine may call
// Shutdown; a later call may bring the end nearer, but not put it off.
func (l *Loop) Shutdown(within time.Duration) {
	l.Do(func() { l.shutdown(within) })
}

func (l *Loop) shutdown(within time.Duration) {
	if within <= 0 {
		within = l.cfg.Linger
	}
	if until := l.after(within); !l.closing || until < l.until {
		l.until = until
	}
	l.closing = true
	l.closeListeners()
	for c := range l.conns.all {
		if c.state != dropped {
			l.goAway(c)
		}
	}
}

func (l *Loop) goAway(c *Conn) {
	if c.state == greeting {
		l.drop(c, ErrLoopEnded)
		return
	}
	if c.state == open {
		c.Close(parse.CloseGoingAway, "")
	}
}
