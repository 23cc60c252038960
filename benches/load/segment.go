package load

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wsbench/syscalls"
)

// Segment tells how to cut what would leave in one send into several, as a network
// cuts it into packets. The zero value does not cut.
type Segment struct {
	Bytes int           // most bytes of a send
	Gap   time.Duration // least time between two sends of a connection; 0: as long as the other connections take
}

// MaxGap bounds Segment.Gap.
const MaxGap = time.Second

// ParseSegment reads bytes, or bytes/gap such as 1448/1ms.
func ParseSegment(s string) (g Segment, err error) {
	bytes, gap, timed := strings.Cut(s, "/")
	if g.Bytes, err = strconv.Atoi(bytes); err == nil && timed {
		g.Gap, err = time.ParseDuration(gap)
	}
	if err != nil || g.Bytes == 0 || g.check() != nil {
		return Segment{}, fmt.Errorf("segment %q: want bytes, or bytes/gap such as 1448/1ms, the gap %v at most", s, MaxGap)
	}
	return g, nil
}

// String returns what ParseSegment reads; "" where nothing is cut.
func (g Segment) String() string {
	switch {
	case g.Bytes == 0:
		return ""
	case g.Gap == 0:
		return strconv.Itoa(g.Bytes)
	}
	return fmt.Sprintf("%d/%v", g.Bytes, g.Gap)
}

// Key returns g as the end of a case's name; "" where nothing is cut.
func (g Segment) Key() string {
	switch {
	case g.Bytes == 0:
		return ""
	case g.Gap == 0:
		return fmt.Sprintf("/segment=%d", g.Bytes)
	}
	return fmt.Sprintf("/segment=%d/gap=%s", g.Bytes, strings.Replace(g.Gap.String(), "µ", "u", 1))
}

func (g Segment) check() error {
	if g.Bytes < 0 || g.Gap < 0 || g.Gap > MaxGap || g.Gap > 0 && g.Bytes == 0 {
		return fmt.Errorf("segment of %d bytes, gap %v: want 1 byte or more, and a gap of %v at most; or neither", g.Bytes, g.Gap, MaxGap)
	}
	return nil
}

// piece is a connection with more segments to send.
type piece struct {
	c   *conn
	due int64 // when the next may leave
}

// segmented sends the first segment of b, which is longer than one. The rest is
// in c.out, and c in t.pieces until its next segment is due.
func (t *thread) segmented(c *conn, b []byte) error {
	c.out, c.unsent = c.keep(b), true
	return t.segment(c)
}

// segment sends the next segment of c. If the socket is full, c waits for
// EPOLLOUT; see resume.
func (t *thread) segment(c *conn) error {
	n, errno := syscalls.Send(int(c.fd), c.out[:min(t.cut.Bytes, len(c.out))])
	t.count.sends++
	switch errno {
	case 0:
		c.out = c.out[n:]
	case syscall.EINTR:
	case syscall.EAGAIN:
		c.full = true
		return t.interest(c, syscalls.EPOLLIN|syscalls.EPOLLOUT)
	default:
		return c.lost(fmt.Errorf("send: %w", errno))
	}
	if len(c.out) == 0 {
		t.nextPong(c)
	}
	if len(c.out) > 0 {
		t.pieces = append(t.pieces, piece{c, t.now + int64(t.cut.Gap)})
		return nil
	}
	c.out, c.unsent = nil, false
	return t.reply(c)
}

// resume goes on where the socket of c was full.
func (t *thread) resume(c *conn) error {
	c.full = false
	if err := t.interest(c, syscalls.EPOLLIN); err != nil {
		return err
	}
	return t.segment(c)
}

// further sends the segments that are due, one for each open connection. It stops
// at the first error.
func (t *thread) further() (err error) {
	t.now = clock()
	due := 0
	for n := len(t.pieces); err == nil && due < n && t.pieces[due].due <= t.now; due++ {
		if c := t.pieces[due].c; c.fd >= 0 {
			err = t.segment(c)
		}
	}
	t.pieces = t.pieces[:copy(t.pieces, t.pieces[due:])]
	return err
}
