package reactor

import (
	"wsbench/benches/internal/tls13"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// records is the TLS of a connection whose records the loop opens and seals.
// Buffers are the pool's; an idle connection has none.
type records struct {
	in    *tls13.Opener
	out   *tls13.Sealer
	carry scratch.Carry // a record that is not whole

	sealed []byte // records that are being sent
	sent   int    // bytes of those that are gone
	covers int    // bytes at the front of the queue that they hold
}

// tlsBuffers are a loop's, for all its connections.
type tlsBuffers struct {
	in    []byte // room for the frame that is carried, then what is received
	wire  []byte // records that are sent at once
	plain []byte // several pieces that become one record
}

func (l *Loop) tlsBuffers() *tlsBuffers {
	if l.tls == nil {
		size := max(l.cfg.BufferSize, tls13.MaxRecord)
		l.tls = &tlsBuffers{in: make([]byte, l.cfg.BufferSize+size)}
	}
	return l.tls
}

// readTLS does what read does for a connection with TLS.
func (l *Loop) readTLS(c *Conn) bool {
	if r := c.records(); r != nil {
		return l.readRecords(c, r)
	}
	l.readKernel(c)
	return false
}

// readKernel receives from c, whose records are the kernel's, until EAGAIN. A
// recv that ends at a key update has come upon it, and epoll reports nothing
// more until it is taken.
func (l *Loop) readKernel(c *Conn) {
	empty := l.count.EAGAINs
	for range drainReads {
		if l.read(c); !c.reads() || c.flags&paused != 0 || l.count.EAGAINs != empty {
			return
		}
	}
	l.readLater(c)
}

// readLater has c, whose records are the kernel's, read in the next turn, as
// epoll may not report what is left.
func (l *Loop) readLater(c *Conn) {
	l.do(0, func() {
		if c.reads() && c.flags&paused == 0 {
			l.readKernel(c)
		}
	})
}

// readRecords receives from c and handles the records that came.
func (l *Loop) readRecords(c *Conn, r *records) bool {
	buf, room := l.tlsBuffers().in, l.cfg.BufferSize
	have := r.carry.Len()
	from := room + have
	n, errno := syscalls.Recv(int(c.fd), buf[from:min(from+l.cfg.BufferSize, len(buf))])
	n, more := l.received(c, n, errno)
	switch {
	case !more:
	case n < have:
		more = l.feed(c, r, buf[from:from+n])
	default:
		r.carry.Restore(&l.pool, buf[room:])
		more = l.openRecords(c, r, buf[:from+n], room)
	}
	l.relax(c)
	return more
}

// feed handles in behind the record that c carries, as process does.
func (l *Loop) feed(c *Conn, r *records, in []byte) bool {
	more := true
	for more && len(in) > 0 && r.carry.Len() > 0 {
		in = in[r.carry.Add(&l.pool, in):]
		more = l.openRecords(c, r, r.carry.Bytes(), 0)
	}
	if more && len(in) > 0 {
		return l.openRecords(c, r, in, 0)
	}
	l.setAside(c, in)
	return more
}

// openRecords opens the records in buf[at:] and processes what is in them. buf[:at] is
// room that may be overwritten. It is true while c may be read from.
func (l *Loop) openRecords(c *Conn, r *records, buf []byte, at int) bool {
	t := c.tls()
	for !t.ended {
		b := r.open(buf, at, l.cfg.BufferSize)
		at = b.next
		switch {
		case b.end == b.begin:
		case t.post.Partial():
			l.refuse(c, t, tls13.UnexpectedMessage)
		default:
			l.plaintext(c, buf[:b.end], b.begin)
		}
		switch {
		case !c.reads():
			return false
		case b.err != nil:
			l.refuse(c, t, b.err)
			return false
		case b.typ != 0 && !l.control(c, t, b.typ, b.content):
			return false
		case b.split > 0:
			r.save(&l.pool, buf[at:], b.split)
			return c.flags&paused == 0
		case c.flags&paused != 0:
			l.setAside(c, buf[at:])
			r.carry.Drop(&l.pool) // buf may be its
			return false
		}
	}
	return false
}

// setAside keeps what was received from c, which is paused, until it is not.
func (l *Loop) setAside(c *Conn, in []byte) {
	if len(in) > 0 && c.reads() {
		x := l.extra(c)
		x.ahead = append(x.ahead, in...)
	}
}

// plaintext processes buf[begin:], behind the frame that c carries. buf[:begin]
// may be overwritten.
func (l *Loop) plaintext(c *Conn, buf []byte, begin int) {
	have := 0
	if c.x != nil {
		have = c.x.carry.Len()
	}
	switch {
	case have == 0:
		l.process(c, buf[begin:])
	case have <= begin:
		l.resume(c, buf[begin-have:], have, len(buf)-begin)
	default:
		l.behindCarry(c, buf[begin:])
	}
}

// batch is what open finds in records that lie one behind another.
type batch struct {
	begin, end int    // where their application data is, moved together
	next       int    // where the record behind them begins
	split      int    // bytes that this one has at least, if it is not whole; else 0
	typ        uint8  // of the last record, if it is not application data; else 0
	content    []byte // of that one
	err        error  // of the record behind them: an alert
}

// open opens the records in buf[at:], until they are most bytes or more.
func (r *records) open(buf []byte, at, most int) (b batch) {
	b.begin, b.end, b.next = at, at, at
	for b.end-b.begin < most {
		size, err := tls13.RecordSize(buf[b.next:])
		if err == nil && (size == 0 || size > len(buf)-b.next) {
			b.split = max(size, tls13.HeaderSize)
			return b
		}
		var typ uint8
		var plain []byte
		if err == nil {
			typ, plain, err = r.in.Open(buf[b.next : b.next+size])
		}
		if err != nil {
			b.err = err
			return b
		}
		at, b.next = b.next+tls13.HeaderSize, b.next+size
		switch {
		case typ != tls13.TypeApplicationData:
			b.typ, b.content = typ, plain
			return b
		case b.begin == b.end:
			b.begin, b.end = at, at+len(plain)
		default:
			b.end += copy(buf[b.end:], plain)
		}
	}
	return b
}

// save carries rest, which begins a record of size bytes at least.
func (r *records) save(p *scratch.Pool, rest []byte, size int) {
	if len(rest) == 0 {
		r.carry.Drop(p)
		return
	}
	r.carry.Save(p, rest, size)
}
