package syscalls

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Probe finds out what this kernel's io_uring has: it asks where the kernel
// tells, and tries on sockets of its own where it does not. It takes about a
// millisecond. Where there is no io_uring, its error says why (ErrNoUring).
func Probe() (Features, error) { return probe(RingOptions{Entries: 8}) }

func probe(opt RingOptions) (Features, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, err := NewRing(opt)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	p := prober{r: r, has: r.Features(), bgid: 1}
	p.operations()
	p.registrations()
	for _, try := range []func() error{p.accept, p.recv, p.bundle, p.incremental, p.poll, p.cancel, p.messages} {
		if err := try(); err != nil {
			return p.has, err // no sockets: nothing to do with io_uring
		}
	}
	return p.has &^ opt.Without, nil
}

type prober struct {
	r    *Ring
	has  Features
	bgid uint16
}

func (p *prober) add(f Features, has bool) {
	if has {
		p.has |= f
	}
}

// operations asks for what comes with an operation's number.
func (p *prober) operations() {
	var q opProbe
	if p.r.register("", registerProbe, unsafe.Pointer(&q), len(q.ops)) != nil {
		return
	}
	for op, f := range map[int]Features{opTimeout: Timeouts, opSendZC: SendFixed} {
		p.add(f, q.ops[op].flags&opSupported != 0)
	}
}

// registrations tries what io_uring_register answers for at once.
func (p *prober) registrations() {
	reg := syncCancelReg{fd: -1, flags: cancelAny | cancelAll}
	p.add(SyncCancel, p.r.register("", registerSyncCancel, unsafe.Pointer(&reg), 1) != syscall.EINVAL)
	p.add(RegisteredFiles, p.r.RegisterFiles(2) == nil)
	if p.r.RegisterFD() == nil {
		p.add(RegisteredRing, p.r.UnregisterFD() == nil)
	}
	if b, err := MapMemory(1); err == nil {
		p.add(RegisteredBuffers, p.r.RegisterBuffers(b) == nil && p.r.UnregisterBuffers() == nil)
		UnmapMemory(b)
	}
}

// one submits what is queued and waits for one completion, no longer than d.
func (p *prober) one(d time.Duration) (c CQE, ok bool) {
	for end := time.Now().Add(d); ; {
		p.r.SubmitAndWait(1, max(time.Until(end), 0))
		if cqes := p.r.CQEs(); len(cqes) > 0 {
			c = cqes[0]
			p.r.Advance(1)
			return c, true
		}
		if time.Now().After(end) {
			return c, false
		}
	}
}

// armed submits a multishot entry that has nothing to do yet: older kernels
// fail it at once.
func (p *prober) armed() bool {
	_, failed := p.one(0)
	return !failed
}

// patience is for what happens within microseconds, if it happens.
const patience = 200 * time.Millisecond

func (p *prober) accept() error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err = unix.Bind(fd, &unix.SockaddrUnix{}); err == nil { // a name of the kernel's choice
		err = unix.Listen(fd, 1)
	}
	if err != nil {
		return err
	}
	p.r.SQE().PrepAcceptMultishot(fd, 0)
	p.add(AcceptMultishot, p.armed())
	if p.has.Has(RegisteredFiles) {
		p.r.SQE().PrepAcceptDirect(fd, 0)
		p.add(AcceptDirect, p.armed())
	}
	p.r.cancelAll()
	p.flush()
	return nil
}

// flush forgets completions.
func (p *prober) flush() {
	for ok := true; ok; {
		_, ok = p.one(0)
	}
}

func (p *prober) recv() error {
	b, err := p.bufRing(BufRingOptions{Entries: 2, Size: 8})
	p.add(ProvidedBuffers, err == nil)
	if err != nil {
		return nil
	}
	return p.receive("x", b, false, func(c CQE) { p.add(RecvMultishot, c.Res == 1 && c.More()) })
}

// bundle wants 12 octets in one completion over two buffers of 8.
func (p *prober) bundle() error {
	b, err := p.bufRing(BufRingOptions{Entries: 2, Size: 8})
	if err != nil {
		return nil
	}
	return p.receive("twelve octet", b, true, func(c CQE) { p.add(RecvBundle, c.Res == 12) })
}

func (p *prober) incremental() error {
	b, err := p.bufRing(BufRingOptions{Entries: 2, Size: 8, Incremental: true})
	if err != nil {
		return nil
	}
	return p.receive("x", b, false, func(c CQE) { p.add(Incremental, c.Res == 1 && c.BufferMore()) })
}

func (p *prober) bufRing(opt BufRingOptions) (*BufRing, error) {
	p.bgid++
	opt.Group = p.bgid
	return p.r.NewBufRing(opt)
}

// receive sends octets to itself and shows check the first completion.
func (p *prober) receive(octets string, b *BufRing, bundle bool, check func(CQE)) error {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	Send(fds[0], []byte(octets))
	s := p.r.SQE()
	s.PrepRecvMultishot(fds[1], b.Group(), 0)
	if bundle {
		s.Bundle()
	}
	if c, ok := p.one(patience); ok {
		check(c)
	}
	p.r.cancelAll()
	p.flush()
	return nil
}

func (p *prober) poll() error {
	e, err := NewEventfd()
	if err != nil {
		return err
	}
	defer e.Close()
	p.r.SQE().PrepPollMultishot(e.FD(), EPOLLIN, 0)
	e.Signal()
	c, ok := p.one(patience)
	p.add(PollMultishot, ok && c.Res > 0 && c.More())
	p.r.cancelAll()
	p.flush()
	return nil
}

func (p *prober) cancel() error {
	e, err := NewEventfd()
	if err != nil {
		return err
	}
	defer e.Close()
	p.r.SQE().PrepCancelFD(e.FD(), false, 0)
	c, ok := p.one(patience)
	p.add(CancelFD, ok && (c.Res == 0 || c.Errno() == syscall.ENOENT))
	return nil
}

// messages go to a second ring, made as the first.
func (p *prober) messages() error {
	to, err := NewRing(RingOptions{Entries: 8})
	if err != nil {
		return err
	}
	defer to.Close()
	q := prober{r: to}
	p.r.SQE().PrepMsgRing(to.FD(), 7, 8, 0)
	if c, ok := p.one(patience); ok && c.Res == 0 {
		c, ok = q.one(patience)
		p.add(MsgRing, ok && c.Res == 7 && c.UserData == 8)
	}
	if SendMsgRing(to.FD(), 9, 10) == 0 {
		c, ok := q.one(patience)
		p.add(MsgRingSync, ok && c.Res == 9 && c.UserData == 10)
	}
	return nil
}
