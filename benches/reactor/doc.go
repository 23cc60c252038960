// Package reactor runs WebSocket connections on event loops: one thread, one
// epoll instance, one scratch buffer for all connections of a loop.
//
// A Loop accepts connections, does their opening handshakes, and drives each
// by its Protocol: read, process, send. In the steady state that is one recv
// and one send a readable event, and no allocation. A connection that does not
// take its answers as fast as it asks is not read from until it has; what else
// is queued for it does not stop reading.
//
// How a loop waits: first by a raw epoll_wait of at most a millisecond, which
// keeps the thread's P, since under load something is ready at once; only an
// idle loop waits through the Go scheduler. See package syscalls.
//
// A Handler is what a server adds of its own: it is told of each connection's
// beginning, messages and end, and answers through the Conn. What it sends a
// peer that does not read is bounded by Config.MaxQueue.
//
// A Loop and all that it calls belong to one goroutine, locked to its thread.
// Do, Adopt, Sender and Shutdown are for others.
package reactor
