package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/mask"
	"wsbench/parse"
)

// recorder notes what the handler was shown, and echoes it.
type recorder struct{ events []reply }

func (r *recorder) Message(_ *Output, op parse.Opcode, payload []byte) Action {
	r.events = append(r.events, reply{uint8(op), string(payload)})
	return Echo
}

// Any cutting of any bytes gives the same events, the same answer and the
// same end, in every write mode, with every kernel and parser, however text is
// checked, whether frames are awaited whole or not, and for the client's end as
// for the server's.
func FuzzChunking(f *testing.F) {
	rng := rand.New(rand.NewPCG(13, 14))
	for i, c := range conversations {
		if b := wire(rng, c.send...); len(b) < 400 {
			f.Add(b, uint16(i*7))
		}
	}
	var row []sent
	for range 40 {
		row = append(row, short(rng))
	}
	f.Add(wire(rng, row...), uint16(3))
	f.Fuzz(func(t *testing.T, octets []byte, seed uint16) {
		limits := Limits{MaxMessage: []int64{10, 60, 1000}[seed/7%3], MaxFragments: 5, MaxControl: 1 << 30}
		client := seed%11 == 0
		seenWhole, seenParts := &recorder{}, &recorder{}
		whole := newPeer(Slot, Config{Handler: seenWhole, Limits: limits, Client: client})
		whole.feed(octets)
		cuts := rand.New(rand.NewPCG(uint64(seed), 1))
		parts := newPeer(modes[seed%3], Config{Handler: seenParts, Limits: limits, Client: client, Kernel: mask.Octet,
			Parser: parsers[seed%3], Each: seed%2 == 0, UTF8: validators[seed/3%3], Whole: 20 + int(seed%5)*30})
		parts.most = int(seed/3) % 2
		for rest := octets; len(rest) > 0 && parts.err == nil; {
			n := min(len(rest), 1+cuts.IntN(16))
			parts.feed(rest[:n])
			rest = rest[n:]
		}
		if whole.err == ErrNotUTF8 {
			whole.frames = parts.frames // the end may come before the frame's
		}
		a, _ := replies(whole.answer, whole.from)
		b, _ := replies(parts.answer, parts.from)
		if diff := cmp.Diff(fmt.Sprint(whole.err, whole.frames, a), fmt.Sprint(parts.err, parts.frames, b)); diff != "" {
			t.Fatalf("-whole +in parts:\n%s", diff)
		}
		if diff := cmp.Diff(seenWhole.events, seenParts.events); diff != "" {
			t.Fatalf("events, -whole +in parts:\n%s", diff)
		}
	})
}

// parter joins the parts of messages as events, and echoes them.
type parter struct {
	events []reply
	open   reply
}

func (r *parter) Part(_ *Output, p Part) Action {
	if p.First {
		r.open = reply{First: uint8(p.Op)}
	}
	r.open.Payload += string(p.Payload)
	if p.Last {
		r.events = append(r.events, r.open)
	}
	return Echo
}

// Shown in parts, messages are the same as shown whole, and so is the end, in
// every write mode.
func FuzzParts(f *testing.F) {
	rng := rand.New(rand.NewPCG(19, 20))
	for i, c := range conversations {
		if b := wire(rng, c.send...); len(b) < 400 {
			f.Add(b, uint16(i))
		}
	}
	for i := range 20 {
		var row []sent
		for range 12 {
			text := texts[rng.IntN(len(texts))]
			cut := rng.IntN(len(text) + 1)
			row = append(row, sent{uint8(parse.Text), text[:cut]}, short(rng), sent{first(parse.Continuation), text[cut:]})
			if parse.Opcode(row[len(row)-2].First&0x0F) != parse.Ping {
				row[len(row)-2] = sent{first(parse.Ping), "p"}
			}
		}
		f.Add(wire(rng, row...), uint16(300*i))
	}
	f.Fuzz(func(t *testing.T, octets []byte, seed uint16) {
		limits := Limits{MaxMessage: 1000, MaxFragments: 5, MaxControl: 1 << 30}
		seen, joined := &recorder{}, &parter{}
		whole := newPeer(Slot, Config{Handler: seen, Limits: limits})
		whole.feed(octets)
		parts := newPeer(modes[seed%3], Config{Parts: joined, Limits: limits})
		cuts := rand.New(rand.NewPCG(uint64(seed), 2))
		for rest := octets; len(rest) > 0 && parts.err == nil; {
			n := min(len(rest), 1+cuts.IntN(1+int(seed)))
			parts.feed(rest[:n])
			rest = rest[n:]
		}
		if whole.err != parts.err {
			t.Fatalf("whole: %v, in parts: %v", whole.err, parts.err)
		}
		if diff := cmp.Diff(seen.events, joined.events); diff != "" {
			t.Fatalf("messages, -whole +in parts:\n%s", diff)
		}
		if _, ok := replies(parts.answer, parts.from); !ok {
			t.Fatalf("no whole frames: %x", parts.answer)
		}
	})
}

// Without a handler the answer is the same as with one that echoes.
func FuzzEcho(f *testing.F) {
	rng := rand.New(rand.NewPCG(15, 16))
	var row []sent
	for range 60 {
		row = append(row, short(rng))
	}
	f.Add(wire(rng, row...))
	f.Fuzz(func(t *testing.T, octets []byte) {
		with, without := newPeer(Slot, Config{Handler: &recorder{}}), newPeer(Slot, Config{})
		with.feed(octets)
		without.feed(octets)
		if string(with.answer) != string(without.answer) || with.err != without.err {
			t.Fatalf("with a handler %v %x\nwithout %v %x", with.err, with.answer, without.err, without.answer)
		}
	})
}

// A server's answer to whatever it is sent is whole frames that a client
// accepts, and the close frame, if there is one, is the last.
func FuzzAnswer(f *testing.F) {
	rng := rand.New(rand.NewPCG(17, 18))
	for _, c := range conversations {
		if b := wire(rng, c.send...); len(b) < 400 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		p := newPeer(Slot, Config{Limits: Limits{MaxMessage: 1000}})
		p.feed(octets)
		list, ok := replies(p.answer, parse.FromServer)
		if !ok {
			t.Fatalf("no whole frames: %x", p.answer)
		}
		closed := false
		for i, r := range list {
			if closed = parse.Opcode(r.First&0x0F) == parse.Close; closed && i != len(list)-1 {
				t.Fatalf("frames behind the close frame: %v", list[i+1:])
			}
		}
		if closed != (p.err != nil) {
			t.Fatalf("ended by %v, close frame %v", p.err, closed)
		}
	})
}
