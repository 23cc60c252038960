package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wsbench/parse"
)

// tallying counts messages, and answers nothing.
type tallying struct{ n, calls int }

func (c *tallying) Message(*Output, parse.Opcode, []byte) Action { c.Tally(nil, 1); return Discard }

func (c *tallying) Tally(_ *Output, n int) { c.n += n; c.calls++ }

// A Tally gets as many messages as a Handler, and the connection comes to the
// same end, however the bytes are split.
func TestTally(t *testing.T) {
	for _, tt := range conversations {
		for _, chunk := range []int{1 << 30, 4096, 13, 1} {
			t.Run(fmt.Sprintf("%s/chunk=%d", tt.name, chunk), func(t *testing.T) {
				plain, counts := &shouter{}, &tallying{}
				ends := [2]error{}
				for i, h := range []Handler{silent{plain}, counts} {
					p := newPeer(Slot, Config{Handler: h, Limits: Limits{MaxMessage: limit}})
					p.feedBy(chunk, wire(rand.New(rand.NewPCG(3, 4)), tt.send...))
					ends[i] = p.err
				}
				if counts.n != len(plain.seen) || ends[0] != ends[1] {
					t.Errorf("%d messages and %v, want %d and %v", counts.n, ends[1], len(plain.seen), ends[0])
				}
			})
		}
	}
}

// silent counts what it discards.
type silent struct{ u *shouter }

func (s silent) Message(_ *Output, _ parse.Opcode, payload []byte) Action {
	s.u.seen = append(s.u.seen, string(payload))
	return Discard
}

// Texts within a run of short frames are checked wherever a character lies.
func TestTallyText(t *testing.T) {
	for length := range 40 {
		for at := -1; at < length; at++ {
			for _, bad := range []string{"é", "\xff"} {
				text := make([]byte, length)
				for i := range text {
					text[i] = 'x'
				}
				want := error(nil)
				if at >= 0 {
					copy(text[at:], bad)
					if !parse.ValidUTF8(text) {
						want = ErrNotUTF8
					}
				}
				c := &tallying{}
				p := newPeer(Slot, Config{Handler: c})
				short := sent{first(parse.Text), "short"}
				p.feed(wire(rand.New(rand.NewPCG(1, 2)), short, sent{first(parse.Text), string(text)}, short, short))
				if p.err != want || want == nil && c.n != 4 || want != nil && c.n != 1 {
					t.Fatalf("%q: %v, %d messages", text, p.err, c.n)
				}
			}
		}
	}
}
