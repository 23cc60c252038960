// Package syscalls is the server's side of the kernel interface: epoll, recv,
// send, writev and accept4, socket options, CPU affinity and per-process CPU
// accounting.
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
// Who does not need it: a server that is content with package net.
package syscalls
