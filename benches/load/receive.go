package load

import (
	"errors"
	"fmt"

	"wsbench/parse"
)

// incoming is what is known of an echo that is not wholly in one read, or
// not a plain frame.
type incoming struct {
	header  [parse.MaxHeader]byte // begun, have bytes of it
	have    int
	frame   parse.Header // the frame whose payload comes
	left    int64        // bytes of that still to come
	message bool         // between the first fragment of a message and its last
	check   bool         // whether the message's payload is compared
	bad     bool         // whether the message was found corrupt
	at      int64        // bytes of the message so far
	control []byte       // payload so far of a ping or close
}

var (
	errUnasked    = errors.New("the server sent a message while none of ours was in flight")
	errInterleave = errors.New("the server began a message within another")
	errEOF        = errors.New("the server ended it without a close frame (EOF)")
	errContinue   = errors.New("the server continued a message that it had not begun")
)

// consume takes what was read from c, all of it, and accounts the echoes that
// ended in it.
func (t *thread) consume(c *conn, b []byte) (err error) {
	if t.answers != nil {
		return t.exchanged(c, b)
	}
	if c.opening {
		if b, err = t.answered(c, b); err != nil {
			return err
		}
	}
	ended, pongs := 0, t.pongs
	for err == nil && len(b) > 0 {
		if !c.mid && len(b) >= t.echo && t.plain(b[:len(t.frames.head)]) {
			if c.seq&t.sample == 0 && t.compare {
				c.in.bad = false
				t.verify(c, b[len(t.frames.head):t.echo], 0)
			}
			b = b[t.echo:]
			c.seq++
			ended++
			continue
		}
		var end bool
		b, end, err = t.step(c, b)
		c.mid = c.in.have > 0 || c.in.left > 0 || c.in.message
		if end {
			c.seq++
			ended++
		}
	}
	if e := t.account(c, ended, int(t.pongs-pongs)); e != nil {
		return e
	}
	return err
}

// plain reports whether head is the header of a whole echo, or of a mix's pong,
// which it counts.
func (t *thread) plain(head []byte) bool {
	if string(head) == t.frames.head {
		return true
	}
	if string(head) != t.frames.pong {
		return false
	}
	t.pongs++
	return true
}

// step takes from b what belongs to one frame, header or payload, and returns
// the rest. end tells that an echo is complete.
func (t *thread) step(c *conn, b []byte) (rest []byte, end bool, err error) {
	in := &c.in
	if in.left == 0 {
		var whole bool
		if b, whole, err = in.readHeader(b); err != nil {
			return b, false, c.lost(err)
		} else if !whole {
			return b, false, nil
		}
		if err := t.open(c); err != nil {
			return b, false, c.lost(err)
		}
	}
	n := min(in.left, int64(len(b)))
	t.payload(c, b[:n])
	if in.left -= n; in.left > 0 {
		return b[n:], false, nil
	}
	end, err = t.frameEnd(c)
	return b[n:], end, err
}

// readHeader takes a frame header off b, bytes of which may have come before.
func (in *incoming) readHeader(b []byte) (rest []byte, whole bool, err error) {
	for {
		h, need, err := parse.ParseHeader(in.header[:in.have], parse.FromServer)
		if err != nil {
			return b, false, err
		}
		if need == 0 {
			in.frame, in.left, in.have = h, h.Length, 0
			return b, true, nil
		}
		n := copy(in.header[in.have:in.have+need], b)
		if n == 0 {
			return b, false, nil
		}
		in.have += n
		b = b[n:]
	}
}

// echoed reports whether the frame is of a message, rather than a control frame
// in between.
func (t *thread) echoed(op parse.Opcode) bool { return !op.Control() || op == t.frames.answer }

// open begins the frame whose header was read.
func (t *thread) open(c *conn) error {
	in := &c.in
	op := in.frame.Opcode()
	if !t.echoed(op) {
		in.control = in.control[:0]
		return nil
	}
	switch {
	case op == parse.Continuation && !in.message:
		return errContinue
	case op == parse.Continuation:
	case in.message && !op.Control():
		return errInterleave
	default:
		in.at, in.bad = 0, false
		in.check = c.seq&t.sample == 0 && t.compare
		if op != t.frames.answer {
			t.corrupt(c, fmt.Sprintf("its opcode is %v, want %v", op, t.frames.answer))
		}
	}
	in.message = !in.frame.Fin()
	length := in.at + in.left
	if size := int64(len(t.frames.payload)); length > size || length < size && !in.message {
		t.corrupt(c, fmt.Sprintf("its payload has %s%d bytes, %d were sent", atLeast(in.message), length, size))
	}
	return nil
}

func atLeast(more bool) string {
	if more {
		return "at least "
	}
	return ""
}

// payload takes the next bytes of the frame's payload.
func (t *thread) payload(c *conn, b []byte) {
	in := &c.in
	if !t.echoed(in.frame.Opcode()) {
		if in.frame.Opcode() != parse.Pong || t.frames.pong != "" {
			in.control = append(in.control, b...)
		}
		return
	}
	if in.check && !in.bad {
		t.verify(c, b, in.at)
	}
	in.at += int64(len(b))
}

// frameEnd handles the end of a frame. end reports whether an echo is complete.
func (t *thread) frameEnd(c *conn) (end bool, err error) {
	in := &c.in
	op := in.frame.Opcode()
	switch {
	case t.echoed(op):
		return !in.message, nil
	case op == parse.Ping:
		return false, t.control(c, parse.Pong, in.control)
	case op == parse.Close:
		return false, t.closed(c)
	}
	if t.frames.pong == "" {
		return false, nil // a pong that nobody asked for is legal
	}
	t.pongs++
	t.pong(c, in.control)
	return true, nil
}

// pong checks the payload of a mix's pong, which may have come within an echo.
func (t *thread) pong(c *conn, payload []byte) {
	bad := c.in.bad
	c.in.bad = false
	if n, sent := len(payload), len(t.frames.payload); n != sent {
		t.corrupt(c, fmt.Sprintf("a pong's payload has %d bytes, %d were sent", n, sent))
	} else if t.compare {
		t.verify(c, payload, 0)
	}
	c.in.bad = bad
}

// closed answers the server's close frame and ends the connection's use.
func (t *thread) closed(c *conn) error {
	code, reason, err := parse.ParseClose(c.in.control)
	switch {
	case err != nil:
		return c.lost(fmt.Errorf("the server closed it: %w", err))
	case t.phase != closing:
		t.control(c, parse.Close, c.in.control[:min(2, len(c.in.control))])
	}
	if code == 0 {
		return c.lost(closedError{"the server closed it without a code"})
	}
	return c.lost(closedError{fmt.Sprintf("the server closed it with code %d %q", code, reason)})
}
