package engine

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wsbench/parse"
	"wsbench/scratch"
)

// An assembled message's buffer goes back at the next Begin, or is whoever's
// that takes it.
func TestTake(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 33))
	for _, take := range []bool{false, true} {
		p := newPeer(Slot, Config{})
		in := wire(rng, sent{uint8(parse.Binary), "long"}, sent{first(parse.Continuation), "er"}, sent{first(parse.Text), "whole"})
		if _, err := p.eng.Process(in, p.out, 0); err != nil {
			t.Fatal(err)
		}
		segs := p.out.Segments()
		if len(segs) != 2 || p.out.Take(segs[1]) != nil {
			t.Fatalf("%d segments, or a buffer of the pool behind what was answered in place", len(segs))
		}
		lent := p.pool.Lent()
		if take {
			room := p.out.Take(segs[0])
			if want := "\x82\x06longer"; string(room[cap(room)-cap(segs[0]):]) != want {
				t.Errorf("taken: %q, want %q", room, want)
			}
			if again := p.out.Take(segs[0]); again != nil {
				t.Error("taken twice")
			}
			p.out.Begin(nil)
			if p.pool.Lent() != lent || lent == 0 {
				t.Errorf("%d bytes are lent, and were %d", p.pool.Lent(), lent)
			}
			p.pool.Put(room)
		}
		if p.out.Free(); p.pool.Lent() != 0 {
			t.Errorf("taken: %v; %d bytes are lent", take, p.pool.Lent())
		}
	}
}

// Long answers made by an Output are in buffers of the pool, which it gives
// back; short ones are in one of its own.
func TestLongSends(t *testing.T) {
	p := newPeer(Slot, Config{})
	sends := func() {
		p.out.Begin(nil)
		for _, n := range []int{1000, 30, 100_000, 5, 3 << 20, 50} {
			p.out.Send(parse.Binary, make([]byte, n)[:n:n])
		}
		got := ""
		for _, s := range p.out.Segments() {
			got += string(s)
		}
		list, ok := replies([]byte(got), parse.FromServer)
		if !ok || len(list) != 6 || len(list[4].Payload) != 3<<20 || strings.Trim(list[4].Payload, "\x00") != "" {
			t.Fatalf("%d frames, %v", len(list), ok)
		}
		if p.out.Free(); p.pool.Lent() != 0 {
			t.Errorf("%d bytes are lent", p.pool.Lent())
		}
	}
	sends()
	free := p.pool.Free()
	if sends(); free < 3<<20 || p.pool.Free() != free {
		t.Errorf("%d bytes are free, then %d", free, p.pool.Free())
	}
	if short := testing.AllocsPerRun(10, func() {
		p.out.Begin(nil)
		p.out.Send(parse.Binary, []byte{1})
		p.out.Segments()
	}); short != 0 {
		t.Errorf("a short answer: %v allocations", short)
	}
}

// A header that finds the pool's buffer full moves what is there to a longer
// one. Both go back to the pool, and not before the segments are sent.
func TestHeaderOutgrowsBuffer(t *testing.T) {
	for _, mode := range []WriteMode{Slot, Writev} {
		var pool scratch.Pool
		o := NewOutput(mode, &pool)
		o.Begin([]byte("echo"))
		o.AddCopy(make([]byte, 100_000))
		size := cap(o.local)
		o.AddCopy(make([]byte, size-100_000))
		o.Segments() // ends the one that fills the buffer
		o.Reserve(0, 4)
		o.Commit(first(parse.Text))
		other := pool.Get(size)
		copy(other[:size], "not a part of the answer")
		got := ""
		for _, s := range o.Segments() {
			got += string(s)
		}
		if want := strings.Repeat("\x00", size) + "\x81\x04echo"; got != want {
			t.Errorf("%v: %d bytes, or others; want %d", mode, len(got), len(want))
		}
		pool.Put(other)
		if o.Free(); pool.Lent() != 0 || pool.Free() < 2*size {
			t.Errorf("%v: %d bytes are lent and %d free; want none and %d at least", mode, pool.Lent(), pool.Free(), 2*size)
		}
	}
}
