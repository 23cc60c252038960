package reactor

import (
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/syscalls"
)

// greet answers the requests that in holds, up to the opening handshake. The
// frames that follow it are rest. ok is false where c is not read from any
// more.
func (l *Loop) greet(c *conn, in []byte) (rest []byte, ok bool) {
	before := c.greet.Answered()
	r := l.cfg.Opening.Answer(&c.greet, in, l.answer[:0])
	if cap(r.Wire) <= l.cfg.BufferSize { // what many requests at once took is not kept
		l.answer = r.Wire
	}
	if len(r.Wire) > 0 && !l.send(c, r.Wire) {
		return nil, false
	}
	rest = in[r.Consumed:]
	switch {
	case r.Step == engine.Accepted:
		c.proto = l.cfg.NewProtocol(&l.pool)
		c.state = open
		return rest, true
	case r.Step == engine.Ended:
		l.finish(c)
		return nil, false
	case len(rest) > 0:
		c.carry.Save(&l.pool, rest)
	}
	if c.greet.Answered() > before {
		l.await(c)
	}
	return nil, c.interest&syscalls.EPOLLIN != 0
}

// await gives c the time of an opening handshake from now on.
func (l *Loop) await(c *conn) { l.handshake.push(c, time.Now().Add(l.cfg.Handshake)) }

// late ends c, whose opening handshake took too long. A peer that has begun a
// request is told why.
func (l *Loop) late(c *conn) {
	if !c.greet.Begun() {
		l.drop(c)
		return
	}
	l.answer = parse.ErrTimeout.Append(l.answer[:0])
	if l.send(c, l.answer) {
		l.finish(c)
	}
}
