package parse

import (
	"fmt"
	"strings"
	"testing"

	"wsbench/profiles/benchloop"
)

func sizeName(n int) string { return fmt.Sprintf("size=%d", n) }

func BenchmarkPutHeader(b *testing.B) {
	for _, size := range []int{20, 16 << 10, 64 << 10} {
		b.Run(sizeName(size), func(b *testing.B) {
			var wire [MaxServerHeader]byte
			benchloop.Begin(b)
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
				benchloop.Begin(b)
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
