package reactor

import (
	"syscall"
	"unsafe"

	"wsbench/syscalls"
)

// push queues the answer segs, what lies in the provided buffer that is
// processed without a copy.
func (u *uring) push(c *Conn, segs [][]byte) {
	l := u.l
	q := &l.extra(c).queue
	for _, s := range segs {
		if u.lent(s) {
			q.lend(s)
		} else {
			l.keep(q, s, 0)
		}
	}
	if l.cfg.FlushFrame {
		q.endFrame()
	}
	// What the socket takes of that is not known before the next turn, which
	// is not held up where one turn's answers fit.
	if q.owe(); c.flags&full != 0 || q.owed > l.cfg.MaxQueue+l.cfg.RingBuffers*l.cfg.BufferSize {
		l.pause(c)
	}
	if u.lending == nil {
		l.mark(c)
	}
}

// lent reports whether b lies in the provided buffer that is processed.
func (u *uring) lent(b []byte) bool {
	if len(u.lending) == 0 || len(b) == 0 {
		return false
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b))) - uintptr(unsafe.Pointer(unsafe.SliceData(u.lending)))
	return at < uintptr(len(u.lending))
}

// start sends what the queue of c begins with, unless a send is in flight.
func (u *uring) start(c *Conn) {
	if c.x == nil || c.flags&sending != 0 || c.x.queue.empty() || c.state == dropped {
		return
	}
	q, flags := &c.x.queue, uint32(syscalls.MSG_DONTWAIT)
	if c.flags&full != 0 {
		flags = 0
		q.keep(&u.l.pool, u) // it may take the peer long
	}
	segs, typ := u.l.next(c), c.kernelRecord()
	if u.l.segs = segs; c.records() == nil {
		q.held = len(segs)
	}
	c.flags |= sending
	u.sends++
	if c.flags&(full|paused) != 0 || c.state == finishing || q.head+len(segs) < len(q.list) || q.held == 0 && q.size > chunk {
		u.urgent = true // something is to follow its completion
	}
	if len(segs) == 1 && typ == 0 {
		u.sqe().PrepSend(int(c.fd), segs[0], flags, opSend.of(c.data()))
		return
	}
	if c.x.vec == nil {
		c.x.vec = &syscalls.Vector{}
	}
	c.x.vec.Set(segs)
	if typ != 0 {
		c.x.vec.SetRecord(typ)
	}
	u.sqe().PrepSendVector(int(c.fd), c.x.vec, flags, opSend.of(c.data()))
}

// sent accounts for a send of c, and sends on.
func (u *uring) sent(c *Conn, e *syscalls.CQE) {
	l := u.l
	c.flags &^= sending
	l.count.Sends++
	if c.x.vec != nil {
		c.x.vec.Clear()
	}
	if c.state == dropped {
		u.release(c)
		return
	}
	q := &c.x.queue
	n, asked := int(e.Res), q.heldBytes()
	if r := c.records(); r != nil {
		asked = r.left()
	}
	switch errno := e.Errno(); errno {
	case 0:
	case syscall.EAGAIN, syscall.EINTR:
		l.count.EAGAINs++
		n = 0
	default:
		q.held = 0
		l.drop(c, errno)
		return
	}
	if l.gone(c, n); c.state == dropped {
		return
	}
	if n < asked {
		l.filled(c)
	}
	if l.progressed(c) {
		u.start(c)
	}
}

// pause stops receiving from c; see Loop.pause.
func (u *uring) pause(c *Conn) {
	if c.flags&armed != 0 {
		u.sqe().PrepCancel(opRecv.of(c.data()), opNone.of(0))
	}
}

// drop ends what is in flight of c, whose descriptor stays open till then: its
// number is in the user_data.
func (u *uring) drop(c *Conn) {
	syscalls.Shutdown(int(c.fd))
	if c.flags&(armed|sending) != 0 {
		u.sqe().PrepCancelFD(int(c.fd), false, opNone.of(0))
		return
	}
	u.release(c)
}

// release lets a dropped connection go once nothing of it is in flight.
func (u *uring) release(c *Conn) {
	if c.flags&(armed|sending) == 0 {
		u.l.forget(c)
	}
}
