package engine

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"wsbench/parse"
	"wsbench/scratch"
)

func TestMaxFragments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 31))
	p := newPeer(Slot, Config{Limits: Limits{MaxFragments: 3}})
	for range 3 { // one message after another
		p.feed(wire(rng, sent{uint8(parse.Text), "a"}, sent{uint8(parse.Continuation), "b"}, sent{first(parse.Continuation), "c"}))
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	p.answer = nil
	p.feed(wire(rng, sent{uint8(parse.Text), "a"}, sent{uint8(parse.Continuation), "b"}, sent{uint8(parse.Continuation), "c"}))
	if p.err != nil || len(p.answer) > 0 {
		t.Fatalf("three fragments: %v, %x", p.err, p.answer)
	}
	p.feed(wire(rng, sent{first(parse.Continuation), ""}))
	if p.err != ErrFragments {
		t.Errorf("the fourth: %v", p.err)
	}
	p.want(t, reply{first(parse.Close), closePayload(parse.ClosePolicy)})
}

func TestMaxControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 32))
		p := newPeer(Slot, Config{Limits: Limits{MaxControl: 5}})
		for range 4 {
			for range 5 {
				p.feed(wire(rng, sent{first(parse.Ping), "p"}))
			}
			time.Sleep(time.Second)
		}
		if p.err != nil || p.frames != 20 {
			t.Fatalf("five a second: %v after %d", p.err, p.frames)
		}
		p.answer = nil
		for range 6 {
			p.feed(wire(rng, sent{first(parse.Pong), ""}))
		}
		if p.err != ErrControls {
			t.Errorf("six at once: %v", p.err)
		}
		p.want(t, reply{first(parse.Close), closePayload(parse.ClosePolicy)})
	})
}

// Memory follows what arrived; what the peer announces costs nothing.
func TestMemoryFollowsWhatArrived(t *testing.T) {
	p := newPeer(Slot, Config{})
	header := parse.AppendMaskedHeader(nil, first(parse.Binary), DefaultMaxMessage, 1)
	p.feed(header)
	arrived := 0
	for range 1000 {
		p.feed(make([]byte, 1000))
		arrived += 1000
		if p.eng.Room(); arrived > scratch.DefaultSize && p.eng.Room() == nil {
			t.Fatalf("no room behind %d bytes", arrived)
		}
		if have := cap(p.eng.msg.buf); have > 4*arrived+4096 {
			t.Fatalf("%d bytes arrived, the buffer has %d", arrived, have)
		}
	}
	p.eng.Release()
}

// Ten thousand peers that announce a long message, and send none of it, cost
// no more than what they have sent.
func TestAnnouncedLengthsCostNothing(t *testing.T) {
	pool := &scratch.Pool{}
	out := NewOutput(Slot, pool)
	var engines []*Engine
	for range 10_000 {
		eng := New(&Config{Pool: pool})
		in := parse.AppendMaskedHeader(nil, first(parse.Binary), DefaultMaxMessage, 1)
		if p, err := eng.Process(in, out, 0); err != nil || p.Consumed != len(in) {
			t.Fatal(p, err)
		}
		engines = append(engines, eng)
	}
	if got := pool.Lent() + pool.Free(); got > 64*len(engines) {
		t.Errorf("%d announced messages cost %d bytes", len(engines), got)
	}
	for _, eng := range engines {
		eng.Release()
	}
	if pool.Lent() != 0 {
		t.Errorf("%d bytes are lent when all have ended", pool.Lent())
	}
}
