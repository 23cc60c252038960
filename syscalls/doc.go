// Package syscalls is the server's side of the kernel interface: epoll, recv,
// send, writev and accept4, io_uring, TLS by the kernel, socket options and CPU
// affinity.
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
// # TLS
//
// The kernel encrypts and decrypts TLS records on a TCP socket, once AttachTLS
// and SetTLSKeys have given it the keys of a handshake that was done elsewhere:
// Recv, Send and io_uring then see plaintext. It takes the module tls, which
// ProbeTLS asks for; ErrNoTLS says what helps where there is none.
//
// Rules of a TLS socket:
//
//   - The keys take effect at the next byte of the stream. What a handshake has
//     read beyond its last record is lost to the kernel, so it must read one
//     record at a time.
//   - TLSKeys.Seq counts records since the keys began: 0 for receiving; for
//     sending, the session tickets that went out behind the handshake.
//   - A receive ends before a record of another type, so that a short one does
//     not mean that the socket is empty: receive until EAGAIN.
//   - At a record that is no application data (an alert, a KeyUpdate, a ticket)
//     a plain receive is EIO, and a multishot one ends. RecvRecord takes it.
//   - A record that fails its authentication is EBADMSG, for good. EOF without an
//     alert close_notify before it may be an attacker's: the kernel does not tell.
//   - Close sends FIN and no alert: SendRecord says close_notify first.
//   - From Linux 6.14 on, SetTLSKeys updates keys, and a received KeyUpdate stops
//     the socket with EKEYEXPIRED until it has; before, it is EBUSY, and the
//     connection ends there. The kernel updates no keys by itself.
//   - Each send without MSG_MORE is a record, and one of more than 16 KiB several.
//
// # Benchmarks
//
// The server and the client of a benchmark are on threads of their own, called
// "server" and "client" in /proc/PID/task/TID/comm, and on different CPUs where
// the process has two. cpu-ns/msg is the CPU time of the server's thread,
// syscalls/msg all its system calls. What to compare, on which key:
//
//	Answer, NoDelay  /via      a send per frame, one per batch, io_uring
//	Answer, SendPair /via      the header in the masking-key's place (send-once)
//	                           or apart (writev)
//	EpollRead        /read     one recv per event, or until EAGAIN
//	NoDelay          /nodelay  TCP_NODELAY, or Nagle's algorithm
//	Write, SendPair  /write    package net's writer, or a send on the descriptor
//	EchoPair         /via      whole echoes
//	TLSSocket        /tls      plaintext, records made in userspace or by the kernel
//	TLSRecord        /cipher   records of each cipher, in memory
//
// On a VM of two Sapphire Rapids CPUs, Linux 6.18, not idle:
//
//	$ go test -run '^$' -bench 'Answer/^frames=16$/^size=20$' ./syscalls
//	BenchmarkAnswer/frames=16/size=20/via=send-each-2      100034  11789 ns/op  1.70 MB/s  5632 cpu-ns/msg  1.125 syscalls/msg
//	BenchmarkAnswer/frames=16/size=20/via=send-once-2      509588   3517 ns/op  5.69 MB/s  1005 cpu-ns/msg  0.1876 syscalls/msg
//	BenchmarkAnswer/frames=16/size=20/via=writev-2         174456   6283 ns/op  3.18 MB/s  1239 cpu-ns/msg  0.1877 syscalls/msg
//	BenchmarkAnswer/frames=16/size=20/via=uring-2          208362   6166 ns/op  3.24 MB/s  1126 cpu-ns/msg  0.06277 syscalls/msg
//	BenchmarkAnswer/frames=16/size=20/via=uring-links-2     59376  25801 ns/op  0.78 MB/s  6234 cpu-ns/msg  0.06366 syscalls/msg
//
// Sixteen sends in one io_uring_enter (uring-links) cost what sixteen system
// calls do: a batch saves the TCP segments and the wake-ups of the client, the
// entries into the kernel are the lesser part.
//
// SendPair alternates two ways within a benchmark, so that differences of a few
// percent show on a busy machine. This one had a load average of 28:
//
//	$ go test -run '^$' -bench 'SendPair/./size=20$' -benchtime 300ms ./syscalls
//	BenchmarkSendPair/frames=1/size=20/via=send-each/against=send-once-2     345   9467 ns/op  0.9971 ratio
//	BenchmarkSendPair/frames=16/size=20/via=send-each/against=send-once-2    975   6557 ns/op  8.420 ratio
//	BenchmarkSendPair/frames=1/size=20/via=writev/against=send-once-2       1702   9792 ns/op  1.043 ratio
//	BenchmarkSendPair/frames=16/size=20/via=writev/against=send-once-2      9500  691.9 ns/op  1.225 ratio
//	BenchmarkSendPair/frames=1/size=20/via=net/against=direct-2              990   9191 ns/op  1.068 ratio
//	BenchmarkSendPair/frames=16/size=20/via=net/against=direct-2           10000   6210 ns/op  1.122 ratio
//	BenchmarkSendPair/frames=1/size=20/via=rawconn/against=direct-2          336  10210 ns/op  1.109 ratio
//	BenchmarkSendPair/frames=16/size=20/via=rawconn/against=direct-2       10000   6816 ns/op  1.186 ratio
//
// Machines are little-endian here: amd64 and arm64.
//
// Who does not need it: a server that is content with package net.
//
// make compare-syscalls compares the ways to answer, interleaved. The system calls
// of the server's thread, in the loop of a benchmark, on a busy machine:
//
//	$ sh profiles/bench.sh -d 1 -o /tmp/out syscalls strace
//	BenchmarkAnswer/frames=16/size=20/via=send-each: 15405 operations captured
//	...
//	call           calls/op  errors/op  EAGAIN/op   us/call      ns/op  of time
//	sendto         1.000195          0          0     13.39  13388.770    0.854  #################
//	epoll_pwait    0.062967   0.000325          -     26.64   1677.313    0.107  ##
//	recvfrom       0.062512          0          0      5.31    332.100    0.021  #
//	futex          0.008893   0.000130          -     25.65    228.108    0.015  #
package syscalls
