package peers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"wsbench/benches/micro"
	"wsbench/mask"
)

const wireKey uint32 = 0xd4_23_b2_41

// random returns n octets that begin on a cache line, the same in every run.
func random(n int) []byte {
	b := make([]byte, n+64)
	rand.NewChaCha8([32]byte{'p', 'e', 'e', 'r', 's'}).Read(b)
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % 64)
	return b[skip : skip+n]
}

// Every implementation gives the octets that mask.Octet gives, and no other.
func TestUnmask(t *testing.T) {
	plain := random(70 << 10)
	for _, impl := range Impls() {
		t.Run("impl="+impl.Name, func(t *testing.T) {
			sizes := []int{511, 512, 1023, 1025, longPad, 2*longPad - 1, 3*longPad + 7, 64 << 10}
			for n := range 301 {
				sizes = append(sizes, n)
			}
			for _, n := range sizes {
				for _, align := range []int{0, 1, 3, 32, 63} {
					got, want := bytes.Clone(plain[:n+256]), bytes.Clone(plain[:n+256])
					mask.Octet.Unmask(want[64+align:][:n], wireKey)
					impl.Unmask(got[64+align:][:n], wireKey)
					if !bytes.Equal(got, want) {
						t.Fatalf("n=%d align=%d: not what mask.Octet gives", n, align)
					}
				}
			}
		})
	}
	if len(experiments) == 0 {
		t.Run("impl=archsimd", func(t *testing.T) {
			t.Skip("simd/archsimd needs GOEXPERIMENT=simd, amd64, and a CPU with AVX2")
		})
	}
}

var benchSizes = []int{8, 20, 64, 125, 300, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20, 64 << 20}

// BenchmarkUnmask unmasks other octets each time, of a working set within the
// L1 if the payload fits. cmd/compare is the paired comparison.
func BenchmarkUnmask(b *testing.B) {
	arena := micro.NewArena(benchSizes[len(benchSizes)-1], []micro.Set{micro.Fresh}, micro.HostCaches())
	for _, impl := range append(Impls(), Impl{"floor", Floor}) {
		for _, size := range benchSizes {
			for _, align := range []int{0, 1} {
				b.Run(fmt.Sprintf("impl=%s/size=%d/align=%d", impl.Name, size, align), func(b *testing.B) {
					w := arena.Walk(micro.Fresh, size, align)
					b.SetBytes(int64(size))
					for b.Loop() {
						impl.Unmask(w.Next(), wireKey)
					}
				})
			}
		}
	}
}
