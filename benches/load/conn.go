package load

import (
	"fmt"
	"syscall"

	"wsbench/parse"
	"wsbench/syscalls"
)

// conn is one connection. It belongs to one thread. What every message
// touches comes first and fills one cache line: by the time a connection's
// turn comes again the kernel has evicted it.
type conn struct {
	fd     int32 // -1 once closed
	id     int32 // its number among all connections of the group
	next   int32 // the prepared frame to send next
	credit int32 // messages that may be sent and wait for out to leave

	head, tail uint32   // of flights
	flights    []flight // in flight, oldest first: a ring with an index mask of the thread's

	seq     uint64 // messages begun, plus id, so that connections are sampled in turn
	mid     bool   // the next byte does not begin an echo: in tells what it is
	unsent  bool   // out is not empty
	opening bool   // not open yet: a new connection in the place of another
	full    bool   // out leaves in segments, the next once the socket has room
	left    uint16 // of a turn: messages still to be sent on the connection
	_       [1]byte

	out   []byte   // what is left of a short send; aliases the prepared frames, pong or tls.kept
	pong  []byte   // answer to the latest ping, to be sent after out
	in    incoming // where mid
	early []byte   // came with the handshake's answer; nil once read
	tls   *secured // nil: plain
	_     [24]byte // to a multiple of the cache line
}

// flight is messages that left in one send.
type flight struct {
	due   int64 // when they were to leave, ns on the package's clock
	sent  int64 // when they did
	n     int   // answers still due
	pongs int   // of a mix: those of them that are pongs
}

// message returns the number of the message that c receives, counted from 1.
func (c *conn) message() int64 { return int64(c.seq) - int64(c.id) + 1 }

// inFlight returns how many messages of c are unanswered.
func (c *conn) inFlight(mask uint32) (n int) {
	for i := c.head; i != c.tail; i++ {
		n += c.flights[i&mask].n
	}
	return n
}

// send sends the messages that c may send, which were due at due, or as much
// of them as the kernel takes: the rest waits in c.out for EPOLLOUT. Nothing
// is unsent, c.credit is not 0. The system call is made here and not further down,
// because after one every return on the way up is mispredicted.
func (t *thread) send(c *conn, due int64) error {
	k := c.credit
	c.credit = 0
	if t.turns > 0 {
		k = min(k, int32(c.left))
		c.left -= uint16(k)
	}
	b := t.frames.run(int(c.next), int(k))
	pongs := t.frames.mix.pings(int(c.next), int(k))
	c.next = t.frames.wrap(c.next + k)
	c.flights[c.tail&t.ring] = flight{due: due, sent: t.now, n: int(k), pongs: pongs}
	c.tail++
	t.flying += int(k)
	if t.secure {
		b = t.seal(c, b)
	}
	if t.cut.Bytes > 0 && len(b) > t.cut.Bytes {
		return t.segmented(c, b)
	}
	t.count.sends++
	if n, errno := syscalls.Send(int(c.fd), b); errno != 0 || n != len(b) {
		return t.short(c, b, n, errno)
	}
	return nil
}

// reply sends what c may send, unless a short send is before it: then flush
// does. Where pongs overtake echoes, flights may be full until an echo comes.
func (t *thread) reply(c *conn) error {
	if c.credit == 0 || c.unsent || c.tail-c.head > t.ring {
		return nil
	}
	if t.turns > 0 && c.left == 0 {
		if c.head != c.tail {
			return nil
		}
		return t.renew(c)
	}
	return t.send(c, t.now)
}

// short takes what became of sending b, which did not leave whole.
func (t *thread) short(c *conn, b []byte, n int, errno syscall.Errno) error {
	switch errno {
	case 0:
	case syscall.EAGAIN, syscall.EINTR:
		n = 0
	default:
		return c.lost(fmt.Errorf("send: %w", errno))
	}
	c.out, c.unsent = c.keep(b[n:]), true
	return t.interest(c, syscalls.EPOLLIN|syscalls.EPOLLOUT)
}

func (t *thread) interest(c *conn, events uint32) error {
	if errno := t.poll.Mod(int(c.fd), events, uint64(int(c.id)-t.first)); errno != 0 {
		return c.lost(fmt.Errorf("epoll_ctl: %w", errno))
	}
	return nil
}

// flush goes on where a short send stopped: the rest of it, then a pong that
// is due, then the messages that were answered meanwhile.
func (t *thread) flush(c *conn) error {
	for c.out != nil {
		n, errno := syscalls.Send(int(c.fd), c.out)
		t.count.sends++
		switch {
		case errno == syscall.EAGAIN || errno == syscall.EINTR:
			return nil
		case errno != 0:
			return c.lost(fmt.Errorf("send: %w", errno))
		case n < len(c.out):
			c.out = c.out[n:]
			return nil
		}
		t.nextPong(c)
	}
	c.unsent = false
	if err := t.interest(c, syscalls.EPOLLIN); err != nil {
		return err
	}
	return t.reply(c)
}

// control sends a control frame, or leaves it for flush. Of several pongs
// that wait only the latest is sent (RFC 6455, section 5.5.3).
func (t *thread) control(c *conn, op parse.Opcode, payload []byte) error {
	b := appendMasked(nil, op, payload, newKey())
	if c.unsent {
		c.pong = b
		return nil
	}
	if t.secure {
		b = t.seal(c, b)
	}
	t.count.sends++
	if n, errno := syscalls.Send(int(c.fd), b); errno != 0 || n != len(b) {
		return t.short(c, b, n, errno)
	}
	return nil
}

// nextPong has the pong that waits follow what was sent.
func (t *thread) nextPong(c *conn) {
	if c.pong != nil && t.secure {
		c.pong = c.keep(t.seal(c, c.pong))
	}
	c.out, c.pong = c.pong, nil
}

// LostError reports a connection that ended, or broke the protocol, while it
// was in use.
type LostError struct {
	Conn     int   // its number, from 0
	Messages int64 // echoes it had delivered whole
	Err      error // why
}

func (e *LostError) Error() string {
	return fmt.Sprintf("load: connection %d lost after %d echoes: %v", e.Conn, e.Messages, e.Err)
}

// Unwrap returns the reason.
func (e *LostError) Unwrap() error { return e.Err }

func (c *conn) lost(why error) error { return &LostError{int(c.id), c.message() - 1, why} }
