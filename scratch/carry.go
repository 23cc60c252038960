package scratch

// Carry keeps, between two reads of a connection, the octets of a frame that
// the first one split. The zero value carries nothing and owns no buffer.
type Carry struct{ b []byte }

// Len is how many octets are carried.
func (c *Carry) Len() int { return len(c.b) }

// Save carries a copy of rest. Nothing may be carried already.
func (c *Carry) Save(p *Pool, rest []byte) {
	c.b = append(p.Get(len(rest)), rest...)
}

// Restore moves the carried octets to the front of buf, which must have room
// for them, and tells how many they are; the carry is then empty.
func (c *Carry) Restore(p *Pool, buf []byte) int {
	if len(c.b) == 0 {
		return 0
	}
	n := copy(buf, c.b)
	c.Drop(p)
	return n
}

// Drop carries nothing any more and gives the buffer back.
func (c *Carry) Drop(p *Pool) {
	p.Put(c.b)
	*c = Carry{}
}
