package reactor

import (
	"wsbench/benches/internal/tls13"
	"wsbench/syscalls"
)

// chunk is the most bytes that are sealed for one send: full records, and room for
// a message of 64 KiB with its header.
const chunk = 5 * tls13.MaxPlaintext

// sealedRoom returns the most bytes that the records of n bytes have, with a key
// update that the Sealer adds.
func sealedRoom(n int) int { return tls13.SealedSize(n) + 2*tls13.Overhead }

// flushRecords seals and sends segs on c, which has nothing queued. It queues what
// the socket does not take, and returns false if the connection has ended.
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

// joined returns up to chunk bytes of segs behind their first skip bytes. They are a
// part of one segment if that is long, and otherwise a copy of several.
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

// nextTLS is next over TLS.
func (l *Loop) nextTLS(c *Conn) [][]byte {
	q := &c.x.queue
	segs := q.segments(l.segs[:0])
	if r := c.records(); r != nil {
		wire := r.seal(l, q.record(), segs)
		segs = append(segs[:0], wire)
	}
	return segs
}

// sendTLS is sendNext over TLS.
func (l *Loop) sendTLS(c *Conn, segs [][]byte) int {
	if typ := c.kernelRecord(); typ != 0 {
		n, errno := syscalls.SendRecord(int(c.fd), typ, segs[0])
		return l.sent(c, n, errno)
	}
	return l.sendSome(c, segs)
}

// kernelRecord returns the type of the control record that the kernel is to seal
// next, or 0 if the queue begins with application data or the loop seals.
func (c *Conn) kernelRecord() uint8 {
	if c.flags&secure == 0 || c.tls().kernel == nil {
		return 0
	}
	return c.x.queue.record()
}

// goneTLS is gone over TLS. It returns what queue.gone does.
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

// seal returns the records to send next: what is left of those it made before, or
// new ones of the front of segs, which are the front of the queue. typ is 0 for
// application data, or the type of the control record that segs hold.
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

// gone takes n bytes of sealed records off. Once all are sent, it takes their
// content off the queue. It returns what queue.gone does.
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
