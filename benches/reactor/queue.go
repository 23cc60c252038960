package reactor

import "wsbench/scratch"

// queue is what a connection has not sent yet: bytes of its own, in buffers
// of the pool, frames that it shares with other connections, and answers in the
// provided buffers that they arrived in. The zero value is empty and owns
// nothing.
type queue struct {
	list []piece
	head int // pieces of list that are gone
	held int // pieces from head on that the kernel is sending from
	sent int // bytes of list[head] that are gone
	size int // bytes still to send
	owed int // of those, up to the end of the last answer
	mute int // bytes at the front that tell nothing by leaving: a ping
}

// piece is bytes to send. One of the connection's own may grow.
type piece struct {
	b     []byte
	owner owner
	from  uint8  // where in b the bytes to send begin
	bid   uint16 // last: the buffer that is free once b is sent
	end   bool   // what follows goes by a send of its own (Config.FlushFrame)
	typ   uint8  // of the TLS record that b is alone in; 0: it is the protocol's
}

type owner uint8

const (
	shared   owner = iota // nobody changes b any more
	own                   // b is of the pool
	borrowed              // b is in the provided buffer that is being processed
	held                  // b is in a provided buffer
	last                  // and nothing behind it is in the same
)

// A connection's own piece begins with room for ownPiece bytes at least, and
// grows to fullPiece: what is gone of it is freed when all of it is, which a
// queue that never runs empty would otherwise not live to see.
const (
	ownPiece  = 1 << 10
	fullPiece = 64 << 10

	smallFrame = 128 // bytes of a frame that is not worth sharing

	// keptPieces bounds the list that an empty queue keeps.
	keptPieces = 128
)

// empty reports whether nothing is left to send.
func (q *queue) empty() bool { return q.size == 0 }

// add appends a copy of b.
func (q *queue) add(p *scratch.Pool, b []byte) {
	if len(b) == 0 {
		return
	}
	q.size += len(b)
	if n := len(q.list); n > q.head+q.held {
		if tail := &q.list[n-1]; tail.owner == own && !tail.end && len(tail.b)+len(b) <= fullPiece {
			tail.b = append(p.Grow(tail.b, len(b), 0), b...)
			return
		}
	}
	q.push(piece{b: append(p.Get(max(len(b), ownPiece)), b...), owner: own})
}

// own appends room[from:] without a copy. room is a buffer of the pool and the
// queue's from now on.
func (q *queue) own(room []byte, from uint8) {
	if q.size == 0 {
		q.sent = int(from)
	}
	q.size += len(room) - int(from)
	q.push(piece{b: room, owner: own, from: from})
}

// share appends b itself, which nobody may change any more, or a copy where
// that takes no more room than a piece does.
func (q *queue) share(p *scratch.Pool, b []byte) {
	if len(b) <= smallFrame {
		q.add(p, b)
		return
	}
	q.size += len(b)
	q.push(piece{b: b})
}

// lend appends b, which lies in a provided buffer.
func (q *queue) lend(b []byte) {
	q.size += len(b)
	q.push(piece{b: b, owner: borrowed})
}

func (q *queue) push(x piece) {
	if 2*q.head > len(q.list) && len(q.list) == cap(q.list) {
		n := copy(q.list, q.list[q.head:])
		clear(q.list[n:])
		q.list, q.head = q.list[:n], 0
	}
	q.list = append(q.list, x)
}

// lent says that buffer bid is processed: the pieces in it are all that are
// borrowed. It is false where there is none.
func (q *queue) lent(bid uint16) (found bool) {
	for i := len(q.list) - 1; i >= q.head; i-- {
		x := &q.list[i]
		switch {
		case x.owner != borrowed:
		case found:
			x.owner = held
		default:
			found = true
			x.owner, x.bid = last, bid
		}
	}
	return found
}

// keep copies what lies in provided buffers, and gives those back. The kernel
// must not be sending from them.
func (q *queue) keep(p *scratch.Pool, to *uring) {
	for i := q.head; i < len(q.list); i++ {
		x := &q.list[i]
		if x.owner < borrowed {
			continue
		}
		skip := 0
		if i == q.head {
			skip, q.sent = q.sent, 0
		}
		b := append(p.Get(len(x.b)-skip), x.b[skip:]...)
		if x.owner == last {
			to.Recycle(x.bid)
		}
		*x = piece{b: b, owner: own, end: x.end}
	}
}

// most is how many pieces one call sends: what a slow reader of broadcasts
// leaves is long before it gets so far.
const most = 64

// endFrame makes what is queued from now on go by a send of its own.
func (q *queue) endFrame() {
	if n := len(q.list); n > q.head {
		q.list[n-1].end = true
	}
}

// control appends b as a TLS record of its own.
func (q *queue) control(p *scratch.Pool, typ uint8, b []byte) {
	q.endFrame()
	q.size += len(b)
	q.push(piece{b: append(p.Get(len(b)), b...), owner: own, end: true, typ: typ})
}

// record returns the type of the TLS record that the queue begins with; 0 where
// that is the protocol's bytes.
func (q *queue) record() uint8 {
	if q.head == len(q.list) {
		return 0
	}
	return q.list[q.head].typ
}

// segments appends to segs what is to be sent next. It stays valid until the
// next call of the queue's, or, of pieces that are held, until they are gone.
func (q *queue) segments(segs [][]byte) [][]byte {
	skip := q.sent
	for i := q.head; i < len(q.list) && len(segs) < most; i++ {
		x := &q.list[i]
		segs = append(segs, x.b[max(skip, int(x.from)):])
		if skip = 0; x.end {
			break
		}
	}
	return segs
}

// heldBytes returns how many bytes the kernel is sending.
func (q *queue) heldBytes() (n int) {
	skip := q.sent
	for _, x := range q.list[q.head : q.head+q.held] {
		n += len(x.b) - max(skip, int(x.from))
		skip = 0
	}
	return n
}

// owe says that what the queue ends with is an answer.
func (q *queue) owe() { q.owed = q.size }

// gone takes n bytes off the front. It is true where that tells that the peer
// takes what it is sent.
func (q *queue) gone(p *scratch.Pool, to *uring, n int) (moved bool) {
	moved = n > q.mute
	q.mute = max(q.mute-n, 0)
	q.size -= n
	q.owed = max(q.owed-n, 0)
	q.held = 0
	n += q.sent
	for q.head < len(q.list) && n >= len(q.list[q.head].b) {
		x := &q.list[q.head]
		n -= len(x.b)
		switch x.owner {
		case own:
			p.Put(x.b)
		case last:
			to.Recycle(x.bid)
		}
		*x = piece{}
		if q.head++; q.head < len(q.list) {
			n += int(q.list[q.head].from)
		}
	}
	q.sent = n
	if q.head == len(q.list) {
		q.list, q.head, q.sent = q.list[:0], 0, 0
		if cap(q.list) > keptPieces {
			q.list = nil
		}
	}
	return moved
}

// drop empties the queue, unsent.
func (q *queue) drop(p *scratch.Pool, to *uring) {
	q.gone(p, to, q.size)
	q.list = nil
}
