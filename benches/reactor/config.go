package reactor

import (
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
)

// Protocol is one connection after its opening handshake; *engine.Engine is
// the one that speaks RFC 6455.
type Protocol interface {
	// Process answers what in holds; see engine.Engine.Process. It may need no
	// more bytes at once than Config.BufferSize: such a connection is dropped.
	Process(in []byte, out *engine.Output, most int) (engine.Progress, error)
	// Close adds to out what this side sends to end the connection, if
	// anything; Process tells by an error when the peer has agreed.
	Close(code int, reason string, out *engine.Output)
	// Ping adds to out what a live peer answers, if anything does; see
	// Config.Idle.
	Ping(out *engine.Output)
	// Room returns where to receive what comes next, which is then the next in
	// of Process; nil for a receive buffer. See engine.Engine.Room. A loop on
	// io_uring does not ask: the kernel has picked a buffer by then.
	Room() []byte
	// Release ends the use of the protocol.
	Release()
}

// DefaultRingBuffers is how many provided buffers a loop on io_uring has. The
// kernel gets only as many of them as are in use, which stay in the cache.
const DefaultRingBuffers = 256

// Config is how a loop works. It must not change while one uses it. New refuses
// values out of range: negative ones, and those that the fields' comments or
// the constants of this package exclude.
//
// A message longer than Engine.Whole is assembled in a buffer of the loop's
// pool, which then waits for the socket to take the answer. See
// scratch.Pool.Grow for how long that buffer is, and scratch.Pool for what the
// pool keeps once such messages have passed.
type Config struct {
	Handler Handler        // nil: every message is echoed
	Engine  engine.Config  // of every connection; the loop sets Handler and Pool; Whole is BufferSize at most
	Opening engine.Opening // how connections begin; its MaxRequest is BufferSize at most

	// NewProtocol, if not nil, makes the protocol of a new connection instead
	// of an engine; its buffers come from pool. A Handler then gets no
	// messages.
	NewProtocol func(pool *scratch.Pool) Protocol
	// Route, if not nil, makes the protocol of a connection by what its opening
	// request asks for, path and query; nil: as if there were no Route.
	Route func(target []byte, pool *scratch.Pool) Protocol

	// Count, if not nil, is where the loop counts: memory that another process
	// reads, say. What a wait for events changes, it sees after the next one.
	Count *Counters

	// Waiting is called on the loop with each request that Opening.Before has
	// wait. It is answered once Deferred.Proceed is called; until then nothing is
	// received from the connection, and its time does not run.
	Waiting func(Deferred)

	Buffers    scratch.Kind
	BufferSize int              // most bytes that a read takes, MinBufferSize to MaxBufferSize; 0: scratch.DefaultSize
	Write      engine.WriteMode // how answers are laid out
	Drain      bool             // read until EAGAIN instead of once per readable event
	FlushFrame bool             // send after each frame instead of after each read
	Nagle      bool             // leave TCP_NODELAY off on connections of Listen and AdoptTLS

	// Uring makes the loop do its I/O by io_uring. In place of Buffers it has
	// RingBuffers provided buffers (a power of two, MaxRingBuffers at most;
	// 0: DefaultRingBuffers) of BufferSize bytes, MaxRingBytes together at
	// most. Drain has no effect. The loop stays on the thread that calls Run,
	// or RunOnce first.
	Uring       bool
	RingBuffers int // Buffers is then scratch.Ring, or left at its zero value

	// OnThread, if not nil, is called on the loop's thread when Run begins, and
	// again if the loop finds itself on another thread. It may pin the thread.
	OnThread func(tid int) error

	// Warn gets, on the loop's thread, a line about what the loop goes on
	// without, such as descriptors for connections. nil: they are dropped.
	Warn func(error)

	// MaxQueue is how many bytes one connection may leave unsent. ErrFull
	// refuses what would exceed it, but for echoes, pongs and close frames. A
	// connection whose peer does not take its answers is not received from
	// until it has, so answers exceed MaxQueue by no more than one read brings,
	// deferred ones by what Conn.Defer allows.
	// With Uring they exceed it by no more than RingBuffers hold, and twice as
	// much that was received by then may wait. 0: the answer to the longest
	// message, and what one read can add to it.
	MaxQueue int
	// MaxBacklog is how many bytes Senders may hand over before the loop takes
	// them; 256 are counted for each call beside its payload. One message of
	// any length is taken when nothing waits. 0: 16 MiB.
	MaxBacklog int

	// Handshake and Linger are never early. They are late by no more than a
	// turn of the loop and, under load, the time between two readings of the
	// clock: 64 turns, of a millisecond at most unless handlers take longer.
	Handshake time.Duration // bound on the opening handshake, anew after each plain request; 0: 5 s
	Linger    time.Duration // bound on the peer's part of closing; 0: 2 s

	// Idle ends connections whose peer is gone without notice. A connection
	// from which nothing has been received for half of it is pinged, once. It
	// is dropped when nothing has been received for all of it, and the socket
	// has taken nothing of what was queued meanwhile, that ping aside: up to a
	// sixteenth of Idle later, or what it takes to sweep through all
	// connections, which a loop with a million does 4,096 per turn. 0: for ever.
	Idle time.Duration
}

func (c Config) withDefaults() Config {
	if c.BufferSize == 0 {
		c.BufferSize = scratch.DefaultSize
	}
	if c.Engine.Whole == 0 || c.Engine.Whole > c.BufferSize {
		c.Engine.Whole = c.BufferSize
	}
	c.Engine = c.Engine.WithDefaults()
	if c.MaxQueue == 0 {
		c.MaxQueue = int(min(c.Engine.MaxMessage, maxQueue)) + 2*c.BufferSize
	}
	c.MaxQueue = min(c.MaxQueue, maxQueue)
	if c.MaxBacklog == 0 {
		c.MaxBacklog = 16 << 20
	}
	c.MaxBacklog = min(c.MaxBacklog, maxQueue)
	c.Opening.MaxRequest = min(c.Opening.Limit(), c.BufferSize) // a request is read whole
	if c.RingBuffers == 0 {
		c.RingBuffers = DefaultRingBuffers
	}
	if c.Handshake == 0 {
		c.Handshake = 5 * time.Second
	}
	if c.Linger == 0 {
		c.Linger = 2 * time.Second
	}
	return c
}
