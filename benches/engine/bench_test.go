package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wsbench/parse"
	"wsbench/scratch"
)

// BenchmarkProcess is the protocol work of one read, without a network: frames
// of size bytes in, their echo out.
func BenchmarkProcess(b *testing.B) {
	for _, mode := range modes {
		for _, c := range []struct{ size, frames int }{{20, 1}, {1024, 1}, {16384, 1}, {1, 1000}, {20, 1000}, {1024, 16}} {
			b.Run(fmt.Sprintf("write=%v/size=%d/frames=%d", mode, c.size, c.frames), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				var wire []byte
				for range c.frames {
					wire = append(wire, frame(rng, first(parse.Binary), strings.Repeat("x", c.size))...)
				}
				pool := &scratch.Pool{}
				eng, out := New(&Config{Pool: pool}), NewOutput(mode, pool)
				in := make([]byte, len(wire))
				b.SetBytes(int64(c.size * c.frames))
				b.ReportAllocs()
				for b.Loop() {
					copy(in, wire) // the receive
					if _, err := eng.Process(in, out, 0); err != nil {
						b.Fatal(err)
					}
					out.Segments()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.frames), "ns/frame")
			})
		}
	}
}
