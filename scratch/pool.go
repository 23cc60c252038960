package scratch

import (
	"math/bits"
	"sync"
	"time"
)

// The sizes of buffers are classes: powers of two from 64 bytes on, from
// 64 KiB on with a page more, so that a message of such a length fits with its
// header.
const (
	minClass  = 6  // 64 bytes
	pageClass = 16 // 64 KiB and a page
	maxClass  = 30 // 1 GiB and a page
	page      = 4 << 10

	// retain is how many bytes of free buffers a class keeps for ever, give or
	// take their pages.
	retain = 1 << 20
)

// Retained bounds what a pool keeps of free buffers, bytes, once nothing has
// been taken from it for two Ages.
const Retained = 16 << 20

// AgeInterval is how often the owner of a pool calls Age.
const AgeInterval = time.Second

// Pool keeps free buffers by size, so that a steady state allocates nothing and
// clears nothing. The zero value is an empty pool, of one goroutine.
//
// Age frees what was not needed since the last Age, except up to 1 MiB of each
// size. So a buffer that is not used again is freed after one to two
// AgeInterval, and what stays is Retained bytes at most. Buffers of more than
// 1 GiB are not kept at all.
type Pool struct {
	classes [maxClass - minClass + 1]class
	free    int // bytes of all free buffers
	excess  int // of those, what Age may free
	lent    int // bytes of the buffers in use
	copied  uint64
	mu      sync.Locker // nil: the pool is not shared
}

// class is the free buffers of one size.
type class struct {
	list [][]byte // the end was used last
	idle int      // least length of list since the last Age
}

// NewShared makes an empty pool that many goroutines may use.
func NewShared() *Pool { return &Pool{mu: new(sync.Mutex)} }

func (p *Pool) lock() {
	if p.mu != nil {
		p.mu.Lock()
	}
}

func (p *Pool) unlock() {
	if p.mu != nil {
		p.mu.Unlock()
	}
}

// Get returns a buffer of length 0 and capacity n bytes at least. It is the
// caller's until Put; what it held before is not cleared.
func (p *Pool) Get(n int) []byte { return p.get(n, 0) }

// get does what Get does for a caller that copies so many bytes.
func (p *Pool) get(n, copied int) []byte {
	c := classOf(n)
	if c > maxClass {
		return make([]byte, 0, n)
	}
	if b := p.take(c, copied); b != nil {
		return b
	}
	return make([]byte, 0, sizeOf(c)) // while nobody waits for the lock: clearing 1 GiB takes long
}

// take counts a buffer of class c as lent, and returns a free one; nil if there
// is none, and the caller makes it.
func (p *Pool) take(c, copied int) []byte {
	p.lock()
	defer p.unlock()
	p.copied += uint64(copied)
	p.lent += sizeOf(c)
	k := &p.classes[c-minClass]
	last := len(k.list) - 1
	if last < 0 {
		return nil
	}
	b := k.list[last]
	k.list[last] = nil
	k.list = k.list[:last]
	k.idle = min(k.idle, last)
	p.account(c, last, -cap(b))
	return b
}

// Put gives a buffer of Get back, whole: not a part of one. Buffers whose
// capacity no class has, nil among them, are left to the garbage collector.
func (p *Pool) Put(b []byte) { p.put(b, 0) }

// put does what Put does for a caller that has copied so many bytes.
func (p *Pool) put(b []byte, copied int) {
	c := classOf(cap(b))
	if c > maxClass || cap(b) != sizeOf(c) {
		return
	}
	p.lock()
	defer p.unlock()
	p.copied += uint64(copied)
	k := &p.classes[c-minClass]
	p.lent -= cap(b)
	p.account(c, len(k.list), cap(b))
	k.list = append(k.list, b[:0])
}

// account adds bytes, those of one buffer of class c, to what is free; there
// are others besides it.
func (p *Pool) account(c, others, n int) {
	if p.free += n; others >= retain>>c {
		p.excess += n
	}
}

// Age frees what was not needed since the last Age, except up to 1 MiB of each
// size: it leaves those buffers to the garbage collector. The pool's owner calls
// it once an AgeInterval while Excess is not 0.
func (p *Pool) Age() {
	p.lock()
	defer p.unlock()
	had := p.free
	for i := range p.classes {
		k, c := &p.classes[i], i+minClass
		if n := min(k.idle, len(k.list)-retain>>c); n > 0 {
			k.list = append([][]byte(nil), k.list[n:]...) // not the room of a longer one
			p.free -= n * sizeOf(c)
			p.excess -= n * sizeOf(c)
		}
		k.idle = len(k.list)
	}
	release(had - p.free)
}

// Free returns how many bytes of free buffers the pool keeps.
func (p *Pool) Free() int {
	p.lock()
	defer p.unlock()
	return p.free
}

// Lent returns how many bytes the buffers have that are in use.
func (p *Pool) Lent() int {
	p.lock()
	defer p.unlock()
	return p.lent
}

// Excess returns how many bytes of the free buffers Age would free if they
// were not used; 0 where it need not be called.
func (p *Pool) Excess() int {
	p.lock()
	defer p.unlock()
	return p.excess
}

// Grow returns b with room for n bytes more, moved to a larger buffer of the
// pool where it has to be; the old one is then given back. follow says how many
// bytes are announced to come after those: a larger buffer has room for them
// too, but for no more of them than there are bytes to vouch for them. So,
// whatever is announced, it has at most four times as many bytes as b and n
// together, and a page.
func (p *Pool) Grow(b []byte, n, follow int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	sure := len(b) + n
	larger := append(p.get(max(sure+min(max(follow, 0), sure), cap(b)+1), len(b)), b...)
	p.Put(b)
	return larger
}

// Copied returns how many bytes Grow, and Carry, have moved so far. Those that
// a Carry holds count once it gives up their buffer.
func (p *Pool) Copied() uint64 {
	p.lock()
	defer p.unlock()
	return p.copied
}

// classOf returns the class of the shortest buffers that hold n bytes.
func classOf(n int) int {
	switch {
	case n <= 1<<minClass:
		return minClass
	case n <= 1<<(pageClass-1):
		return bits.Len(uint(n - 1))
	}
	return max(pageClass, bits.Len(uint(n-page-1)))
}

// sizeOf returns how many bytes a buffer of class c has.
func sizeOf(c int) int {
	if c < pageClass {
		return 1 << c
	}
	return 1<<c + page
}
