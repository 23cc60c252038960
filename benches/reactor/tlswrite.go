package reactor

import (
	"wsbench/benches/internal/tls13"
	"wsbench/syscalls"
)

// chunk is how many bytes are sealed for one send at most: a message of 64 KiB
// with its header is less, and whole records but the last make it up.
const chunk = 5 * tls13.MaxPlaintext

// sealedRoom is the room that chunk's records take at most, a key update of the
// Sealer's own among them.
func sealedRoom(n int) int { return tls13.SealedSize(n) + 2*tls13.Overhead }

// flushRecords seals and sends segs, all that there is to send, and queues what
// the socket does not take; false where the connection has ended instead.
func (l *Loop) flushRecords(c *Conn, r *records, segs [][]byte) bool {
	bufs := l.tlsBuffers()
	for done, all := 0, total(segs); done < all; {
		plain := l.joined(segs, done)
		bufs.wire = r.out.Seal(bufs.wire[:0], tls13.TypeApplicationData, plain)
		n, errno := syscalls.Send(int(c.fd), bufs.wire)
		if n = l.sent(c, n, errno); n < 0 {
			return false
		}
		if n < len(bufs.wire) {
			rest := bufs.wire[n:]
			r.sealed = append(l.pool.Get(len(rest)), rest...)
			r.covers = len(plain)
			return l.unsent(c, segs, done)
		}
		done += len(plain)
	}
	return true
}

// joined returns what segs have behind their first skip bytes, chunk bytes at
// most: a part of the first segment where that is long, else a copy of several.
func (l *Loop) joined(segs [][]byte, skip int) []byte {
	for skip >= len(segs[0]) {
		skip -= len(segs[0])
		segs = segs[1:]
	}
	first := segs[0][skip:]
	if len(segs) == 1 || len(first) >= tls13.MaxPlaintext {
		return first[:min(len(first), chunk)]
	}
	bufs := l.tlsBuffers()
	bufs.plain = append(bufs.plain[:0], first...)
	for _, s := range segs[1:] {
		bufs.plain = append(bufs.plain, s[:min(len(s), chunk-len(bufs.plain))]...)
	}
	return bufs.plain
}

// nextTLS does what next does over TLS.
func (l *Loop) nextTLS(c *Conn) [][]byte {
	q := &c.x.queue
	segs := q.segments(l.segs[:0])
	if r := c.records(); r != nil {
		wire := r.seal(l, q.record(), segs)
		segs = append(segs[:0], wire)
	}
	return segs
}

// sendTLS does what sendNext does over TLS.
func (l *Loop) sendTLS(c *Conn, segs [][]byte) int {
	if typ := c.kernelRecord(); typ != 0 {
		n, errno := syscalls.SendRecord(int(c.fd), typ, segs[0])
		return l.sent(c, n, errno)
	}
	return l.sendSome(c, segs)
}

// kernelRecord returns the type of the record that the queue begins with, for
// the kernel to seal; 0 where it is to send bytes.
func (c *Conn) kernelRecord() uint8 {
	if c.flags&secure == 0 || c.tls().kernel == nil {
		return 0
	}
	return c.x.queue.record()
}

// goneTLS does what gone does over TLS, and tells what queue.gone does.
func (l *Loop) goneTLS(c *Conn, n int) (moved bool) {
	q := &c.x.queue
	typ := q.record()
	if r := c.records(); r != nil {
		moved = r.gone(l, q, n)
	} else {
		moved = q.gone(&l.pool, l.ring, n)
	}
	if typ != 0 && n > 0 {
		l.controlSent(c, typ)
	}
	return moved
}

// seal returns records of what segs, the front of the queue, begin with, or what
// is left of those that it returned before. typ is of the record that segs are,
// 0 if that is application data.
func (r *records) seal(l *Loop, typ uint8, segs [][]byte) []byte {
	if r.sealed == nil {
		plain := l.joined(segs, 0)
		r.covers = len(plain)
		room := l.pool.Get(sealedRoom(len(plain)))
		switch typ {
		case 0:
			r.sealed = r.out.Seal(room, tls13.TypeApplicationData, plain)
		case tls13.TypeHandshake:
			r.sealed = r.out.SealKeyUpdate(room, false)
		default:
			r.sealed = r.out.Seal(room, typ, plain)
		}
	}
	return r.sealed[r.sent:]
}

// left returns how many bytes of sealed records are not sent.
func (r *records) left() int { return len(r.sealed) - r.sent }

// gone takes n bytes of sealed records off, and what they hold off the queue
// once they are all gone. It returns what queue.gone does.
func (r *records) gone(l *Loop, q *queue, n int) (moved bool) {
	moved = n > 0 && r.covers > q.mute
	if r.sent += n; r.left() > 0 {
		return moved
	}
	l.pool.Put(r.sealed)
	covered := r.covers
	r.sealed, r.sent, r.covers = nil, 0, 0
	return q.gone(&l.pool, l.ring, covered) || moved
}
