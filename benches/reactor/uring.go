package reactor

import (
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wsbench/syscalls"
)

// uring is a loop's way to do its I/O by io_uring instead of epoll: a multishot
// accept, one multishot recv a connection into provided buffers, and answers
// sent from the buffer they arrived in. All that one turn of the loop wants is
// submitted by the call that waits for the next.
//
// A connection has at most one send in flight, of what its queue begins with.
// Sends do not wait for a full socket: what such a one leaves is copied, so
// that a slow reader keeps no provided buffer, and then sent by one that does
// wait; until then its recv is cancelled.
type uring struct {
	l       *Loop
	r       *syscalls.Ring
	bufs    *provided
	enabled bool
	failed  error
	void    syscalls.SQE // takes what the ring cannot
	sends   int          // prepared since the last wait
	urgent  bool         // not only their completion is awaited of them
	starved []*Conn      // whose recv ended because no buffer was left
	lending []byte       // the provided buffer that is processed
}

// user_data is ID's octets with what the operation is in the topmost bits,
// which no serial has.
type operation uint64

const (
	opAccept operation = iota + 1
	opRecv
	opSend
	opWake
	opNone // nobody waits for its completion
)

const opShift = 60

func (o operation) of(data uint64) uint64 { return uint64(o)<<opShift | data }

// UringNeeds is what a kernel must have for Config.Uring (Linux 6.0).
const UringNeeds = syscalls.AcceptMultishot | syscalls.ProvidedBuffers | syscalls.RecvMultishot | syscalls.PollMultishot

// fewSends is up to how many sends of a turn their completions are waited for
// with what comes next. Behind more, something has come; and the more is waited
// for, the more the kernel receives at once, beyond what stays in the cache.
const fewSends = 16

// ringGroup is the bgid of a loop's buffers.
const ringGroup = 1

// probe is asked once a process.
var probe = sync.OnceValues(syscalls.Probe)

func newUring(l *Loop) (*uring, error) {
	has, err := probe()
	if err != nil {
		return nil, err
	}
	if lacks := UringNeeds &^ has; lacks != 0 {
		return nil, fmt.Errorf("%w: this kernel's lacks %s", syscalls.ErrNoUring, lacks.Names())
	}
	r, err := syscalls.NewRing(syscalls.RingOptions{Entries: 1024, CQEntries: 8192, Disabled: true})
	if err != nil {
		return nil, err
	}
	bufs, err := newProvided(r, l.cfg.RingBuffers, l.cfg.BufferSize)
	if err != nil {
		r.Close()
		return nil, err
	}
	return &uring{l: l, r: r, bufs: bufs}, nil
}

// enable makes the ring the calling thread's, for good.
func (u *uring) enable() error {
	if u.enabled {
		return nil
	}
	if err := u.r.Enable(); err != nil {
		return err
	}
	u.enabled = true
	u.r.RegisterFD() // without, each call looks the descriptor up
	u.watchWake()
	return nil
}

// fd is signalled when a turn has something to do; -1 where there is none.
func (u *uring) fd() int {
	u.l.mu.Lock()
	defer u.l.mu.Unlock()
	if u.l.outer == nil {
		if u.enable() != nil {
			return -1
		}
		e, err := syscalls.NewEventfd()
		if err != nil {
			return -1
		}
		if u.r.RegisterEventfd(e) != nil {
			e.Close()
			return -1
		}
		u.l.outer = &e
		u.r.Submit()
	}
	return u.l.outer.FD()
}

// sqe is an entry to fill.
func (u *uring) sqe() *syscalls.SQE {
	for range 10 {
		if s := u.r.SQE(); s != nil {
			return s
		}
	}
	u.failed = fmt.Errorf("io_uring_enter takes no entry: %w", syscall.EBUSY)
	return &u.void
}

// submit has what is queued begin.
func (u *uring) submit() error {
	if _, errno := u.r.Submit(); errno != 0 && errno != syscall.EINTR && errno != syscall.EAGAIN && errno != syscall.EBUSY {
		return os.NewSyscallError("io_uring_enter", errno)
	}
	return u.failed
}

// wait submits what is queued, waits as Loop.wait does, and tells how many
// completions are there.
func (u *uring) wait(ms int) (n int, err error) {
	if err := u.enable(); err != nil {
		return 0, err
	}
	if u.l.outer != nil {
		u.l.outer.Drain()
	}
	quick := time.Duration(busyWait) * time.Millisecond
	d := time.Duration(ms) * time.Millisecond
	if ms < 0 {
		d = -1
	}
	short := quick
	if ms >= 0 && d < quick {
		short = d
	}
	// What was sent completes at once, unless it has to wait for the socket: a
	// turn for that alone would be in vain.
	n = 1
	if !u.urgent && u.sends <= fewSends {
		n += u.sends
	}
	u.sends, u.urgent = 0, false
	_, errno := u.r.SubmitAndWaitRaw(n, short)
	u.l.rested = u.r.Ready() == 0
	if errno == 0 && u.l.rested && d != short {
		_, errno = u.r.SubmitAndWait(1, d)
	}
	switch {
	case u.failed != nil:
		return 0, u.failed
	case errno != 0 && errno != syscall.EINTR && errno != syscall.EAGAIN && errno != syscall.EBUSY:
		return 0, os.NewSyscallError("io_uring_enter", errno)
	}
	return u.r.Ready(), nil
}

// dispatch handles n completions; those that come meanwhile are the next
// turn's.
func (u *uring) dispatch(n int) {
	for n > 0 {
		cqes := u.r.CQEs()
		cqes = cqes[:min(n, len(cqes))]
		for i := range cqes {
			u.completed(&cqes[i])
		}
		u.r.Advance(len(cqes))
		n -= len(cqes)
	}
	u.feed()
}

func (u *uring) completed(e *syscalls.CQE) {
	data := e.UserData & (1<<opShift - 1)
	switch operation(e.UserData >> opShift) {
	case opAccept:
		u.accepted(e, int(data))
	case opRecv:
		u.received(u.l.conn(data), e)
	case opSend:
		u.sent(u.l.conn(data), e)
	case opWake:
		u.l.wake.Drain()
		u.l.runTodo()
		if !e.More() {
			u.watchWake()
		}
	}
}

func (u *uring) watchWake() {
	u.sqe().PrepPollMultishot(u.l.wake.FD(), syscalls.EPOLLIN, opWake.of(0))
}

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
		} else if c := l.add(int(e.Res)); c != nil {
			u.arm(c)
		}
	}
	if e.More() || i >= len(l.listeners) {
		return
	}
	switch e.Errno() {
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		l.listeners[i].paused, l.paused = time.Now(), true
	case syscall.ECANCELED:
	default:
		u.listen(i)
	}
}

// arm has the ring receive from c, until paused or ended.
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
	case errno == 0 && c.x != nil && !c.x.queue.empty() && c.state != lingering:
		u.l.finish(c, io.EOF) // what answers it is not sent before the turn ends
	case errno == 0:
		u.l.drop(c, io.EOF)
	case errno != syscall.ECANCELED && errno != syscall.EINTR:
		u.l.drop(c, errno)
	}
	u.next(c)
}

// next arms c again where its recv has ended, or lets a dropped one go.
func (u *uring) next(c *Conn) {
	switch {
	case c.state == dropped:
		u.release(c)
	case c.flags&(armed|blocked) == 0 && c.state != finishing:
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

// input handles n octets of c in buffer bid.
func (u *uring) input(c *Conn, bid uint16, n int) {
	l := u.l
	l.count.Recvs++
	l.count.Octets += uint64(n)
	c.silent = 0
	in := u.bufs.Buffer(bid)[:n]
	switch {
	case c.state != open && c.state != greeting:
	case c.flags&blocked != 0: // it came before the recv was cancelled
		x := l.extra(c)
		x.ahead = append(x.ahead, in...)
	default:
		if in = u.complete(c, in); len(in) > 0 {
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

// complete processes the octets that c carries with as many from the front of
// in as belong to the same frame, in a buffer of their own, and returns what is
// left for its place.
func (u *uring) complete(c *Conn, in []byte) (rest []byte) {
	l := u.l
	for c.x != nil && c.x.carry.Len() > 0 && len(in) > 0 {
		have, n := c.x.carry.Len(), len(in)
		if c.state == open {
			n = min(n, c.x.need-have)
		}
		frame := l.pool.Get(have + n)[:have+n]
		c.x.carry.Restore(&l.pool, frame)
		copy(frame[have:], in[:n])
		in = in[n:]
		l.process(c, frame)
		l.pool.Put(frame)
		if c.state != open && c.state != greeting {
			return nil
		}
	}
	return in
}

// push queues segs, those in the provided buffer that is processed without a
// copy; false where the connection has ended instead.
func (u *uring) push(c *Conn, segs [][]byte) bool {
	l := u.l
	q := &l.extra(c).queue
	for _, s := range segs {
		if u.lent(s) {
			q.lend(s)
		} else {
			q.add(&l.pool, s)
		}
	}
	if l.cfg.FlushFrame {
		q.endFrame()
	}
	limit := l.cfg.MaxQueue
	if c.flags&blocked == 0 { // what one turn brings is not tried before the next
		limit += l.cfg.RingBuffers * l.cfg.BufferSize
	}
	if l.overrun(c, limit) {
		return false
	}
	if u.lending == nil {
		l.mark(c)
	}
	return true
}

// lent tells whether b lies in the provided buffer that is processed.
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
	q, flags := &c.x.queue, uint32(unix.MSG_DONTWAIT)
	if c.flags&blocked != 0 {
		flags = 0
		q.keep(&u.l.pool, u) // it may take the peer long
	}
	segs := q.segments(u.l.segs[:0])
	u.l.segs, q.held = segs, len(segs)
	c.flags |= sending
	u.sends++
	if c.flags&blocked != 0 || c.state == finishing || q.head+len(segs) < len(q.list) {
		u.urgent = true // something is to follow its completion
	}
	if len(segs) == 1 {
		u.sqe().PrepSend(int(c.fd), segs[0], flags, opSend.of(c.data()))
		return
	}
	if c.x.vec == nil {
		c.x.vec = &syscalls.Vector{}
	}
	c.x.vec.Set(segs)
	u.sqe().PrepSendVector(int(c.fd), c.x.vec, flags, opSend.of(c.data()))
}

// sent accounts for a send of c, and sends on.
func (u *uring) sent(c *Conn, e *syscalls.CQE) {
	l := u.l
	c.flags &^= sending
	l.count.Sends++
	if c.state == dropped {
		u.release(c)
		return
	}
	q := &c.x.queue
	n, asked := int(e.Res), q.heldOctets()
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
	q.gone(&l.pool, u, n)
	if n < asked {
		if l.overrun(c, l.cfg.MaxQueue) {
			return
		}
		l.block(c)
	}
	if q.empty() {
		u.flushed(c)
		return
	}
	u.start(c)
}

// pause has nothing more received from c; see Loop.block.
func (u *uring) pause(c *Conn) {
	if c.flags&armed != 0 {
		u.sqe().PrepCancel(opRecv.of(c.data()), opNone.of(0))
	}
}

// flushed goes on with c when all is sent.
func (u *uring) flushed(c *Conn) {
	l := u.l
	if c.state == finishing {
		l.halfClose(c)
		return
	}
	if c.flags&blocked != 0 {
		l.drained(c)
		l.replayAhead(c)
		u.next(c)
	}
	l.relax(c)
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

// close ends everything in flight and releases the ring.
func (u *uring) close() {
	u.r.Close()
	u.bufs = nil
	if u.l.outer != nil {
		u.l.outer.Close()
	}
	for c := range u.l.conns.all {
		c.flags &^= armed | sending
		u.l.forget(c)
	}
}

// Recycle implements returns, for queues that may outlive the ring.
func (u *uring) Recycle(bid uint16) {
	if u.bufs != nil {
		u.bufs.put(bid)
	}
}
