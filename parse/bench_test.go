package parse

import (
	"fmt"
	"strings"
	"testing"
)

func sizeName(n int) string { return fmt.Sprintf("size=%d", n) }

// A client's frame header of 2+4, 4+4 and 10+4 bytes; size is the payload's.
func BenchmarkParseHeader(b *testing.B) {
	for _, size := range []int{20, 16 << 10, 64 << 10} {
		b.Run(sizeName(size), func(b *testing.B) {
			wire := AppendMaskedHeader(nil, FIN|uint8(Binary), size, 0xA1B2C3D4)
			for b.Loop() {
				if _, need, err := ParseHeader(wire, FromClient); need != 0 || err != nil {
					b.Fatal(need, err)
				}
			}
		})
	}
}

// BenchmarkScanHeaders walks 1,000 frames of one byte in one buffer, as after
// one large read; an op is one frame.
func BenchmarkScanHeaders(b *testing.B) {
	const frames = 1000
	var wire []byte
	for i := range frames {
		wire = append(AppendMaskedHeader(wire, FIN|uint8(Binary), 1, uint32(i)), 'x')
	}
	b.Run("size=1/frames=1000", func(b *testing.B) {
		rest := wire
		b.SetBytes(1)
		for b.Loop() {
			if len(rest) == 0 {
				rest = wire
			}
			h, need, err := ParseHeader(rest, FromClient)
			if need != 0 || err != nil {
				b.Fatal(need, err)
			}
			rest = rest[int(h.Size)+int(h.Length):]
		}
	})
}

func BenchmarkPutHeader(b *testing.B) {
	for _, size := range []int{20, 16 << 10, 64 << 10} {
		b.Run(sizeName(size), func(b *testing.B) {
			var wire [MaxServerHeader]byte
			for b.Loop() {
				PutHeader(wire[:], FIN|uint8(Binary), size)
			}
		})
	}
}

func BenchmarkUTF8(b *testing.B) {
	for _, text := range []struct{ kind, unit string }{
		{"ascii", "the quick brown "},
		{"two", "κόσμε"[:2]},
		{"mixed", "plain κόσμε €uro 𤭢 "},
	} {
		for _, size := range []int{20, 1 << 10, 16 << 10} {
			b.Run("kind="+text.kind+"/"+sizeName(size), func(b *testing.B) {
				s := []byte(strings.Repeat(text.unit, size/len(text.unit)+1)[:size])
				b.SetBytes(int64(size))
				for b.Loop() {
					var u UTF8 // its end may be within a code point
					if !u.Write(s) {
						b.Fatal("not UTF-8")
					}
				}
			})
		}
	}
}
