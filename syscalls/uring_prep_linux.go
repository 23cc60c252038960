package syscalls

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The Prep methods fill an entry. fd is a descriptor, or after FixedFile a
// slot of the registered files. userData comes back in the completion; its
// layout is the caller's. Bytes handed over stay where they are and alive
// until the operation has completed: they are in a BufRing, from MapMemory, or
// in a heap object that the caller keeps a reference to.

// PrepNop completes at once, with 0.
func (s *SQE) PrepNop(userData uint64) { *s = SQE{opcode: opNop, fd: -1, userData: userData} }

// PrepAcceptMultishot completes with a new connection's descriptor, which is
// non-blocking and close-on-exec, until an error ends it (Linux 5.19).
func (s *SQE) PrepAcceptMultishot(fd int, userData uint64) {
	*s = SQE{opcode: opAccept, ioprio: acceptMultishot, fd: int32(fd), opFlags: unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC, userData: userData}
}

// PrepAcceptDirect accepts as PrepAcceptMultishot does, into free slots of the
// registered files: Res is the slot (Linux 5.19). ENFILE, when there is none,
// ends it. A slot has no descriptor to set options on: the listener's are
// inherited.
func (s *SQE) PrepAcceptDirect(fd int, userData uint64) {
	*s = SQE{opcode: opAccept, ioprio: acceptMultishot, fd: int32(fd), fileIndex: fileIndexAlloc, userData: userData}
}

// PrepRecv receives into b once. Res is the bytes, 0 at EOF.
func (s *SQE) PrepRecv(fd int, b []byte, flags uint32, userData uint64) {
	*s = SQE{opcode: opRecv, fd: int32(fd), addr: address(b), len: uint32(len(b)), opFlags: flags, userData: userData}
}

// PrepRecvMultishot receives into buffers of group bgid, a completion for each
// (Linux 6.0), until EOF or an error ends it: ENOBUFS when the group is empty,
// whereupon it is prepared again once buffers are back. See BufRing.Take.
func (s *SQE) PrepRecvMultishot(fd int, bgid uint16, userData uint64) {
	*s = SQE{opcode: opRecv, flags: sqeBufSelect, ioprio: recvMultishot, fd: int32(fd), userData: userData, bufIndex: bgid}
}

// Bundle makes a PrepRecvMultishot fill several buffers, as many as the kernel
// sees bytes for, with one completion (RecvBundle, Linux 6.10). It also ends
// after bytes, without an error.
func (s *SQE) Bundle() { s.ioprio |= recvSendBundle }

// PollFirst keeps a recv or send from trying before the socket is ready
// (Linux 5.19): it saves the vain try where none is expected.
func (s *SQE) PollFirst() { s.ioprio |= recvSendPollFirst }

// PrepSend sends b (Linux 5.6). Res is the bytes taken, which may be fewer;
// with flags MSG_WAITALL fewer means that the connection broke (5.19). The
// kernel waits until the socket takes them, unless flags has MSG_DONTWAIT. A
// broken connection is EPIPE, never a signal. Two sends in flight on one
// socket may be reordered.
func (s *SQE) PrepSend(fd int, b []byte, flags uint32, userData uint64) {
	*s = SQE{opcode: opSend, fd: int32(fd), addr: address(b), len: uint32(len(b)), opFlags: flags | unix.MSG_NOSIGNAL, userData: userData}
}

// Vector is a list of segments to send in one piece. The kernel reads the list
// and the segments until the send has completed: they must be in the heap, and
// stay there unchanged.
type Vector struct {
	msg  unix.Msghdr
	iov  []Iovec
	segs [][]byte // keeps alive what iov points to

	control *tlsControl // nil: none was ever needed
}

// Set makes v hold segs, MaxIovec at most.
func (v *Vector) Set(segs [][]byte) {
	v.segs = append(v.segs[:0], segs...)
	v.iov = AppendIovec(v.iov[:0], segs)
	v.msg.Iov = &v.iov[0]
	v.msg.SetIovlen(len(v.iov))
}

// Clear makes v hold nothing, so that it keeps no segment in memory.
func (v *Vector) Clear() {
	clear(v.segs)
	clear(v.iov)
	v.segs, v.iov = v.segs[:0], v.iov[:0]
	v.msg.Control = nil
	v.msg.SetControllen(0)
}

// PrepSendVector sends the segments of v in order (sendmsg, Linux 5.3). Res is
// as with PrepSend.
func (s *SQE) PrepSendVector(fd int, v *Vector, flags uint32, userData uint64) {
	*s = SQE{opcode: opSendmsg, fd: int32(fd), addr: uint64(uintptr(unsafe.Pointer(&v.msg))), len: 1, opFlags: flags | unix.MSG_NOSIGNAL, userData: userData}
}

// PrepSendFixed sends b within registered buffer index, by reference where the
// device can (SEND_ZC, Linux 6.0). There are two completions, the first with
// Res and More, the second a Notification that b is free again. Without More,
// the first is the only one. Over loopback the kernel copies after all.
func (s *SQE) PrepSendFixed(fd int, b []byte, index uint16, flags uint32, userData uint64) {
	*s = SQE{opcode: opSendZC, ioprio: recvSendFixedBuf, fd: int32(fd), addr: address(b), len: uint32(len(b)), opFlags: flags | unix.MSG_NOSIGNAL, userData: userData, bufIndex: index}
}

// PrepWriteFixed writes b within registered buffer index, with one completion.
// It has write(2)'s ways: EAGAIN when a non-blocking socket is full, and
// SIGPIPE beside EPIPE when the connection is broken.
func (s *SQE) PrepWriteFixed(fd int, b []byte, index uint16, userData uint64) {
	*s = SQE{opcode: opWriteFixed, fd: int32(fd), addr: address(b), len: uint32(len(b)), userData: userData, bufIndex: index}
}

// PrepRead reads into b, from an eventfd for instance.
func (s *SQE) PrepRead(fd int, b []byte, userData uint64) {
	*s = SQE{opcode: opRead, fd: int32(fd), off: 1<<64 - 1, addr: address(b), len: uint32(len(b)), userData: userData}
}

// PrepPollMultishot completes, with the ready events as Res, each time fd is
// woken for some of events (EPOLLIN ...): of an Eventfd once per Signal or for
// several at once, without need to Drain it (Linux 5.13).
func (s *SQE) PrepPollMultishot(fd int, events uint32, userData uint64) {
	*s = SQE{opcode: opPollAdd, fd: int32(fd), len: pollAddMulti, opFlags: events, userData: userData}
}

// PrepMsgRing makes the ring whose FD is ring post a completion with res and
// theirs (Linux 5.18). Here, it completes with 0, or with EOVERFLOW when the
// other's queue is full.
func (s *SQE) PrepMsgRing(ring int, res int32, theirs, userData uint64) {
	*s = SQE{opcode: opMsgRing, fd: int32(ring), off: theirs, len: uint32(res), userData: userData}
}

// SendMsgRing does at once what PrepMsgRing prepares, from any thread, without
// a ring of its own (MsgRingSync, Linux 6.13).
func SendMsgRing(ring int, res int32, theirs uint64) syscall.Errno {
	var s SQE
	s.PrepMsgRing(ring, res, theirs, 0)
	_, _, errno := syscall.RawSyscall6(unix.SYS_IO_URING_REGISTER, ^uintptr(0), registerSendMsgRing, uintptr(unsafe.Pointer(&s)), 1, 0, 0)
	return errno
}

// PrepCancel cancels an operation prepared with userData target: that one
// completes with ECANCELED, this one with 0, ENOENT when there is none, or
// EALREADY when it can no more be stopped.
func (s *SQE) PrepCancel(target, userData uint64) {
	*s = SQE{opcode: opAsyncCancel, fd: -1, addr: target, userData: userData}
}

// PrepCancelFD cancels all operations on fd, a slot if fixed, and completes
// with how many that were (Linux 5.19).
func (s *SQE) PrepCancelFD(fd int, fixed bool, userData uint64) {
	*s = SQE{opcode: opAsyncCancel, fd: int32(fd), opFlags: cancelFD | cancelAll, userData: userData}
	if fixed {
		s.opFlags |= cancelFDFixed
	}
}

// PrepShutdown calls shutdown(2); how is SHUT_RD, SHUT_WR or SHUT_RDWR (Linux
// 5.11).
func (s *SQE) PrepShutdown(fd, how int, userData uint64) {
	*s = SQE{opcode: opShutdown, fd: int32(fd), len: uint32(how), userData: userData}
}

// PrepClose closes fd. Operations in flight hold on to the file: cancel them.
func (s *SQE) PrepClose(fd int, userData uint64) {
	*s = SQE{opcode: opClose, fd: int32(fd), userData: userData}
}

// PrepCloseDirect empties a slot of the registered files (Linux 5.15).
func (s *SQE) PrepCloseDirect(slot int, userData uint64) {
	*s = SQE{opcode: opClose, fileIndex: uint32(slot) + 1, userData: userData}
}

// FixedFile makes the entry's fd a slot of the registered files.
func (s *SQE) FixedFile() { s.flags |= sqeFixedFile }

// Link keeps the next entry from starting before this one has succeeded; if it
// fails, or is short, the next completes with ECANCELED.
func (s *SQE) Link() { s.flags |= sqeLink }

// SkipSuccess asks for no completion unless the operation fails (Linux 5.17).
func (s *SQE) SkipSuccess() { s.flags |= sqeSkipSuccess }

// PrepTimeout completes with ETIME after d, or ECANCELED. It is the ring's
// method, and the entry must be its latest, for the timespec is read when the
// entry is submitted: it lies in mapped memory beside it.
func (r *Ring) PrepTimeout(s *SQE, d time.Duration, userData uint64) {
	r.timeout(s, opTimeout, d, userData)
}

// PrepLinkTimeout bounds the operation of the entry before, which has Link:
// when the time is over, that operation is cancelled.
func (r *Ring) PrepLinkTimeout(s *SQE, d time.Duration, userData uint64) {
	r.timeout(s, opLinkTimeout, d, userData)
}

func (r *Ring) timeout(s *SQE, op uint8, d time.Duration, userData uint64) {
	d = max(d, 0)
	ts := &r.times[(r.tail-1)&r.mask]
	*ts = kernelTimespec{int64(d / time.Second), int64(d % time.Second)}
	*s = SQE{opcode: op, fd: -1, addr: uint64(uintptr(unsafe.Pointer(ts))), len: 1, userData: userData}
}

// address returns b's. The kernel uses it after the call, when a goroutine's
// stack may have moved, so b must not be on one: that b might be stored makes
// the compiler put it in the heap.
func address(b []byte) uint64 {
	if escape.on {
		escape.b = b
	}
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))
}

var escape struct {
	on bool // never
	b  []byte
}
