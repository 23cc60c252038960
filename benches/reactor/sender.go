package reactor

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"wsbench/parse"
	"wsbench/syscalls"
)

// Sender sends on a loop's connections from any goroutine. As long as there is
// one that is not released, the loop does not end for want of connections.
type Sender struct {
	l        *Loop
	released atomic.Bool
}

// Sender returns a new Sender, which must be released. Any goroutine may call it.
func (l *Loop) Sender() *Sender {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.senders++
	return &Sender{l: l}
}

// Why a Sender's methods hand nothing over, besides ErrLoopEnded and what
// Prepare refuses.
var (
	ErrReleased = errors.New("reactor: the Sender is released")
	ErrBacklog  = errors.New("reactor: the loop has yet to take Config.MaxBacklog bytes from its Senders; try again later")
)

// callCost is what each call counts against Config.MaxBacklog beside its
// payload: the memory that it takes until the loop runs it, and so a bound on
// the number of calls.
const callCost = 256

// Send hands the loop a copy of payload to send as a message; see Conn.Send. An
// error means that the loop will not send it. nil means that the loop will try:
// if the connection has ended or is full by then, the message is dropped
// silently.
func (s *Sender) Send(to ID, op parse.Opcode, payload []byte) error {
	p, err := Prepare(op, payload)
	if err != nil {
		return err
	}
	return s.SendPrepared(to, p)
}

// SendPrepared sends p as Send sends a payload, without a copy.
func (s *Sender) SendPrepared(to ID, p *Prepared) error {
	return s.do(to, len(p.frame), func(c *Conn) { c.SendPrepared(p) })
}

// Close makes the loop close the connection; see Conn.Close.
func (s *Sender) Close(to ID, code int, reason string) error {
	return s.do(to, len(reason), func(c *Conn) { c.Close(code, reason) })
}

// Broadcast makes the loop send p to all open connections; see Loop.Broadcast.
func (s *Sender) Broadcast(p *Prepared) error {
	return s.hand(len(p.frame), func() { s.l.Broadcast(p, nil) })
}

func (s *Sender) do(to ID, size int, f func(c *Conn)) error {
	return s.hand(size, func() {
		if c := s.l.conn(uint64(to)); c != nil {
			f(c)
		}
	})
}

// hand passes f, which keeps size bytes, to the loop's goroutine to call.
func (s *Sender) hand(size int, f func()) error {
	if s.released.Load() {
		return ErrReleased
	}
	return s.l.do(size+callCost, f)
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

// Adopt hands the loop a connection whose opening handshake was done elsewhere.
// prefix is what was read behind the handshake already; it may have any length,
// and is copied. fd is a socket in non-blocking mode. The loop owns it from now
// on, unless Adopt returns an error, because the loop has ended or fd is no
// socket. Any goroutine may call Adopt.
//
// The loop closes fd when the connection ends. If the loop cannot serve fd, the
// connection ends at once: the handler's Open is called, then its Close with
// the error. Once Shutdown has begun, the loop closes fd without calling the
// handler.
func (l *Loop) Adopt(fd int, prefix []byte) error {
	if err := adoptable(fd, syscalls.SetNoDelay); err != nil {
		return err
	}
	prefix = append([]byte(nil), prefix...)
	return l.do(0, func() { l.adopt(fd, prefix) })
}

// adoptable returns why fd cannot be adopted. It calls set, which sets TCP_NODELAY.
func adoptable(fd int, set func(fd int) error) error {
	err := set(fd) // of a socket that is not TCP's it fails, and does no harm
	if errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.ENOTSOCK) {
		return fmt.Errorf("reactor: adopt descriptor %d: %w", fd, err)
	}
	return nil
}

// adopts reports whether the loop can serve fd now. Else it has done with it.
func (l *Loop) adopts(fd int) bool {
	switch {
	case l.conns.at(uint32(fd)) != nil:
		l.warn(fmt.Errorf("reactor: adopt descriptor %d: it is served already", fd))
		return false
	case l.closing:
		syscalls.Close(fd)
		return false
	}
	return true
}

func (l *Loop) adopt(fd int, prefix []byte) {
	if !l.adopts(fd) {
		return
	}
	c, errno := l.add(fd)
	if l.opened(c); errno != 0 {
		l.drop(c, os.NewSyscallError("epoll_ctl", errno))
		return
	}
	if c.state == open {
		l.replay(c, prefix)
	}
	if l.ring != nil {
		l.ring.next(c)
	}
}

// replay processes bytes as if they were read now, a buffer at a time. Like
// the socket, they wait while the peer does not read its answers.
func (l *Loop) replay(c *Conn, b []byte) {
	if r := c.records(); r != nil {
		l.feed(c, r, b)
		l.relax(c)
		return
	}
	for len(b) > 0 && c.reads() && c.flags&paused == 0 {
		buf := l.pool.Get(l.cfg.BufferSize)[:l.cfg.BufferSize]
		have := 0
		if c.x != nil {
			have = c.x.carry.Restore(&l.pool, buf)
		}
		n := copy(buf[have:], b)
		b = b[n:]
		l.count.Bytes += uint64(n)
		l.process(c, buf[:have+n])
		l.pool.Put(buf)
		if l.ring != nil && c.x != nil && c.x.queue.owed > max(0, l.cfg.MaxQueue-l.cfg.BufferSize) {
			l.pause(c) // nothing is sent before the turn ends
		}
	}
	if len(b) > 0 && c.reads() {
		l.extra(c).ahead = b
	}
	l.relax(c)
}

// replayAhead goes on with what replay has left.
func (l *Loop) replayAhead(c *Conn) {
	if c.x != nil && c.x.ahead != nil && c.reads() && c.flags&paused == 0 {
		b := c.x.ahead
		c.x.ahead = nil
		l.replay(c, b)
	}
}

// reads reports whether what c sends is still processed.
func (c *Conn) reads() bool { return c.state == open || c.state == greeting }
