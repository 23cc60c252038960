package parse

import (
	"strings"
	"testing"

	"wsbench/profiles/benchloop"
)

// BenchmarkValidUTF8 checks the same text over and over, in the caches. Each
// kind consists of whole code points and then ASCII to the size.
func BenchmarkValidUTF8(b *testing.B) {
	for _, impl := range validImpls() {
		for _, text := range []struct{ kind, unit string }{
			{"ascii", "the quick brown "},
			{"two", "κόσμε"},
			{"three", "世界您好"},
			{"mixed", "plain κόσμε €uro 𤭢 "},
			{"emoji", "😀🎉👍"},
		} {
			for _, size := range []int{16, 20, 32, 64, 125, 300, 1 << 10, 16 << 10, 64 << 10} {
				b.Run("impl="+impl.name+"/kind="+text.kind+"/"+sizeName(size), func(b *testing.B) {
					if !impl.supported {
						b.Skipf("this CPU or build lacks %s", impl.name)
					}
					s := []byte(strings.Repeat(text.unit, size/len(text.unit)))
					for len(s) < size {
						s = append(s, 'x')
					}
					b.SetBytes(int64(size))
					benchloop.Begin(b)
					for b.Loop() {
						if !impl.valid(s) {
							b.Fatal("not UTF-8")
						}
					}
				})
			}
		}
	}
}
