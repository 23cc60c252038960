package reactor

import (
	"wsbench/parse"
)

// Deferred is an answer that a connection's handler has put off, for any
// goroutine to give: by Answer, or by Drop where there is none. That to a request
// that waits is given by Proceed. One of the three must be called, once.
type Deferred struct {
	l    *Loop
	to   ID
	size int // what it counts against maxDeferred
}

// maxDeferred is up to how many bytes of messages a connection's handler may
// have deferred, callCost for each included, before the connection is not
// received from.
const maxDeferred = 1 << 20

// delivery is the answer to a Deferred on its way to the loop; its frame, of
// Loop.frames, is nil where there is none.
type delivery struct {
	Deferred
	frame   []byte
	proceed bool // the request that waits is answered
}

// Defer puts off the answer to the message that the handler is shown. Only
// Handler.Message may call it, on the connection that it is called for, and
// once. The payload is still not to be kept: whoever answers needs a copy.
//
// A connection that is owed answers to more than 1 MiB of messages, counting
// 256 bytes for each besides its payload, is not received from until it is owed
// less than half of that; one read may exceed it. When the peer closes, or
// breaks the protocol, the answers that it is owed go out before the close
// frame, those that are given within Config.Linger.
func (c *Conn) Defer() Deferred {
	l := c.l
	d := Deferred{l, c.ID(), l.shown + callCost}
	x := l.extra(c)
	if x.deferred += d.size; x.deferred > maxDeferred {
		l.pause(c)
		l.watch(c)
	}
	return d
}

// Answer has the loop send a copy of payload as the answer. Answers leave in
// the order in which they are given. One that the loop cannot send, because
// the connection has ended or Conn.Close was called, is dropped silently. Answers
// count neither against Config.MaxQueue nor against Config.MaxBacklog: Defer
// bounds them.
func (d Deferred) Answer(op parse.Opcode, payload []byte) error {
	if err := sendable(op, len(payload)); err != nil {
		d.Drop()
		return err
	}
	frame := d.l.frames.Get(parse.HeaderSize(len(payload)) + len(payload))
	frame = parse.AppendHeader(frame, parse.FIN|uint8(op), len(payload))
	return d.l.deliver(delivery{Deferred: d, frame: append(frame, payload...)})
}

// Drop gives the answer up.
func (d Deferred) Drop() { d.l.deliver(delivery{Deferred: d}) }

// Proceed has the loop answer the request that Config.Waiting was called with.
func (d Deferred) Proceed() { d.l.deliver(delivery{Deferred: d, proceed: true}) }

// deliver passes a to the loop's goroutine, waking it for the first of several.
func (l *Loop) deliver(a delivery) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.answers = append(l.answers, a); len(l.answers) > 1 {
		return nil
	}
	if err := l.ask(0, l.takeAnswers); err != nil {
		l.answers = nil
		return err
	}
	return nil
}

// settleAll takes the answers that are there.
func (l *Loop) settleAll() {
	l.mu.Lock()
	list := l.answers
	l.answers = l.settled
	l.mu.Unlock()
	for _, a := range list {
		if c := l.conn(uint64(a.to)); c != nil && c.x != nil {
			l.settle(c, a)
		}
		l.frames.Put(a.frame)
	}
	clear(list)
	if l.settled = list[:0]; cap(list) > keptTodo {
		l.settled = []delivery{} // not nil: see excess
	}
}

// settle queues the answer a and lowers what c is owed by its message.
func (l *Loop) settle(c *Conn, a delivery) {
	x := c.x
	x.deferred -= a.size
	if a.proceed {
		l.proceed(c)
		return
	}
	if a.frame != nil && c.state == open && c.flags&saidClose == 0 {
		x.queue.add(&l.pool, a.frame)
		x.queue.owe()
		l.mark(c)
		if c.flags&full != 0 {
			l.filled(c)
		}
	}
	switch {
	case c.state != open:
	case x.deferred == 0 && x.parting != nil:
		l.depart(c)
	case x.queue.empty():
		l.progressed(c)
	}
}

// owes reports whether reading from c is paused until its answers leave, those
// that are queued or those that are deferred.
func (c *Conn) owes() bool {
	return c.x != nil && (c.x.queue.owed > 0 || c.state == greeting && c.x.deferred > 0 || c.x.deferred > maxDeferred/2 || c.x.parting != nil)
}

// part ends c for the reason why after its deferred answers, with the close frame
// segs behind them. It returns false, and does nothing, if no answer is deferred.
func (l *Loop) part(c *Conn, segs [][]byte, why error) bool {
	if c.x == nil || c.x.deferred == 0 || c.flags&saidClose != 0 {
		return false
	}
	c.x.parting = why
	for _, s := range segs {
		c.x.last = append(c.x.last, s...)
	}
	l.bound(c, l.cfg.Linger)
	l.pause(c)
	l.watch(c)
	return true
}

// depart ends c, which has waited for its answers.
func (l *Loop) depart(c *Conn) {
	c.x.queue.add(&l.pool, c.x.last)
	l.mark(c)
	why := c.x.parting
	c.x.last, c.x.parting = nil, nil
	l.finish(c, why)
}
