package echo

import (
	"time"

	"wsbench/benches/engine"
	"wsbench/parse/opening"
)

// greet answers the requests that in holds, up to the opening handshake. The
// frames that follow it are rest.
func (c *netConn) greet(in []byte) (rest []byte, ok bool) {
	rest = in
	r := engine.Reply{Step: engine.Full}
	for r.Step == engine.Full {
		before := c.greeting.Answered()
		if r, ok = c.reply(rest); !ok {
			return nil, false
		}
		rest = rest[r.Consumed:]
		if c.greeting.Answered() != before {
			c.await()
		}
	}
	switch {
	case r.Step == engine.Accepted:
		c.limit(c.nc.SetDeadline, 0)
		c.eng, c.out = c.s.protocol(r.Target)
		c.upgraded.Store(true)
		if len(rest) == 0 {
			c.carry.Drop(c.s.pool)
		}
		return rest, true
	case r.Step == engine.Ended:
		c.finish()
		return nil, false
	case len(rest) > 0:
		c.carry.Save(c.s.pool, rest, 0)
	default:
		c.carry.Drop(c.s.pool)
	}
	return nil, true
}

// reply answers the requests that in begins with, as many as are answered at
// once, by one write.
func (c *netConn) reply(in []byte) (r engine.Reply, ok bool) {
	room, _ := c.s.answers.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	defer c.s.answers.Put(room)
	r = c.s.opt.Opening.Answer(&c.greeting, in, (*room)[:0])
	*room = r.Wire
	return r, len(r.Wire) == 0 || c.write(r.Wire)
}

// await gives c the time of an opening handshake from now on, its answers
// included: the peer may not read them.
func (c *netConn) await() {
	c.bound = time.Now().Add(c.s.opt.handshake())
	c.limit(c.nc.SetDeadline, c.s.opt.handshake())
}

// late answers a peer that has begun a request and whose time is over, if it
// is.
func (c *netConn) late() {
	if c.eng != nil || !c.greeting.Begun() || time.Now().Before(c.bound) {
		return
	}
	c.limit(c.nc.SetDeadline, netLinger)
	if c.write(opening.ErrTimeout.Append(nil)) {
		c.finish()
	}
}
