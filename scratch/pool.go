package scratch

import "math/bits"

const (
	minClass = 6  // 64 octets
	maxClass = 20 // 1 MiB
	// retain is how many octets of free buffers one class keeps.
	retain = 1 << 20
)

// Pool keeps free buffers by size, powers of two from 64 octets to 1 MiB, so
// that a steady state allocates nothing. The zero value is an empty pool.
type Pool struct {
	free [maxClass - minClass + 1][][]byte
}

// Get returns a buffer of length 0 and capacity n octets at least. It is the
// caller's until Put; what it held before is not cleared.
func (p *Pool) Get(n int) []byte {
	c := class(n)
	if c > maxClass {
		return make([]byte, 0, n)
	}
	list := p.free[c-minClass]
	if len(list) == 0 {
		return make([]byte, 0, 1<<c)
	}
	b := list[len(list)-1]
	list[len(list)-1] = nil
	p.free[c-minClass] = list[:len(list)-1]
	return b
}

// Put gives a buffer back, whole: not a part of one. Buffers whose capacity no
// class has, nil among them, and those over what a class retains are left to
// the garbage collector.
func (p *Pool) Put(b []byte) {
	c := class(cap(b))
	if cap(b) != 1<<c || c > maxClass {
		return
	}
	list := &p.free[c-minClass]
	if (len(*list)+1)<<c > retain {
		return
	}
	*list = append(*list, b[:0])
}

// Trim leaves free buffers of more than n octets to the garbage collector.
func (p *Pool) Trim(n int) {
	for c := class(n) + 1; c <= maxClass; c++ {
		p.free[c-minClass] = nil
	}
}

// Grow returns b with room for n octets more, moved to a larger buffer of the
// pool where it has to be; the old one is then given back.
func (p *Pool) Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	larger := append(p.Get(max(len(b)+n, 2*cap(b))), b...)
	p.Put(b)
	return larger
}

// class is the exponent of the smallest power of two that holds n.
func class(n int) int {
	if n <= 1<<minClass {
		return minClass
	}
	return bits.Len(uint(n - 1))
}
