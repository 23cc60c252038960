// Package reactor runs WebSocket connections on event loops. A loop has one
// thread, and for all its connections one epoll instance and one scratch buffer,
// or with Config.Uring one io_uring and a ring of provided buffers.
//
// A Loop accepts connections, does their opening handshakes, and drives each
// by its Protocol: read, process, send. In the steady state that is one recv
// and one send per readable event, and no allocation. A connection that does not
// take its answers as fast as it asks is not read from until it has; what else
// is queued for it does not stop reading.
//
// A loop waits first by a raw system call of at most a millisecond, epoll_wait or
// io_uring_enter, which keeps the thread's P: under load something is ready at
// once. Only an idle loop waits through the Go scheduler. See package syscalls.
//
// A Handler is what a server adds of its own: it is told of each connection's
// beginning, messages and end, and answers through the Conn. What it sends a
// peer that does not read is bounded by Config.MaxQueue. One that takes long
// leaves the answer to another goroutine, by Conn.Defer.
//
// A connection comes by Listen, by Adopt after its opening handshake, or by
// AdoptTLS after its TLS handshake. The loop then opens and seals TLS records,
// or the kernel does. Records are sealed when the socket takes them, so that
// queues and their bounds are of what is in the records; a connection whose peer
// is slow keeps up to 80 KiB of records besides. What one read brings may then be
// a record, 16 KiB, where Config.BufferSize is less, and Counters.Bytes counts
// records whole.
//
// A Loop and all that it calls belong to one goroutine, locked to its thread.
// Do, Adopt, AdoptTLS, Sender and Shutdown are for others.
package reactor
