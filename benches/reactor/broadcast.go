package reactor

import (
	"wsbench/parse"
)

// Prepared is a message in the form in which it is sent. Many connections can
// send the same one.
type Prepared struct{ frame []byte }

// Prepare makes a Prepared of a copy of payload. It refuses what Conn.Send
// refuses on every connection, by ErrOpcode or ErrControl.
func Prepare(op parse.Opcode, payload []byte) (*Prepared, error) {
	if err := sendable(op, len(payload)); err != nil {
		return nil, err
	}
	b := make([]byte, 0, parse.MaxServerHeader+len(payload))
	return &Prepared{append(parse.AppendHeader(b, parse.FIN|uint8(op), len(payload)), payload...)}, nil
}

// sendable returns why no connection sends a message of this opcode and length,
// nil if one may.
func sendable(op parse.Opcode, length int) error {
	switch op {
	case parse.Text, parse.Binary:
		return nil
	case parse.Ping, parse.Pong:
		if length > parse.MaxControl {
			return ErrControl
		}
		return nil
	}
	return ErrOpcode
}

// SendPrepared sends p as Send sends a payload, without a copy.
func (c *Conn) SendPrepared(p *Prepared) error {
	if err := c.refuses(len(p.frame)); err != nil {
		return err
	}
	if c.l.busy == c {
		c.l.added += len(p.frame)
		c.l.out.Add(p.frame)
		return nil
	}
	c.l.extra(c).queue.share(&c.l.pool, p.frame)
	c.l.mark(c)
	return nil
}

// Broadcast sends p, without a copy for each, to the open connections that to
// accepts (nil: to all), and returns how many took it. It skips those that are
// closing or full.
func (l *Loop) Broadcast(p *Prepared, to func(*Conn) bool) (sent int) {
	for c := range l.conns.all {
		if c.state == open && (to == nil || to(c)) && c.SendPrepared(p) == nil {
			sent++
		}
	}
	return sent
}

// mark makes what c was sent leave when the present events are handled.
func (l *Loop) mark(c *Conn) {
	if c.flags&inDirty == 0 {
		c.flags |= inDirty
		l.dirty = append(l.dirty, c)
	}
}

// flushDirty sends what connections were sent from outside their own reads.
func (l *Loop) flushDirty() {
	for i := 0; i < len(l.dirty); i++ { // a handler may add to it
		c := l.dirty[i]
		c.flags &^= inDirty
		switch {
		case c.state == dropped:
		case l.ring != nil:
			l.ring.start(c)
		case c.flags&full == 0:
			l.drainQueue(c)
		}
		l.dirty[i] = nil
	}
	l.dirty = l.dirty[:0]
}
