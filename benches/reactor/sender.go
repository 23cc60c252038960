package reactor

import (
	"sync/atomic"

	"wsbench/parse"
	"wsbench/syscalls"
)

// Sender sends on a loop's connections from any goroutine. As long as there is
// one that is not released, the loop does not end for want of connections.
type Sender struct {
	l        *Loop
	released atomic.Bool
}

// Sender makes one, which is to be released. Any goroutine may call it.
func (l *Loop) Sender() *Sender {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.senders++
	return &Sender{l: l}
}

// Send sends a copy of payload as a message. It is false where the loop has
// ended; that the connection has, or is full, nobody is told: the message is
// dropped. What is sent faster than the loop turns is kept until it does.
func (s *Sender) Send(to ID, op parse.Opcode, payload []byte) bool {
	return s.SendPrepared(to, Prepare(op, payload))
}

// SendPrepared is Send without a copy.
func (s *Sender) SendPrepared(to ID, p *Prepared) bool {
	return s.do(to, func(c *Conn) { c.SendPrepared(p) })
}

// Close is Conn.Close.
func (s *Sender) Close(to ID, code int, reason string) bool {
	return s.do(to, func(c *Conn) { c.Close(code, reason) })
}

// Broadcast sends p to all open connections, as Loop.Broadcast does.
func (s *Sender) Broadcast(p *Prepared) bool {
	return !s.released.Load() && s.l.Do(func() { s.l.Broadcast(p, nil) })
}

func (s *Sender) do(to ID, f func(c *Conn)) bool {
	return !s.released.Load() && s.l.Do(func() {
		if c := s.l.conn(uint64(to)); c != nil {
			f(c)
		}
	})
}

// Release ends the Sender's use.
func (s *Sender) Release() {
	if s.released.Swap(true) {
		return
	}
	s.l.mu.Lock()
	s.l.senders--
	s.l.mu.Unlock()
	s.l.Do(func() {}) // the loop may have waited for just this
}

// Adopt has the loop serve a connection whose opening handshake was done
// elsewhere. prefix is what was read behind it already, of any length, and is
// copied. fd is the loop's from now on, and in non-blocking mode; it stays the
// caller's where Adopt is false, because the loop has ended. Any goroutine may
// call it.
func (l *Loop) Adopt(fd int, prefix []byte) bool {
	prefix = append([]byte(nil), prefix...)
	return l.Do(func() { l.adopt(fd, prefix) })
}

func (l *Loop) adopt(fd int, prefix []byte) {
	syscalls.SetNoDelay(fd)
	if l.closing {
		syscalls.Close(fd)
		return
	}
	c := l.add(fd)
	if c == nil {
		return
	}
	if l.opened(c); c.state == open {
		l.replay(c, prefix)
	}
	if l.ring != nil {
		l.ring.next(c)
	}
}

// replay processes octets as if they were read now, a buffer at a time. Like
// the socket, they wait while the peer does not read its answers.
func (l *Loop) replay(c *Conn, octets []byte) {
	for len(octets) > 0 && c.reads() && c.flags&blocked == 0 {
		buf := l.pool.Get(l.cfg.BufferSize)[:l.cfg.BufferSize]
		have := 0
		if c.x != nil {
			have = c.x.carry.Restore(&l.pool, buf)
		}
		n := copy(buf[have:], octets)
		octets = octets[n:]
		l.count.Octets += uint64(n)
		l.process(c, buf[:have+n])
		l.pool.Put(buf)
		if l.ring != nil && c.x != nil && c.x.queue.octets > l.cfg.BufferSize {
			l.block(c) // nothing is sent before the turn ends
		}
	}
	if len(octets) > 0 && c.reads() {
		l.extra(c).ahead = octets
	}
	l.relax(c)
}

// replayAhead goes on with what replay has left.
func (l *Loop) replayAhead(c *Conn) {
	if c.x != nil && c.x.ahead != nil && c.reads() {
		octets := c.x.ahead
		c.x.ahead = nil
		l.replay(c, octets)
	}
}

// reads tells whether what c sends is still processed.
func (c *Conn) reads() bool { return c.state == open || c.state == greeting }
