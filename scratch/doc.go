// Package scratch is where a server's received bytes live: the receive
// buffer of a read (shared by all connections of a loop, one per connection, or
// pooled), the carry of a frame that a read split, and a pool that the other
// buffers come from.
//
// Nothing here is safe for concurrent use, except a Pool that NewShared made:
// each event loop, or each connection's goroutine, has its own.
//
// # The contract of ownership
//
// Whatever the kind, a receive buffer has one owner at a time:
//
//   - It is the connection's from Get, or from the completion that names it, to
//     its release: for the handling of one read. The connection may change
//     every byte, and answers in place.
//   - What must outlive the release is copied: the beginning of a split frame
//     into a Carry, an answer that the socket does not take into a queue.
//     An answer in a buffer of the Pool, as that to a long message, is not
//     copied: the queue owns the buffer then, and puts it back when it is sent.
//   - It is released once, whole, on every way out, also when the connection
//     has ended meanwhile; nobody touches it afterwards.
//
// The kinds differ in who owns a buffer that is no connection's, and so in what
// ends its release:
//
//	kind    taken by      released by   then it is
//	shared  Get           Put           the loop's: the next read overwrites it
//	conn    Get           Put           still the connection's, for its next read
//	pool    Get           Put           the Pool's: any Get may return it
//	ring    a completion  Recycle       the kernel's: it may fill it at any time
//
// The ring is the one whose release waits for the answer: a send by io_uring
// that is in flight reads the buffer after the handling of the read is over, so
// the buffer is recycled when the completion of the last send from it has come.
// If the socket does not take the answer, it is copied and the buffer recycled,
// lest a slow reader keep one of the few. Its buffers are package syscalls'
// BufRing; the name of the kind is here so that a server can be asked for it.
package scratch
