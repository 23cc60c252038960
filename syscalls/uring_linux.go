package syscalls

import (
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// RingOptions are the options of a Ring. The zero value is a good one.
type RingOptions struct {
	Entries   int      // of the submission queue, rounded up to a power of two; 0: 256
	CQEntries int      // of the completion queue, likewise; 0: 4 times Entries
	Without   Features // of the set-up, not to use although the kernel has them
	Disabled  bool     // nothing can be submitted, and no thread owns it, before Enable

	setup setupRing // nil: the kernel's
}

// Ring is one io_uring instance, Linux 5.11 or later. It belongs to the thread
// that made it or, with Disabled, that called Enable. That thread is locked
// (runtime.LockOSThread), and no other calls any of its methods.
//
// All its memory is mapped: nothing of it is on a Go stack or in the heap.
type Ring struct {
	fd         int
	enterFD    uintptr // fd, or its index when registered
	enterFlags uintptr // enterRegisteredRing then
	has        Features
	enters     uint64

	// The submission queue. head is the kernel's as of the last enter; entries
	// from head to tail are ours to submit.
	head, tail, mask        uint32
	sqHead, sqTail, sqFlags *uint32
	sqes                    []SQE
	times                   []kernelTimespec // one an SQE

	cqHead, cqTail, lost *uint32
	cqMask               uint32
	cqes                 []CQE

	arg     *geteventsArg // of enter, with waitFor
	waitFor *kernelTimespec
	maps    [][]byte
	groups  []*BufRing
}

// NewRing sets a ring up with what the kernel has of SubmitAll, CoopTaskrun,
// TaskrunFlag, SingleIssuer, DeferTaskrun and NoSQArray; Features tells. Its
// errors are ErrNoUring's, one line each.
func NewRing(opt RingOptions) (*Ring, error) {
	if opt.Entries <= 0 {
		opt.Entries = 256
	}
	if opt.CQEntries <= 0 {
		opt.CQEntries = 4 * opt.Entries
	}
	if opt.setup == nil {
		opt.setup = setupByKernel
	}
	flags := uint32(setupCQSize | setupClamp)
	if opt.Disabled {
		flags |= setupDisabled
	}
	fd, p, err := negotiate(opt.setup, uint32(opt.Entries), setupFeatures&^opt.Without, flags, uint32(opt.CQEntries))
	if err != nil {
		return nil, err
	}
	r := &Ring{fd: fd, enterFD: uintptr(fd), has: setupOf(p.flags)}
	if err := r.mapMemory(&p); err != nil {
		r.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoUring, err)
	}
	return r, nil
}

// mapMemory maps both rings (one mapping, IORING_FEAT_SINGLE_MMAP), the SQEs,
// and a page or more of our own for what the kernel reads by address.
func (r *Ring) mapMemory(p *uringParams) error {
	rings, err := r.mapRing(offRings, max(p.sq.array+4*p.sqEntries, p.cq.cqes+p.cqEntries*uint32(unsafe.Sizeof(CQE{}))))
	if err != nil {
		return err
	}
	sqes, err := r.mapRing(offSQEs, p.sqEntries*uint32(unsafe.Sizeof(SQE{})))
	if err != nil {
		return err
	}
	own, err := MapMemory(64 + int(p.sqEntries)*int(unsafe.Sizeof(kernelTimespec{})))
	if err != nil {
		return err
	}
	r.maps = append(r.maps, own)

	word := func(off uint32) *uint32 { return (*uint32)(unsafe.Pointer(&rings[off])) }
	r.sqHead, r.sqTail, r.sqFlags, r.mask = word(p.sq.head), word(p.sq.tail), word(p.sq.flags), *word(p.sq.ringMask)
	r.cqHead, r.cqTail, r.lost, r.cqMask = word(p.cq.head), word(p.cq.tail), word(p.cq.overflow), *word(p.cq.ringMask)
	r.sqes = unsafe.Slice((*SQE)(unsafe.Pointer(&sqes[0])), p.sqEntries)
	r.cqes = unsafe.Slice((*CQE)(unsafe.Pointer(&rings[p.cq.cqes])), p.cqEntries)
	if !r.has.Has(NoSQArray) { // slot i of the queue is entry i, once and for all
		for i, a := 0, unsafe.Slice(word(p.sq.array), p.sqEntries); i < len(a); i++ {
			a[i] = uint32(i)
		}
	}
	r.arg = (*geteventsArg)(unsafe.Pointer(&own[0]))
	r.waitFor = (*kernelTimespec)(unsafe.Pointer(&own[32]))
	r.arg.ts = uint64(uintptr(unsafe.Pointer(r.waitFor)))
	r.times = unsafe.Slice((*kernelTimespec)(unsafe.Pointer(&own[64])), p.sqEntries)
	return nil
}

func (r *Ring) mapRing(off int64, n uint32) ([]byte, error) {
	b, err := unix.Mmap(r.fd, off, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err == nil {
		r.maps = append(r.maps, b)
	}
	return b, os.NewSyscallError("mmap", err)
}

// FD returns the ring's descriptor: the address of messages (PrepMsgRing,
// SendMsgRing), and itself pollable.
func (r *Ring) FD() int { return r.fd }

// Features returns those of the set-up that this ring has.
func (r *Ring) Features() Features { return r.has }

// Enters counts the ring's system calls that submit or wait.
func (r *Ring) Enters() uint64 { return r.enters }

// Enable starts a ring made with Disabled; it is the calling thread's then.
func (r *Ring) Enable() error {
	return r.register("IORING_REGISTER_ENABLE_RINGS", registerEnableRings, nil, 0)
}

// CancelAll cancels what is in flight, and waits for its end: all completions
// are there then, for CQEs and, where they found the queue full, SubmitAndWait
// to bring. What has not been submitted never is. It returns false where the
// end cannot be waited for: before Linux 6.0, or from another thread.
func (r *Ring) CancelAll() (ended bool) {
	r.tail = r.head
	return r.cancelAll()
}

// Close cancels what is in flight and waits for its end, as CancelAll does,
// then releases the ring, its registrations and its buffer rings. Completions
// not yet seen are lost, and with them the descriptors that they bring; buffers
// in flight are the caller's again. Where the end cannot be waited for, the
// kernel cancels some time after Close, and buffer rings stay mapped.
func (r *Ring) Close() error {
	if r.fd < 0 {
		return nil
	}
	ended := r.cqes == nil || r.CancelAll()
	if r.enterFlags != 0 {
		r.UnregisterFD()
	}
	err := os.NewSyscallError("close", unix.Close(r.fd))
	r.fd = -1
	for _, b := range r.groups {
		if ended {
			UnmapMemory(b.mem)
		}
	}
	for _, m := range r.maps {
		UnmapMemory(m)
	}
	r.maps, r.groups, r.sqes, r.cqes = nil, nil, nil, nil
	return err
}

// cancelAll reports whether nothing is in flight any more. It gives the kernel
// a second, which it needs only for operations that a thread of its own is in
// the middle of. With DeferTaskrun the operations let go of their files, and of
// connections that are closed, when their completions are fetched.
func (r *Ring) cancelAll() bool {
	reg := syncCancelReg{fd: -1, flags: cancelAny | cancelAll, timeout: kernelTimespec{sec: 1}}
	for range 100 { // a signal ends the wait
		switch r.register("", registerSyncCancel, unsafe.Pointer(&reg), 1) {
		case nil, syscall.ENOENT:
			r.enter(0, enterGetevents, 0, 0, true)
			return true
		case syscall.EINTR:
		default:
			return false
		}
	}
	return false
}

// register calls io_uring_register(2). Its argument is read during the call, so
// a Go stack may hold it. Without a name, the error is the bare errno.
func (r *Ring) register(name string, op uintptr, arg unsafe.Pointer, n int) error {
	_, _, errno := syscall.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(r.fd), op, uintptr(arg), uintptr(n), 0, 0)
	switch {
	case errno == 0:
		return nil
	case name == "":
		return errno
	}
	return os.NewSyscallError("io_uring_register "+name, errno)
}

// Lost counts completions that the kernel had no memory to keep: it keeps
// those that find the queue full (Linux 5.5) and hands them over at the next
// SubmitAndWait, so this is 0.
func (r *Ring) Lost() uint32 { return atomic.LoadUint32(r.lost) }
