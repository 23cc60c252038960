// Package syscalls is the server's side of the kernel interface: epoll, recv,
// send, writev and accept4, io_uring, socket options and CPU affinity.
//
// The socket calls are raw: they do not tell the Go scheduler that the thread
// enters the kernel (runtime.entersyscall), which costs about as much as a
// small system call itself and lets the runtime's monitor take the thread's P
// away. They are for descriptors in non-blocking mode on a thread that the
// caller has locked (runtime.LockOSThread). A call that may block for long
// goes through the runtime and says so.
//
// Results are (n int, errno syscall.Errno): errno 0 is success, and nothing is
// boxed into an error on the hot path.
//
// # io_uring
//
// A Ring is one io_uring over raw system calls, for an event loop that is its
// only user. What a kernel has beyond the least, Linux 5.11, it uses or does
// without; Features names each piece and the kernel that brought it, Probe
// tells what this one has. A server wants multishot accept and provided
// buffers (5.19), multishot recv (6.0), and DEFER_TASKRUN (6.1), with which
// completions wait until the loop asks for them. Bundles (6.10) and
// incremental buffers (6.12) serve receivers of long streams.
//
// Where there is no io_uring (an old kernel, sysctl kernel.io_uring_disabled,
// a sandbox), NewRing returns an ErrNoUring whose one line says which of them
// it is and what would help. The fallback is Epoll, and the caller's.
//
// An iteration of a loop:
//
//	ring.SubmitAndWait(1, timeout) // or Raw, for a short wait
//	for cqes := ring.CQEs(); len(cqes) > 0; cqes = ring.CQEs() {
//		for i := range cqes {
//			handle(&cqes[i]) // reads UserData, calls ring.SQE().Prep..., bufs.Recycle
//		}
//		ring.Advance(len(cqes))
//	}
//
// Rules that the kernel does not enforce:
//
//   - A completion without More ends a multishot operation, whatever its
//     result: prepare it again, after ENOBUFS once buffers are back.
//   - One send in flight a socket: two may be reordered.
//   - Bytes sent stay untouched until the send has completed; a provided
//     buffer is recycled then, also when the send failed.
//   - What the kernel reads or writes is mapped (BufRing, MapMemory) or in the
//     heap and referred to; never on a stack.
//   - An operation in flight holds its file open: cancel, then close.
//   - Other threads wake a ring by SendMsgRing (6.13), by PrepMsgRing from a
//     ring of theirs (5.18), or by an Eventfd with PrepPollMultishot (5.13).
//
// Machines are little-endian here: amd64 and arm64.
//
// Who does not need it: a server that is content with package net.
package syscalls
