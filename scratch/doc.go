// Package scratch is where a server's received octets live: the receive
// buffer of a read (shared by all connections of a loop, one a connection, or
// pooled), the carry of a frame that a read split, and a pool that the other
// buffers come from.
//
// Nothing here is safe for concurrent use: each event loop, or each
// connection's goroutine, has its own.
//
// The contract of ownership: a receive buffer is the connection's from Get to
// Put, which enclose the handling of one read; what must outlive the read is
// copied, into a Carry or elsewhere.
package scratch
