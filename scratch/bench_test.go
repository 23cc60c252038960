package scratch

import (
	"crypto/subtle"
	"fmt"
	"testing"

	"wsbench/profiles/benchloop"
)

// touch reads and writes every byte, by vectors as unmasking does.
func touch(b []byte) {
	for len(b) > 0 {
		b = b[subtle.XORBytes(b, b, keystream[:]):]
	}
}

// keystream is short, so as to stay in the first-level cache.
var keystream = [256]byte{0: 0xA1, 255: 0xD4}

// BenchmarkCarry is a frame that a read split: half of it saved, restored.
func BenchmarkCarry(b *testing.B) {
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			var p Pool
			var c Carry
			buf := octets(DefaultSize)
			b.SetBytes(int64(size))
			benchloop.Begin(b)
			for b.Loop() {
				c.Save(&p, buf[:size/2], size)
				if c.Restore(&p, buf) != size/2 {
					b.Fatal("not restored")
				}
			}
		})
	}
}
