package reactor

import (
	"wsbench/benches/engine"
	"wsbench/parse/opening"
)

// greet answers the requests that in holds, up to the opening handshake. The
// frames that follow it are rest. ok is false where c is not read from any
// more. What is not answered because the peer does not take its answers is
// carried until unpause.
func (l *Loop) greet(c *Conn, in []byte) (rest []byte, ok bool) {
	x := l.extra(c)
	before := x.greet.Answered()
	rest = in
	r := engine.Reply{Step: engine.Full}
	for r.Step == engine.Full && c.flags&paused == 0 {
		r = l.cfg.Opening.Answer(&x.greet, rest, l.answer[:0])
		l.answer = r.Wire
		if len(r.Wire) > 0 && !l.send(c, r.Wire) {
			return nil, false
		}
		rest = rest[r.Consumed:]
		if l.ring != nil && x.queue.owed >= engine.MostAnswers && r.Step != engine.Ended {
			l.pause(c) // nothing is sent before the turn ends
		}
	}
	switch {
	case r.Step == engine.Accepted:
		l.asked = r
		l.opened(c)
		l.asked = engine.Reply{}
		if len(rest) == 0 {
			l.consumed(c)
		}
		return rest, c.state == open
	case r.Step == engine.Ended:
		l.finish(c, nil)
		return nil, false
	case len(rest) > 0:
		x.carry.Save(&l.pool, rest, 0)
	default:
		l.consumed(c)
	}
	switch {
	case r.Step == engine.Waiting:
		l.bound(c, 0) // its peer waits for this side
		x.deferred += callCost
		l.cfg.Waiting(Deferred{l, c.ID(), callCost})
		l.pause(c)
		l.watch(c)
	case x.greet.Answered() != before:
		x.answered = l.clock()
	}
	return nil, c.flags&paused == 0
}

// proceed answers the request of c that has waited, which c carries.
func (l *Loop) proceed(c *Conn) {
	if c.state != greeting {
		return
	}
	l.bound(c, l.cfg.Handshake)
	c.x.greet.Proceed()
	c.flags &^= paused
	l.process(c, c.x.carry.Bytes())
	if c.reads() && c.flags&paused == 0 {
		l.unpause(c)
		l.watch(c)
		l.relax(c)
	}
}

// lateRequest ends c, whose opening handshake took too long, unless a plain
// request was answered meanwhile. A peer that has begun a request, and takes
// what it is sent, is told why.
func (l *Loop) lateRequest(c *Conn) {
	x := l.extra(c)
	if left := x.answered + l.cfg.Handshake - l.clock(); x.answered > 0 && left > 0 {
		l.bound(c, left)
		return
	}
	if !x.greet.Begun() || !x.queue.empty() {
		l.drop(c, errLate)
		return
	}
	l.answer = opening.ErrTimeout.Append(l.answer[:0])
	if l.send(c, l.answer) {
		l.finish(c, errLate)
	}
}

// Target returns what the opening request asks for, path and query, and "" for
// a connection that was adopted. Only Handler.Open may call it: an idle
// connection keeps nothing of its request. The handler may keep it in Data.
func (c *Conn) Target() string { return string(c.l.asked.Target) }

// Protocol returns the subprotocol that both ends speak, "" for none. Only
// Handler.Open may call it, as Target.
func (c *Conn) Protocol() string { return c.l.asked.Protocol }
