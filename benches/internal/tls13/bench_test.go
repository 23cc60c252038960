package tls13

import (
	"fmt"
	"testing"

	"wsbench/profiles/benchloop"
)

// BenchmarkRecord seals a message into a record in memory, or opens it. Opening
// includes a copy of the record, since it is opened in place, and of an Opener
// that expects it. go test -bench TLS ./syscalls has the kernel beside it.
func BenchmarkRecord(b *testing.B) {
	for _, suite := range Suites {
		for _, size := range []int{20, 256, 1024, 4096, 16384} {
			name := fmt.Sprintf("suite=%v/size=%d/do=", suite, size)
			s, fresh := pair(b, half(suite))
			plain := make([]byte, size)
			sealed := s.Seal(nil, TypeApplicationData, plain)
			record := make([]byte, len(sealed))
			b.Run(name+"seal", func(b *testing.B) {
				b.SetBytes(int64(size))
				benchloop.Begin(b)
				for b.Loop() {
					s.Seal(record[:0], TypeApplicationData, plain)
				}
			})
			b.Run(name+"open", func(b *testing.B) {
				b.SetBytes(int64(size))
				o := new(Opener)
				benchloop.Begin(b)
				for b.Loop() {
					*o = *fresh
					copy(record, sealed)
					if _, _, err := o.Open(record); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
