package scratch

import "unsafe"

// Carry keeps, between two reads of a connection, the bytes of a frame that the
// first one split. The zero value carries nothing and owns no buffer.
//
// A read leaves as much room in front of its buffer as bytes are carried. If it
// brings fewer, Add puts them behind the carried ones. Else Restore puts the
// carried ones in front of them. So the shorter part moves, and a byte costs
// the same however small the pieces of its frame are.
type Carry struct {
	b    []byte
	need int
}

// Len returns how many bytes are carried.
func (c *Carry) Len() int { return len(c.b) }

// Bytes returns the bytes that are carried, without copying them. They are
// valid until the next call of Save, Add, Restore or Drop, and may be changed
// in place.
func (c *Carry) Bytes() []byte { return c.b }

// Save carries rest, which begins a frame of need bytes at least (0: nobody
// knows). rest is copied, unless it is all that is carried already; if it is
// a part of that, it takes its place.
func (c *Carry) Save(p *Pool, rest []byte, need int) {
	if c.need = need; len(rest) == len(c.b) && unsafe.SliceData(rest) == unsafe.SliceData(c.b) {
		return
	}
	b := append(p.Grow(nil, len(rest), need-len(rest)), rest...)
	p.put(c.b, len(c.b))
	c.b = b
}

// Add carries what in begins with, too, as far as it belongs to the same frame,
// and tells how many bytes that is.
func (c *Carry) Add(p *Pool, in []byte) int {
	n := len(in)
	if c.need > 0 {
		n = min(n, c.need-len(c.b))
	}
	c.b = append(p.Grow(c.b, n, c.need-len(c.b)-n), in[:n]...)
	return n
}

// Restore moves the carried bytes to the front of buf, which must have room
// for them, and tells how many they are; the carry is then empty.
func (c *Carry) Restore(p *Pool, buf []byte) int {
	if len(c.b) == 0 {
		return 0
	}
	n := copy(buf, c.b)
	p.put(c.b, 2*n) // into the carry, and out of it
	*c = Carry{}
	return n
}

// Drop carries nothing any more and gives the buffer back.
func (c *Carry) Drop(p *Pool) {
	p.put(c.b, len(c.b))
	*c = Carry{}
}
