package syscalls

import (
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// SQE returns the next free submission entry, for one Prep method to fill
// before anything else is asked of the ring. If the queue is full, SQE submits
// it first. SQE returns nil only if the kernel takes none of the queue (EAGAIN,
// EBUSY: it wants memory, or completions handled): see CQEs, then ask again.
func (r *Ring) SQE() *SQE {
	if r.tail-r.head > r.mask {
		r.Submit()
		if r.tail-r.head > r.mask {
			return nil
		}
	}
	s := &r.sqes[r.tail&r.mask]
	r.tail++
	return s
}

// Queued returns how many entries wait to be submitted.
func (r *Ring) Queued() int { return int(r.tail - r.head) }

// Submit hands the entries over without waiting, and tells how many the kernel
// took. Nothing is done when there is none. The system call is raw.
func (r *Ring) Submit() (int, syscall.Errno) {
	if r.tail == r.head {
		return 0, 0
	}
	return r.enter(0, 0, 0, 0, true)
}

// SubmitAndWait hands the entries over and waits until n completions are
// there, or for d: d < 0 is for ever; with n or d 0 it does not wait but gets
// what is there. It tells how many entries the kernel took. The end of d is no
// error, a signal is EINTR. When there is nothing to submit and n completions
// are there already, it makes no system call.
//
// It goes through the Go scheduler: other goroutines may use the thread's P
// meanwhile. SubmitAndWaitRaw does not.
func (r *Ring) SubmitAndWait(n int, d time.Duration) (int, syscall.Errno) {
	return r.wait(n, d, false)
}

// SubmitAndWaitRaw does what SubmitAndWait does without telling the Go
// scheduler, so the thread keeps its P: for short waits only. A signal, such as
// the runtime's own request to stop for a collection, ends it with EINTR.
func (r *Ring) SubmitAndWaitRaw(n int, d time.Duration) (int, syscall.Errno) {
	return r.wait(n, d, true)
}

func (r *Ring) wait(n int, d time.Duration, raw bool) (int, syscall.Errno) {
	if d == 0 {
		n = 0
	}
	if r.tail == r.head && r.enough(n) {
		return 0, 0
	}
	if n == 0 || d < 0 {
		return r.enter(n, enterGetevents, 0, 0, raw)
	}
	// The kernel reads the timespec during the call. It is in mapped memory all
	// the same, for its address is in r.arg as a number, and a stack may move.
	*r.waitFor = kernelTimespec{int64(d / time.Second), int64(d % time.Second)}
	done, errno := r.enter(n, enterGetevents|enterExtArg, uintptr(unsafe.Pointer(r.arg)), unsafe.Sizeof(*r.arg), raw)
	if errno == syscall.ETIME {
		errno = 0
	}
	return done, errno
}

// enough reports whether the kernel need not be entered for n completions. For
// 0, only a ring with TaskrunFlag can tell.
func (r *Ring) enough(n int) bool {
	if n > 0 {
		return r.Ready() >= n
	}
	return r.has.Has(TaskrunFlag) && !r.Pending()
}

// Pending reports, without a system call, whether SubmitAndWait would find
// completions that Ready does not count: so a loop may spin on Ready and
// Pending. It is false for ever on a ring without TaskrunFlag, except after
// overflow.
func (r *Ring) Pending() bool {
	return atomic.LoadUint32(r.sqFlags)&(sqTaskrun|sqCQOverflow) != 0
}

// Overflowed reports whether completions found the queue full. SubmitAndWait
// brings them once CQEs and Advance have made room.
func (r *Ring) Overflowed() bool { return atomic.LoadUint32(r.sqFlags)&sqCQOverflow != 0 }

// enter calls io_uring_enter(2). The stores of the tails order all that was
// written before them: the kernel loads them with acquire semantics.
func (r *Ring) enter(min int, flags, arg, size uintptr, raw bool) (int, syscall.Errno) {
	r.publish()
	atomic.StoreUint32(r.sqTail, r.tail)
	r.enters++
	var n uintptr
	var errno syscall.Errno
	if raw {
		n, _, errno = syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, r.enterFD, uintptr(r.tail-r.head), uintptr(min), flags|r.enterFlags, arg, size)
	} else {
		n, _, errno = syscall.Syscall6(unix.SYS_IO_URING_ENTER, r.enterFD, uintptr(r.tail-r.head), uintptr(min), flags|r.enterFlags, arg, size)
	}
	r.head = atomic.LoadUint32(r.sqHead)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// Ready returns how many completions CQEs can return.
func (r *Ring) Ready() int { return int(atomic.LoadUint32(r.cqTail) - *r.cqHead) }

// CQEs returns the completions that are there, oldest first, as far as the
// queue is in one piece: where it wraps around, the rest comes after Advance.
// They are the kernel's memory, valid until Advance.
//
//	for cqes := r.CQEs(); len(cqes) > 0; cqes = r.CQEs() {
//		for i := range cqes {
//			handle(&cqes[i])
//		}
//		r.Advance(len(cqes))
//	}
func (r *Ring) CQEs() []CQE {
	head, tail := *r.cqHead, atomic.LoadUint32(r.cqTail)
	at := head & r.cqMask
	return r.cqes[at:min(at+tail-head, uint32(len(r.cqes)))]
}

// Advance gives the oldest n completions back to the kernel, and the buffers
// that were recycled meanwhile.
func (r *Ring) Advance(n int) {
	r.publish()
	atomic.StoreUint32(r.cqHead, *r.cqHead+uint32(n))
}

func (r *Ring) publish() {
	for _, b := range r.groups {
		b.publish()
	}
}
