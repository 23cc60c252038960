package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wsbench/mask"
	"wsbench/parse"
)

// texts are what short messages are drawn from.
var texts = []string{"", "a", "κ", "hello", "κόσμε", "€100", "\U0001F600", strings.Repeat("x", 31), strings.Repeat("y", 32),
	strings.Repeat("z", 33), strings.Repeat("κ", 20), strings.Repeat("€", 30), strings.Repeat("w", 124), strings.Repeat("v", 125), strings.Repeat("u", 126), strings.Repeat("t", 300)}

func short(rng *rand.Rand) sent {
	text := texts[rng.IntN(len(texts))]
	switch rng.IntN(8) {
	case 0:
		return sent{first(parse.Ping), text[:min(len(text), 125)]}
	case 1, 2, 3:
		return sent{first(parse.Text), text}
	}
	return sent{first(parse.Binary), text[len(text)/3:]} // any bytes
}

func pong(s sent) reply {
	if s.First == first(parse.Ping) {
		s.First = first(parse.Pong)
	}
	return s
}

// Rows of short frames, which run answers, give what single ones would.
func TestShortFrames(t *testing.T) {
	for seed := range uint64(60) {
		for i, kernel := range []mask.Kernel{mask.Auto, mask.Octet} {
			c := Config{Kernel: kernel, Parser: parsers[seed%3], UTF8: validators[seed/3%3], Each: i == 1}
			t.Run(fmt.Sprintf("seed=%d/mask=%v/parse=%v/each=%v/utf8=%v", seed, kernel, c.Parser, c.Each, c.UTF8), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 21))
				var send []sent
				var want []reply
				for range 1 + rng.IntN(60) {
					f := short(rng)
					send, want = append(send, f), append(want, pong(f))
				}
				p := newPeer(Slot, c)
				p.feedBy(1+rng.IntN(6000), wire(rng, send...))
				if p.err != nil || p.frames != len(send) {
					t.Errorf("%d frames of %d, %v", p.frames, len(send), p.err)
				}
				p.want(t, want...)
			})
		}
	}
}

// What run must leave to others, or refuse, behind many frames that it takes.
func TestRunEnds(t *testing.T) {
	for _, tt := range conversations {
		for _, before := range []string{"", "a", "some text", strings.Repeat("b", 125)} {
			rng := rand.New(rand.NewPCG(5, 22))
			row := make([]sent, 30)
			for i := range row {
				row[i] = sent{first(parse.Text), before}
			}
			p := newPeer(Slot, Config{Limits: Limits{MaxMessage: limit}})
			p.feed(wire(rng, append(row, tt.send...)...))
			if p.err != tt.err {
				t.Errorf("%s: error %v, want %v", tt.name, p.err, tt.err)
			}
			p.want(t, append(row, tt.want...)...)
		}
	}
}

// run reads and writes whole words, but none beyond its input.
func TestRunStaysWithin(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 23))
	for _, size := range []int{0, 1, 7, 8, 9, 31, 33, 125} {
		for room := range 20 {
			text := strings.Repeat("q", size)
			frames := wire(rng, sent{first(parse.Text), text}, sent{first(parse.Text), text}, sent{first(parse.Text), text}, sent{first(parse.Text), text})
			behind := strings.Repeat("\x5A", room)
			buf := append(append([]byte(nil), frames...), behind...)
			p := newPeer(Slot, Config{})
			got, err := p.eng.Process(buf[:len(frames)], p.out, 0)
			if err != nil || got.Frames != 4 || string(buf[len(frames):]) != behind {
				t.Errorf("size %d: %+v, %v, behind it %x", size, got, err, buf[len(frames):])
			}
		}
	}
}
