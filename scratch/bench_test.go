package scratch

import (
	"encoding/binary"
	"fmt"
	"testing"
)

func sizeName(n int) string {
	if n >= 1<<10 {
		return fmt.Sprintf("size=%dKiB", n>>10)
	}
	return fmt.Sprintf("size=%d", n)
}

// touch reads and writes every octet, as unmasking does.
func touch(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^0xA1B2C3D4A1B2C3D4)
	}
	for i := range b {
		b[i] ^= 0xA1
	}
}

// BenchmarkReceive is what the choice of buffer costs in the caches: each
// operation is a read of size octets by the next of conns connections, a copy
// into its buffer and one pass over it.
func BenchmarkReceive(b *testing.B) {
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		for _, conns := range []int{1, 200, 2000} {
			for _, kind := range []Kind{Shared, PerConn, Pooled} {
				b.Run(fmt.Sprintf("buffers=%v/conns=%d/%s", kind, conns, sizeName(size)), func(b *testing.B) {
					receive(b, New(kind, DefaultSize, &Pool{}), conns, octets(size))
				})
			}
		}
	}
}

func receive(b *testing.B, s *Buffers, conns int, packet []byte) {
	own := make([][]byte, conns)
	for i := range own { // a first read each: pages are there afterwards
		buf := s.Get(&own[i])
		copy(buf, packet)
		s.Put(buf)
	}
	b.SetBytes(int64(len(packet)))
	next := 0
	for b.Loop() {
		buf := s.Get(&own[next])
		touch(buf[:copy(buf, packet)])
		s.Put(buf)
		if next++; next == conns {
			next = 0
		}
	}
}

// BenchmarkCarry is a frame that a read split: half of it saved, restored.
func BenchmarkCarry(b *testing.B) {
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		b.Run(sizeName(size), func(b *testing.B) {
			var p Pool
			var c Carry
			buf := octets(DefaultSize)
			b.SetBytes(int64(size))
			for b.Loop() {
				c.Save(&p, buf[:size/2])
				if c.Restore(&p, buf) != size/2 {
					b.Fatal("not restored")
				}
			}
		})
	}
}
