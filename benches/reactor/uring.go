package reactor

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"wsbench/syscalls"
)

// uring is a loop's way to do its I/O by io_uring instead of epoll: a multishot
// accept, one multishot recv per connection into provided buffers, and answers
// sent from the buffer they arrived in. All that one turn of the loop wants is
// submitted by the call that waits for the next.
//
// A connection has at most one send in flight, of what its queue begins with.
// Sends do not wait for a full socket: what such a one leaves is copied, so
// that a slow reader keeps no provided buffer, and then sent by one that does
// wait. Where answers are among it, the recv is cancelled until they are sent.
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

// user_data is ID's bytes with what the operation is in the topmost bits,
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

// probe is asked once per process.
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

// fd returns the descriptor that is signalled when a turn has something to do;
// -1 where there is none.
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

// sqe returns an entry to fill.
func (u *uring) sqe() *syscalls.SQE {
	for range 10 {
		if s := u.r.SQE(); s != nil {
			return s
		}
	}
	u.failed = fmt.Errorf("io_uring_enter takes no entry: %w", syscall.EBUSY)
	return &u.void
}

// submit makes what is queued begin.
func (u *uring) submit() error {
	if _, errno := u.r.Submit(); errno != 0 && errno != syscall.EINTR && errno != syscall.EAGAIN && errno != syscall.EBUSY {
		return os.NewSyscallError("io_uring_enter", errno)
	}
	return u.failed
}

// wait submits what is queued, waits as Loop.wait does, and tells how many
// completions are there.
func (u *uring) wait(timeout, quick time.Duration) (n int, err error) {
	if err := u.enable(); err != nil {
		return 0, err
	}
	if u.l.outer != nil {
		u.l.outer.Drain()
	}
	// What was sent completes at once, unless it has to wait for the socket: a
	// turn for that alone would be in vain.
	n = 1
	if !u.urgent && u.sends <= fewSends {
		n += u.sends
	}
	u.sends, u.urgent = 0, false
	_, errno := u.r.SubmitAndWaitRaw(n, quick)
	u.l.waited = u.r.Ready() == 0
	if errno == 0 && u.l.waited && quick == busyWait && timeout != quick {
		_, errno = u.r.SubmitAndWait(1, u.l.patience(timeout))
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

// discard takes the completions that are there, of which only accepted
// connections hold anything.
func (u *uring) discard() {
	for cqes := u.r.CQEs(); len(cqes) > 0; cqes = u.r.CQEs() {
		for _, e := range cqes {
			if operation(e.UserData>>opShift) == opAccept && e.Res >= 0 {
				syscalls.Close(int(e.Res))
			}
		}
		u.r.Advance(len(cqes))
	}
}

func (u *uring) watchWake() {
	u.sqe().PrepPollMultishot(u.l.wake.FD(), syscalls.EPOLLIN, opWake.of(0))
}

// close ends everything in flight and releases the ring. Connections that were
// accepted meanwhile are nobody's yet: it closes them.
func (u *uring) close() {
	u.r.CancelAll()
	u.discard()
	for u.r.Overflowed() {
		if _, errno := u.r.SubmitAndWait(0, 0); errno != 0 && errno != syscall.EINTR {
			break
		}
		u.discard()
	}
	u.r.Close()
	u.bufs = nil
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
