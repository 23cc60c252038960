package reactor

import (
	"errors"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// Conn is one connection of a Loop. Only the loop's goroutine may use it:
// handlers do, others go through a Sender. An idle Conn owns nothing beyond
// itself, its protocol and, if so configured, a receive buffer. Its 64 bytes
// are an allocation size of Go's: one more would take 80.
type Conn struct {
	// Data is the handler's, for what it keeps of the connection.
	Data any

	l        *Loop
	proto    Protocol
	x        *extra // what an idle connection lacks; nil: nothing of it
	fd       int32
	serial   uint32
	silent   uint16 // sweeps since it was last received from
	unmoved  uint16 // sweeps since something that was queued for it was taken
	interest uint8  // what epoll watches the descriptor for, EPOLLIN and EPOLLOUT
	state    state
	flags    flags
}

// state is how far a connection is.
type state uint8

const (
	greeting  state = iota // the opening handshake is not complete
	open                   // frames go both ways
	finishing              // nothing is read any more; what is queued is sent
	lingering              // all is sent, and FIN; the peer's EOF is awaited
	dropped
)

type flags uint8

const (
	saidClose flags = 1 << iota // our close frame is sent: no message follows it
	announced                   // the handler knows of it: it is owed Close
	inDirty                     // it is in Loop.dirty
	full                        // the socket was, or the queue; the handler is owed Drained
	paused                      // nothing is received: answers that the peer is owed are unsent
	armed                       // a multishot recv is in flight (io_uring)
	sending                     // a send is in flight (io_uring)
	secure                      // its protocol is a tlsConn
)

// extra is what a connection needs while it is not idle.
type extra struct {
	greet engine.Greeting
	carry scratch.Carry
	own   []byte // receive buffer of its own (scratch.PerConn)
	queue queue
	vec   *syscalls.Vector // of a send of several pieces (io_uring)
	ahead []byte           // what came, or Adopt was given, and waits while c is paused
	due   time.Duration    // when its time runs out, by Loop.clock; 0: never
	place int              // in Loop.timers, if it does

	answered time.Duration // when a plain request was last, by Loop.clock; 0: never

	deferred int    // bytes that answers are put off for; see Conn.Defer
	parting  error  // why it ends once those are given; nil: it does not
	last     []byte // what it is sent behind them
}

// idle reports whether nothing is kept in x.
func (x *extra) idle() bool {
	return x.queue.empty() && x.carry.Len() == 0 && x.own == nil && x.ahead == nil && x.due == 0 && x.deferred == 0
}

// extra returns c's extra, one of the spare ones if it had none.
func (l *Loop) extra(c *Conn) *extra {
	if c.x != nil {
		return c.x
	}
	if n := len(l.spare); n > 0 {
		c.x = l.spare[n-1]
		l.spare = l.spare[:n-1]
	} else {
		c.x = &extra{}
	}
	return c.x
}

// maxSpare bounds what connections that have become idle leave behind.
const maxSpare = 256

// relax takes the extra off a connection that has become idle.
func (l *Loop) relax(c *Conn) {
	if c.x == nil || !c.x.idle() || c.state == greeting {
		return
	}
	if len(l.spare) < maxSpare {
		c.x.greet, c.x.answered = engine.Greeting{}, 0
		l.spare = append(l.spare, c.x)
	}
	c.x = nil
}

// ID names a connection among all that its loop ever has. It can be kept, and
// given to a Sender, after the connection has ended.
type ID uint64

// ID returns the connection's name for a Sender.
func (c *Conn) ID() ID { return ID(c.data()) }

func (c *Conn) data() uint64 { return uint64(uint32(c.fd)) | uint64(c.serial)<<32 }

// Loop returns the loop that owns the connection.
func (c *Conn) Loop() *Loop { return c.l }

// What sending may be refused for.
var (
	ErrGone = errors.New("reactor: the connection is closed or closing")
	ErrFull = errors.New("reactor: the connection has Config.MaxQueue bytes unsent")
	ErrLong = errors.New("reactor: the message is longer than Config.MaxQueue")

	// ErrOpcode and ErrControl refuse what no connection may send.
	ErrOpcode  = errors.New("reactor: the opcode is not Text, Binary, Ping or Pong; to end a connection call Close")
	ErrControl = errors.New("reactor: a Ping or Pong carries at most 125 bytes (RFC 6455, section 5.5)")
)

// Buffered returns how many bytes the connection has not sent yet: what the
// kernel has taken does not count.
func (c *Conn) Buffered() int {
	n := 0
	if c.l.busy == c {
		n = c.l.added
	}
	if c.x != nil {
		n += c.x.queue.size
	}
	return n
}

// refuses returns why c does not take a frame of so many bytes; nil if it does.
// A handler that is refused for want of room is owed Drained, even if the
// kernel then takes everything at once.
func (c *Conn) refuses(size int) error {
	have := c.Buffered()
	switch {
	case c.state != open || c.flags&saidClose != 0:
		return ErrGone
	case size > c.l.cfg.MaxQueue:
		return ErrLong
	case have+size <= c.l.cfg.MaxQueue:
		return nil
	case have > 0:
		c.l.filled(c)
	}
	return ErrFull
}

// Echo sends the message that the handler is shown back as it then stands,
// without copying it. Only Handler.Message may call it, on the connection that
// it is called for.
func (c *Conn) Echo() { c.l.echo = c.l.echo || c.l.busy == c }

// Send sends a copy of payload as a message: op is Text, Binary, Ping or Pong.
// It does not check that a Text is UTF-8: that is for the caller to know, and
// peers close the connection where it is not. What a handler sends on the
// connection whose message it is shown goes out before the echo of that
// message. An error means that nothing is sent. After ErrFull, Drainer tells
// when the peer has read what is queued.
func (c *Conn) Send(op parse.Opcode, payload []byte) error {
	if err := sendable(op, len(payload)); err != nil {
		return err
	}
	size := parse.HeaderSize(len(payload)) + len(payload)
	if err := c.refuses(size); err != nil {
		return err
	}
	if c.l.busy == c {
		c.l.added += size
		c.l.out.Send(op, payload)
		return nil
	}
	var head [parse.MaxServerHeader]byte
	q := &c.l.extra(c).queue
	q.add(&c.l.pool, head[:parse.PutHeader(head[:], parse.FIN|uint8(op), len(payload))])
	q.add(&c.l.pool, payload)
	c.l.mark(c)
	return nil
}

// Close begins the closing handshake (RFC 6455, section 7.1.2): what was sent
// before goes out, then the close frame; the connection ends once the peer has
// answered that, or Config.Linger has passed. The handler gets no more messages
// of it.
func (c *Conn) Close(code int, reason string) {
	l := c.l
	if c.state != open || c.flags&saidClose != 0 {
		return
	}
	c.flags |= saidClose
	l.bound(c, l.cfg.Linger)
	if l.busy == c {
		l.code, l.reason = code, reason // an echo may still be due
		return
	}
	side := engine.NewOutput(engine.Copy, &l.pool) // out may be in use
	c.proto.Close(code, reason, side)
	l.enqueue(c, side.Segments(), 0)
	l.mark(c)
}
