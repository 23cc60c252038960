package reactor

import (
	"syscall"

	"wsbench/syscalls"
)

func (u *uring) listen(i int) {
	u.sqe().PrepAcceptMultishot(u.l.listeners[i].fd, opAccept.of(uint64(i)))
}

// unlisten ends the accept on listener i, which would keep the socket open.
func (u *uring) unlisten(i int) {
	u.sqe().PrepCancel(opAccept.of(uint64(i)), opNone.of(0))
}

func (u *uring) accepted(e *syscalls.CQE, i int) {
	l := u.l
	if e.Res >= 0 {
		if l.closing {
			syscalls.Close(int(e.Res))
		} else if c := l.accepted(i, int(e.Res)); c != nil {
			u.arm(c)
		}
	}
	if e.More() || l.closing {
		return
	}
	if errno := e.Errno(); errno != 0 && errno != syscall.EAGAIN {
		l.acceptFailed(i, errno)
	}
	if !l.closing && !l.listeners[i].paused {
		u.listen(i)
	}
}

// arm makes the ring receive from c, until paused or ended.
func (u *uring) arm(c *Conn) {
	if c.flags&armed == 0 {
		c.flags |= armed
		u.sqe().PrepRecvMultishot(int(c.fd), ringGroup, opRecv.of(c.data()))
	}
}

// received handles what a recv brought, and arms another where one is due.
func (u *uring) received(c *Conn, e *syscalls.CQE) {
	if e.HasBuffer() {
		u.bufs.taken()
	}
	if e.HasBuffer() && (c == nil || e.Res <= 0) {
		u.Recycle(e.BufferID())
	}
	if c == nil {
		return
	}
	if !e.More() {
		c.flags &^= armed
	}
	switch errno := e.Errno(); {
	case e.Res > 0:
		u.input(c, e.BufferID(), int(e.Res))
	case c.state == dropped || c.state == finishing:
	case errno == syscall.ENOBUFS:
		u.l.count.Starved++
		u.bufs.short = true
		u.starved = append(u.starved, c)
		return
	case (errno == 0 || errno == syscall.EIO) && c.flags&paused != 0: // the next recv brings it again
	case errno == 0:
		u.l.eof(c) // what it is answered is not sent before the turn ends
	case errno != syscall.ECANCELED && errno != syscall.EINTR:
		u.l.recvFailed(c, errno)
	}
	u.next(c)
}

// next arms c again where its recv has ended, or lets a dropped one go.
func (u *uring) next(c *Conn) {
	switch {
	case c.state == dropped:
		u.release(c)
	case c.flags&(armed|paused) == 0 && c.state != finishing:
		u.arm(c)
	}
}

// feed gives the kernel buffers, and has those that found none receive again,
// as many as there are now buffers for.
func (u *uring) feed() {
	u.bufs.refill()
	n, left := 0, u.bufs.given
	for ; n < len(u.starved) && left > 0; n++ {
		c := u.starved[n]
		if was := c.flags & armed; was == 0 {
			u.next(c)
			left -= int(c.flags&armed) / int(armed)
		}
	}
	rest := copy(u.starved, u.starved[n:])
	clear(u.starved[rest:])
	u.starved = u.starved[:rest]
}

// input handles n bytes of c in buffer bid.
func (u *uring) input(c *Conn, bid uint16, n int) {
	l := u.l
	l.count.Recvs++
	l.count.Bytes += uint64(n)
	c.silent = 0
	in := u.bufs.Buffer(bid)[:n]
	switch {
	case c.state != open && c.state != greeting:
	case c.flags&paused != 0: // it came before the recv was cancelled
		x := l.extra(c)
		x.ahead = append(x.ahead, in...)
	default:
		if r := c.records(); r != nil {
			u.lending = in
			l.feed(c, r, in)
			u.lending = nil
		} else if in = l.complete(c, in); len(in) > 0 {
			u.lending = in
			l.process(c, in)
			u.lending = nil
		}
		if c.x == nil || !c.x.queue.lent(bid) {
			u.Recycle(bid)
		}
		u.start(c)
		l.relax(c)
		return
	}
	u.Recycle(bid)
}
