//go:build linux

package reactor

import (
	"fmt"
	"strings"
	"testing"

	"wsbench/parse"
)

// piecewise has a loop receive wire in pieces of so many bytes, and send back
// answer bytes.
func (s *lockstep) piecewise(wire []byte, piece, answer int) {
	s.t.Helper()
	for len(wire) > 0 {
		n := min(piece, len(wire))
		s.send(wire[:n])
		wire = wire[n:]
	}
	s.want(answer)
}

// A frame costs no more per byte if it comes in small pieces: each byte is
// copied a few times at most.
func TestPiecesAreCopiedOnce(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, addr := newLoop(t, cfg)
		defer l.Close()
		s := newLockstep(t, l, addr)
		for _, c := range []struct{ size, piece int }{{8 << 10, 1}, {60 << 10, 100}, {60 << 10, 1448}, {60 << 10, 40 << 10}} {
			size := min(c.size, l.cfg.BufferSize-parse.MaxHeader)
			wire := frame(parse.Binary, strings.Repeat("p", size))
			before := l.pool.Copied()
			s.piecewise(wire, c.piece, parse.HeaderSize(size)+size)
			if got := l.pool.Copied() - before; got > 4*uint64(len(wire)) {
				t.Errorf("a frame of %d bytes in pieces of %d: %d were copied", len(wire), c.piece, got)
			}
		}
	})
}

// BenchmarkPieces is a text that comes in small pieces: ns/B includes the
// system calls of both ends, a send and a receive for each piece.
func BenchmarkPieces(b *testing.B) {
	for _, piece := range []int{1, 100} {
		for _, size := range []int{1 << 10, 15 << 10, 60 << 10} {
			for name, cfg := range surfaceConfigs() {
				b.Run(fmt.Sprintf("%s/piece=%d/size=%d", name, piece, size), func(b *testing.B) {
					l, addr := newLoop(b, cfg)
					defer l.Close()
					s := newLockstep(b, l, addr)
					wire := frame(parse.Text, strings.Repeat("p", size))
					b.SetBytes(int64(size))
					for b.Loop() {
						s.piecewise(wire, piece, parse.HeaderSize(size)+size)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/B")
				})
			}
		}
	}
}
