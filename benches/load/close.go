package load

import (
	"time"

	"wsbench/parse"
	"wsbench/syscalls"
)

// sayClose sends a close frame on every connection that can take one now.
func (t *thread) sayClose() {
	t.phase = closing
	normal := parse.AppendClose(nil, parse.CloseNormal, "")
	for i := range t.conns {
		c := &t.conns[i]
		if c.fd < 0 || c.opening || c.unsent || c.over() || t.answers != nil || t.control(c, parse.Close, normal) != nil {
			c.drop()
		}
	}
}

// close closes every connection once the server has ended it, all of them at
// the deadline, and tells how many that were.
func (t *thread) close(deadline int64) (silent int) {
	for t.left() > 0 {
		left := time.Duration(deadline - clock())
		if left <= 0 {
			break
		}
		n, errno := t.poll.Wait(t.events, int(left/time.Millisecond)+1)
		if errno != 0 {
			continue
		}
		for _, e := range t.events[:n] {
			if e.Data() == wakeData {
				t.wake.Drain()
			} else if c := &t.conns[e.Data()]; t.closeRead(c) {
				c.drop()
			}
		}
	}
	silent = t.left()
	for i := range t.conns {
		t.conns[i].drop()
	}
	return silent
}

// closeRead reads on until the server has ended c.
func (t *thread) closeRead(c *conn) (end bool) {
	n, errno := syscalls.Recv(int(c.fd), t.buf)
	if errno != 0 || n == 0 {
		return c.ended(errno) != nil
	}
	if t.secure {
		return t.decrypt(c, n) != nil
	}
	return t.consume(c, t.buf[:n]) != nil // its close frame is such an error
}

// left returns how many connections are open.
func (t *thread) left() (n int) {
	for i := range t.conns {
		if t.conns[i].fd >= 0 {
			n++
		}
	}
	return n
}

// drop closes the connection, once.
func (c *conn) drop() {
	if c.fd >= 0 {
		if c.tls != nil && !c.unsent {
			syscalls.Send(int(c.fd), c.tls.SealEnd(nil))
		}
		syscalls.Close(int(c.fd))
		c.fd = -1
	}
}
