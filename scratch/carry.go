package scratch

// Carry keeps, between two reads of a connection, the octets of a frame that
// the first one split. The zero value carries nothing and owns no buffer.
type Carry struct {
	b    []byte
	need int // octets that the frame, or its header, takes at least
}

// Len is how many octets are carried.
func (c *Carry) Len() int { return len(c.b) }

// Save carries a copy of rest, which begins a frame that takes need octets at
// least. Nothing may be carried already.
func (c *Carry) Save(p *Pool, rest []byte, need int) {
	c.need = need
	c.b = append(p.Get(len(rest)), rest...)
}

// Restore moves the carried octets to the front of buf and tells how many
// they are; the carry is then empty. It does nothing, and is -1, where buf
// cannot hold the whole frame: such a frame is finished in the carry, by Tail
// and Extend.
func (c *Carry) Restore(p *Pool, buf []byte) int {
	if len(c.b) == 0 {
		return 0
	}
	if c.need > len(buf) {
		return -1
	}
	n := copy(buf, c.b)
	c.Drop(p)
	return n
}

// Tail is where the next octets of the carried frame belong: at most what it
// still needs. The carry grows as octets arrive, not as the peer announces
// them.
func (c *Carry) Tail(p *Pool) []byte {
	missing := c.need - len(c.b)
	c.b = p.Grow(c.b, min(missing, max(len(c.b), 4<<10)))
	return c.b[len(c.b):min(cap(c.b), len(c.b)+missing)]
}

// Extend takes n octets that were written to Tail. It returns the frame once
// it is whole as far as need goes; it stays valid until Drop.
func (c *Carry) Extend(n int) (frame []byte, whole bool) {
	c.b = c.b[:len(c.b)+n]
	return c.b, len(c.b) >= c.need
}

// Drop carries nothing any more and gives the buffer back.
func (c *Carry) Drop(p *Pool) {
	p.Put(c.b)
	*c = Carry{}
}

// Detach carries nothing any more but leaves the buffer to the caller, who
// gives it back to the pool.
func (c *Carry) Detach() { *c = Carry{} }
