package reactor

import (
	"wsbench/benches/engine"
	"wsbench/parse"
)

// Handler gets what happens on the connections of a loop. The loop calls it on
// its own goroutine: while it works, no other connection is served. See
// Conn.Defer for work that takes long.
type Handler interface {
	// Open is called once for each connection, after its opening handshake and
	// before anything else.
	Open(c *Conn)
	// Message is called once per message, whole and unmasked. The payload of a
	// Text is valid UTF-8. The handler may change payload in place; c.Echo
	// sends it back. The handler must not keep it.
	Message(c *Conn, op parse.Opcode, payload []byte)
	// Close is called once for each connection that Open was called for, when
	// nothing can be sent on it any more. err is nil after a closing handshake,
	// else why it ended: what the peer did wrong, an io error, ErrSilent.
	Close(c *Conn, err error)
}

// Drainer is a Handler that is called when a slow connection has taken
// everything that was queued for it.
type Drainer interface {
	Drained(c *Conn)
}

// messages is a loop as the handler of its engines.
type messages struct{ l *Loop }

// Message implements engine.Handler.
func (m messages) Message(out *engine.Output, op parse.Opcode, payload []byte) engine.Action {
	l, c := m.l, m.l.busy
	l.echo, l.shown = false, len(payload)
	l.cfg.Handler.Message(c, op, payload)
	switch {
	case c.flags&saidClose != 0:
		if l.echo { // an engine that closes echoes no more
			out.Send(op, payload)
		}
		c.proto.Close(l.code, l.reason, out)
	case l.echo:
		return engine.Echo
	}
	return engine.Discard
}

// opened begins c's life after the opening handshake.
func (l *Loop) opened(c *Conn) {
	var p Protocol
	if l.cfg.Route != nil {
		p = l.cfg.Route(l.asked.Target, &l.pool)
	}
	if p == nil {
		p = l.cfg.NewProtocol(&l.pool)
	}
	if t := c.tls(); t != nil {
		t.Protocol = p
	} else {
		c.proto = p
	}
	c.state = open
	l.bound(c, 0)
	if l.cfg.Handler != nil {
		c.flags |= announced
		l.cfg.Handler.Open(c)
	}
}

// over calls the handler's Close for c, once.
func (l *Loop) over(c *Conn, err error) {
	if c.flags&announced == 0 {
		return
	}
	c.flags &^= announced
	if err == engine.ErrClosed {
		err = nil
	}
	l.cfg.Handler.Close(c, err)
}

// drained calls the handler's Drained, if it is owed that.
func (l *Loop) drained(c *Conn) {
	if c.flags&full == 0 {
		return
	}
	c.flags &^= full
	if d, ok := l.cfg.Handler.(Drainer); ok && c.state == open {
		d.Drained(c)
	}
}
