package reactor

import (
	"syscall"

	"wsbench/syscalls"
)

// flush sends segs, or queues what the socket does not take of them; false
// where the connection has ended instead.
func (l *Loop) flush(c *conn, segs [][]byte) bool {
	switch {
	case len(segs) == 0:
		return true
	case len(c.queue) > 0:
		return l.enqueue(c, segs, 0)
	case len(segs) > 1:
		return l.writev(c, segs)
	}
	n, errno := syscalls.Send(c.fd, segs[0])
	n = l.sent(c, n, errno)
	return n == len(segs[0]) || l.unsent(c, segs, n)
}

// send is flush of one segment.
func (l *Loop) send(c *conn, b []byte) bool {
	one := [1][]byte{b}
	return l.flush(c, one[:])
}

// unsent queues what a call left of segs after n octets; false where the
// connection has ended, which n < 0 tells.
func (l *Loop) unsent(c *conn, segs [][]byte, n int) bool {
	return n >= 0 && l.enqueue(c, segs, n)
}

func (l *Loop) writev(c *conn, segs [][]byte) bool {
	for len(segs) > 0 {
		part := segs[:min(len(segs), syscalls.MaxIovec)]
		l.iov = syscalls.AppendIovec(l.iov[:0], part)
		n, errno := syscalls.Writev(c.fd, l.iov)
		if n = l.sent(c, n, errno); n < total(part) {
			return l.unsent(c, segs, n)
		}
		segs = segs[len(part):]
	}
	return true
}

// sent accounts for one call that sends: n octets left, 0 if the socket is
// full, and -1 if the connection has ended.
func (l *Loop) sent(c *conn, n int, errno syscall.Errno) int {
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
	l.drop(c)
	return -1
}

// enqueue keeps segs, less the first skip octets, for when the socket takes
// more. Until then c is not read from, so that one read's answer bounds the
// queue of a peer that does not read; what exceeds MaxQueue all the same ends
// the connection.
func (l *Loop) enqueue(c *conn, segs [][]byte, skip int) bool {
	left := total(segs) - skip
	if len(c.queue)-c.sent+left > l.cfg.MaxQueue {
		l.count.Overruns++
		l.drop(c)
		return false
	}
	if c.sent > 0 {
		c.queue = append(c.queue[:0], c.queue[c.sent:]...)
		c.sent = 0
	}
	c.queue = l.pool.Grow(c.queue, left)
	for _, s := range segs {
		cut := min(skip, len(s))
		skip -= cut
		c.queue = append(c.queue, s[cut:]...)
	}
	l.watch(c, syscalls.EPOLLOUT)
	return true
}

// drainQueue sends what c has queued; false where the connection has ended.
func (l *Loop) drainQueue(c *conn) bool {
	if len(c.queue) == 0 {
		return true
	}
	n, errno := syscalls.Send(c.fd, c.queue[c.sent:])
	if n = l.sent(c, n, errno); n < 0 {
		return false
	}
	if c.sent += n; c.sent < len(c.queue) {
		return true
	}
	l.pool.Put(c.queue)
	c.queue, c.sent = nil, 0
	if c.state == finishing {
		l.halfClose(c)
		return false
	}
	l.watch(c, syscalls.EPOLLIN)
	return true
}

func total(segs [][]byte) (n int) {
	for _, s := range segs {
		n += len(s)
	}
	return n
}
