package opening

import (
	"testing"

	"wsbench/profiles/benchloop"
)

// BenchmarkUpgrade is the server's work of one opening handshake, as a browser
// sends it, besides the network.
func BenchmarkUpgrade(b *testing.B) {
	request := []byte(browserRequest)
	b.Run("do=parse", func(b *testing.B) {
		b.SetBytes(int64(len(request)))
		benchloop.Begin(b)
		for b.Loop() {
			if u, refused := ParseUpgrade(request); u.Size != len(request) {
				b.Fatal(refused)
			}
		}
	})
	b.Run("do=parts", func(b *testing.B) { // a byte at a time
		b.SetBytes(int64(len(request)))
		benchloop.Begin(b)
		for b.Loop() {
			for n := range len(request) {
				if r, refused := ParseRequest(request[:n], max(n-1, 0), MaxRequest); r.Size != 0 || refused != nil {
					b.Fatal(refused)
				}
			}
		}
	})
	b.Run("do=answer", func(b *testing.B) {
		answer := make([]byte, 0, 256)
		benchloop.Begin(b)
		for b.Loop() {
			AppendAccept(answer, theKey)
		}
	})
}
