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
				benchProcess(b, Config{}, mode, sent{first(parse.Binary), strings.Repeat("x", c.size)}, c.frames)
			})
		}
	}
}

// BenchmarkParse is BenchmarkProcess by each way to read headers: runs is the
// default, of the others each takes frame by frame.
func BenchmarkParse(b *testing.B) {
	for _, way := range []struct {
		name string
		cfg  Config
	}{
		{"runs", Config{}},
		{"fast", Config{Each: true}},
		{"general", Config{Each: true, Parser: parse.General}},
		{"bytewise", Config{Each: true, Parser: parse.Bytewise}},
	} {
		for _, c := range []struct{ size, frames int }{{20, 1}, {20, 1000}, {1024, 16}, {65536, 1}} {
			b.Run(fmt.Sprintf("parse=%s/size=%d/frames=%d", way.name, c.size, c.frames), func(b *testing.B) {
				benchProcess(b, way.cfg, Slot, sent{first(parse.Binary), strings.Repeat("x", c.size)}, c.frames)
			})
		}
	}
}

// BenchmarkText is BenchmarkProcess of text that is not ASCII, by each check.
func BenchmarkText(b *testing.B) {
	for _, v := range []parse.Validator{parse.ValidAuto, parse.ValidStdlib, parse.ValidBytewise, parse.ValidOff} {
		for _, size := range []int{20, 1024, 16384} {
			b.Run(fmt.Sprintf("utf8=%v/size=%d", v, size), func(b *testing.B) {
				benchProcess(b, Config{UTF8: v}, Slot, sent{first(parse.Text), strings.Repeat("κό", size/4)}, 1)
			})
		}
	}
}

// benchProcess processes so many frames, as of one read.
func benchProcess(b *testing.B, cfg Config, mode WriteMode, f sent, frames int) {
	rng := rand.New(rand.NewPCG(1, 1))
	var wire []byte
	for range frames {
		wire = append(wire, frame(rng, f.First, f.Payload)...)
	}
	pool := &scratch.Pool{}
	cfg.Pool = pool
	eng, out := New(&cfg), NewOutput(mode, pool)
	in := make([]byte, len(wire))
	b.SetBytes(int64(len(f.Payload) * frames))
	b.ReportAllocs()
	for b.Loop() {
		copy(in, wire) // the receive
		if _, err := eng.Process(in, out, 0); err != nil {
			b.Fatal(err)
		}
		out.Segments()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(frames), "ns/frame")
}
