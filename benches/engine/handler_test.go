package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/parse"
)

// shouter echoes messages in capitals, discards empty ones, says something
// before those with an "s", and closes upon "x".
type shouter struct {
	eng  *Engine
	seen []string
}

func (u *shouter) Message(out *Output, op parse.Opcode, payload []byte) Action {
	u.seen = append(u.seen, string(payload))
	for i, c := range payload {
		switch {
		case c == 's':
			out.Send(parse.Text, []byte("said before"))
		case c == 'x':
			u.eng.Close(parse.CloseNormal, "enough", out)
			out.Send(parse.Text, []byte("too late"))
		}
		if c >= 'a' && c <= 'z' {
			payload[i] = c - 'a' + 'A'
		}
	}
	if len(payload) == 0 {
		return Discard
	}
	return Echo
}

func TestHandler(t *testing.T) {
	text := func(s string) sent { return sent{first(parse.Text), s} }
	send := []sent{text("one"), text(""), {uint8(parse.Binary), "tw"}, {first(parse.Continuation), "o"}, text("a"), text("b"), text("c"), text("d"), text("e"),
		text("yes"), text("f"), text(""), text("g"), text("h"), {uint8(parse.Text), ""}, {first(parse.Continuation), ""}, text("i"), text("s"), text("fox"), text("never seen")}
	said := reply{first(parse.Text), "said before"}
	want := []reply{text("ONE"), {first(parse.Binary), "TWO"}, text("A"), text("B"), text("C"), text("D"), text("E"),
		said, text("YES"), text("F"), text("G"), text("H"), text("I"), said, text("S"),
		{first(parse.Close), closePayload(1000) + "enough"}}
	seen := []string{"one", "", "two", "a", "b", "c", "d", "e", "yes", "f", "", "g", "h", "", "i", "s", "fox"}
	for _, mode := range modes {
		for _, chunk := range []int{1 << 20, 11, 1} {
			t.Run(fmt.Sprintf("%v/%d", mode, chunk), func(t *testing.T) {
				h := &shouter{}
				p := newPeer(mode, Config{Handler: h})
				h.eng = p.eng
				p.feedBy(chunk, wire(rand.New(rand.NewPCG(7, 8)), send...))
				p.want(t, want...)
				if diff := cmp.Diff(seen, h.seen); diff != "" {
					t.Errorf("messages (-want +got)\n%s", diff)
				}
				p.answer = nil
				p.feed(wire(rand.New(rand.NewPCG(7, 9)), sent{first(parse.Close), closePayload(1000)}))
				if p.err != ErrClosed || len(p.answer) > 0 {
					t.Errorf("the peer's close frame: error %v, answer %x", p.err, p.answer)
				}
			})
		}
	}
}

// joiner joins the parts of messages and echoes them.
type joiner struct {
	t        *testing.T
	messages []reply
	open     bool
}

func (j *joiner) Part(_ *Output, p Part) Action {
	if p.First == j.open {
		j.t.Errorf("first %v within a message: %v", p.First, j.open)
	}
	if p.First {
		j.messages = append(j.messages, reply{First: uint8(p.Op)})
	}
	last := &j.messages[len(j.messages)-1]
	if last.First != uint8(p.Op) {
		j.t.Errorf("a part of opcode %v in a message of %v", p.Op, parse.Opcode(last.First))
	}
	last.Payload += string(p.Payload)
	j.open = !p.Last
	return Echo
}

// merge joins the fragments of an answer; each message is then one reply of
// its opcode, with FIN if it ended.
func merge(t *testing.T, frames []reply) (list []reply) {
	inside := -1
	for _, f := range frames {
		op := parse.Opcode(f.First & 0x0F)
		switch {
		case op.Control():
			list = append(list, f)
			continue
		case op == parse.Continuation && inside >= 0:
			list[inside].Payload += f.Payload
			list[inside].First |= f.First & fin
		case op != parse.Continuation && inside < 0:
			list, inside = append(list, f), len(list)
		default:
			t.Errorf("%v out of place", op)
		}
		if f.First&fin != 0 {
			inside = -1
		}
	}
	return list
}

func TestParts(t *testing.T) {
	for _, tt := range conversations {
		for _, mode := range modes {
			for _, chunk := range []int{1 << 30, 4096, 13, 1} {
				t.Run(fmt.Sprintf("%s/%v/chunk=%d", tt.name, mode, chunk), func(t *testing.T) {
					j := &joiner{t: t}
					p := newPeer(mode, Config{Parts: j, Limits: Limits{MaxMessage: limit}})
					p.feedBy(chunk, wire(rand.New(rand.NewPCG(9, 8)), tt.send...))
					if p.err != tt.err {
						t.Errorf("error %v, want %v", p.err, tt.err)
					}
					got, ok := replies(p.answer, p.from)
					got = merge(t, got)
					if !ok {
						t.Error("the answer is not whole frames")
					}
					var echoed []reply
					for _, f := range got {
						if !parse.Opcode(f.First & 0x0F).Control() {
							echoed = append(echoed, reply{f.First & 0x0F, f.Payload})
						}
					}
					if diff := cmp.Diff(echoed, j.messages); diff != "" {
						t.Errorf("what was echoed and what was seen: %s", diff)
					}
					if tt.err == nil || tt.err == ErrClosed {
						if diff := cmp.Diff(controlsFirst(tt.want), controlsFirst(onlyWhole(got))); diff != "" {
							t.Errorf("answer (-want +got):\n%s", diff)
						}
					}
				})
			}
		}
	}
}

// controlsFirst leaves aside which fragments a control frame came between.
func controlsFirst(list []reply) []reply {
	control := func(r reply) int { return int(r.First & 8) }
	return slices.SortedStableFunc(slices.Values(list), func(a, b reply) int { return control(b) - control(a) })
}

// onlyWhole leaves out messages that did not end.
func onlyWhole(list []reply) (whole []reply) {
	for _, f := range list {
		if f.First&fin != 0 {
			whole = append(whole, f)
		}
	}
	return whole
}

// A text ends at its first impossible byte, though neither the frame nor the
// message has ended, and not before.
func TestTextFailsFast(t *testing.T) {
	valid := "κόσμε "
	for _, bad := range []string{"\xff", "\xed\xa0", "\xf4\x90", "\xc0", "a\x80", "\xe2\x82\x41"} {
		for _, whole := range []int{0, 12} { // awaited, or taken as it comes
			for _, parts := range []bool{false, true} {
				for _, lead := range [][]sent{nil, {{uint8(parse.Text), "\xce"}}} {
					cfg := Config{Whole: whole}
					if parts {
						cfg.Parts = &joiner{t: t}
					}
					p := newPeer(Slot, cfg)
					rng := rand.New(rand.NewPCG(3, 1))
					begin, text := uint8(parse.Text), valid
					if lead != nil {
						begin, text = uint8(parse.Continuation), "\xba"+valid
					}
					long := frame(rng, begin, text+bad+strings.Repeat("z", 1000))
					p.feed(wire(rng, lead...))
					p.feedBy(1, long[:len(long)-1000-1])
					if p.err != nil {
						t.Fatalf("%x: %v before it could be told", bad, p.err)
					}
					p.feed(long[len(long)-1000-1 : len(long)-1000])
					if p.err != ErrNotUTF8 {
						t.Errorf("%x, whole %d: %v after the impossible byte", bad, whole, p.err)
					}
				}
			}
		}
	}
}
