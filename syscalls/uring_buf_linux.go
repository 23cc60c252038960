package syscalls

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"
)

// BufRingOptions describe a group of buffers.
type BufRingOptions struct {
	Group       uint16 // bgid, the caller's choice
	Entries     int    // buffers: a power of two up to 32768
	Size        int    // bytes of each
	Incremental bool   // completions take buffers piece by piece (Linux 6.12)
	Empty       bool   // the buffers are the caller's, who gives them by Recycle
}

// BufRing is a provided buffer ring: buffers from which the kernel picks when
// bytes arrive, so that no idle connection owns one (Linux 5.19). It belongs
// to its Ring and that ring's thread. A few buffers that stay in the cache
// beat many.
//
// A buffer is the kernel's, or from its completion until Recycle the caller's,
// to read, change and send from. The ring and the buffers are one mapping.
type BufRing struct {
	ring      []pbuf
	mem       []byte
	bufs      []byte // of mem, behind the ring
	size      int
	mask      uint16
	tail      uint16   // where the next buffer goes
	published uint16   // the tail that the kernel knows
	place     []uint16 // in ring, by bid: where bid was put last
	used      []uint32 // by bid: bytes of it completed so far; Incremental
	group     uint16
}

// NewBufRing registers a group of buffers, all of them the kernel's unless
// Empty. The ring releases it with Close.
func (r *Ring) NewBufRing(opt BufRingOptions) (*BufRing, error) {
	n := opt.Entries
	if n <= 0 || n > 1<<15 || n&(n-1) != 0 || opt.Size <= 0 {
		return nil, fmt.Errorf("buffer ring of %d buffers of %d bytes: want a power of two of them, at most 32768", n, opt.Size)
	}
	head := (n*int(unsafe.Sizeof(pbuf{})) + os.Getpagesize() - 1) &^ (os.Getpagesize() - 1)
	mem, err := MapMemory(head + n*opt.Size)
	if err != nil {
		return nil, err
	}
	b := &BufRing{
		ring: unsafe.Slice((*pbuf)(unsafe.Pointer(&mem[0])), n), mem: mem, bufs: mem[head:], size: opt.Size,
		mask: uint16(n - 1), place: make([]uint16, n), group: opt.Group,
	}
	reg := pbufReg{ringAddr: uint64(uintptr(unsafe.Pointer(&mem[0]))), ringEntries: uint32(n), bgid: opt.Group}
	if opt.Incremental {
		reg.flags = pbufRingInc
		b.used = make([]uint32, n)
	}
	if err := r.register("IORING_REGISTER_PBUF_RING", registerPbufRing, unsafe.Pointer(&reg), 1); err != nil {
		UnmapMemory(mem)
		return nil, err
	}
	for i := range n {
		if opt.Empty {
			break
		}
		b.Recycle(uint16(i))
	}
	b.publish()
	r.groups = append(r.groups, b)
	return b, nil
}

// Group returns the buffer group ID (bgid) for PrepRecvMultishot.
func (b *BufRing) Group() uint16 { return b.group }

// Take returns what a completion brought of its left bytes in buffer bid, and
// the buffer that follows in the group. If done, the kernel is through with
// bid, and the caller has it until Recycle. Else (Incremental, and c has
// BufferMore) the kernel fills the bytes behind data next.
//
//	for bid, left := c.BufferID(), int(c.Res); left > 0; {
//		data, next, done := bufs.Take(c, bid, left)
//		handle(data)
//		if done {
//			bufs.Recycle(bid)
//		}
//		bid, left = next, left-len(data)
//	}
//
// Only a Bundle's completion takes more than one iteration.
func (b *BufRing) Take(c *CQE, bid uint16, left int) (data []byte, next uint16, done bool) {
	buf := b.Buffer(bid)
	next = b.ring[(b.place[bid]+1)&b.mask].bid
	if b.used == nil {
		return buf[:min(left, b.size)], next, true
	}
	from := int(b.used[bid])
	to := min(from+left, b.size)
	if to-from == left && c.BufferMore() {
		b.used[bid] = uint32(to)
		return buf[from:to:to], next, false
	}
	return buf[from:to], next, true
}

// Buffer returns the whole of buffer bid.
func (b *BufRing) Buffer(bid uint16) []byte {
	at := int(bid) * b.size
	return b.bufs[at : at+b.size : at+b.size]
}

// Recycle gives bid back. The kernel has it from the next Advance, Submit or
// SubmitAndWait of the ring. Every buffer taken comes back once, also when the
// send from it has failed.
func (b *BufRing) Recycle(bid uint16) {
	at := b.tail & b.mask
	e := &b.ring[at]
	e.addr, e.len = uint64(uintptr(unsafe.Pointer(&b.bufs[int(bid)*b.size]))), uint32(b.size)
	if at == 0 { // with the tail in the same word
		atomic.StoreUint32(b.tailWord(), uint32(bid)|uint32(b.published)<<16)
	} else {
		e.bid = bid
	}
	b.place[bid] = at
	if b.used != nil {
		b.used[bid] = 0
	}
	b.tail++
}

// publish stores the tail for the kernel, with release semantics. There being
// no atomic store of 16 bits, it stores the word whose low half, on these
// little-endian machines, is the first entry's bid: the kernel only reads it.
func (b *BufRing) publish() {
	if b.published != b.tail {
		b.published = b.tail
		atomic.StoreUint32(b.tailWord(), uint32(b.ring[0].bid)|uint32(b.tail)<<16)
	}
}

func (b *BufRing) tailWord() *uint32 { return (*uint32)(unsafe.Pointer(&b.ring[0].bid)) }
