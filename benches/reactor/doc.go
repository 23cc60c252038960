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
//
// # A server
//
// Example shows an echo server and its client in one file; benches/examples has a
// chat broker that drops slow readers, and a net/http server whose upgraded
// connections go on here.
//
//	loop, err := reactor.New(reactor.Config{Handler: h})
//	fd, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:9001"), syscalls.ListenOptions{})
//	err = loop.Listen(fd)
//	err = loop.Run()
//
// What a server has to provide, and what it may leave out:
//
//	required   Config.Handler          Open, Message and Close; nil echoes
//	required   Listen, Adopt, AdoptTLS one of them, or the loop has nothing to do
//	required   Run, or RunOnce         on a goroutine of its own; RunOnce within another loop
//	optional   Drainer                 to go on sending to a peer that was slow, after ErrFull
//	optional   Conn.Defer              for handlers that take long
//	optional   Sender, Broadcast       to send from other goroutines; ErrBacklog refuses what is too fast
//	optional   Config.Opening          origins, subprotocols, plain HTTP routes
//	optional   Config.MaxQueue, Idle   bounds on what a peer costs; the defaults are bounded, Idle is not
//	optional   Config.NewProtocol      another protocol than RFC 6455
package reactor
