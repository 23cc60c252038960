package scratch

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept are the free buffers of p: how many of which capacity.
func (p *Pool) kept() map[int]int {
	kept := map[int]int{}
	for _, list := range p.free {
		for _, b := range list {
			kept[cap(b)]++
		}
	}
	return kept
}

// same tells whether two buffers begin at the same octet.
func same(a, b []byte) bool { return &a[:1][0] == &b[:1][0] }

func TestPoolGet(t *testing.T) {
	var p Pool
	for _, c := range []struct{ n, capacity int }{
		{0, 64}, {1, 64}, {63, 64}, {64, 64}, {65, 128}, {128, 128}, {129, 256},
		{4096, 4096}, {4097, 8192}, {64 << 10, 64 << 10}, {64<<10 + 1, 128 << 10},
		{1<<20 - 1, 1 << 20}, {1 << 20, 1 << 20}, {1<<20 + 1, 1<<20 + 1}, {3 << 20, 3 << 20},
	} {
		for _, from := range []string{"new", "used"} {
			b := p.Get(c.n)
			if len(b) != 0 || cap(b) != c.capacity {
				t.Errorf("Get(%d), %s: length %d, capacity %d; want 0, %d", c.n, from, len(b), cap(b), c.capacity)
			}
			p.Put(append(b, "what was there"...)[:min(5, cap(b))])
		}
	}
}

func TestPoolReuses(t *testing.T) {
	var p Pool
	a, b := p.Get(100), p.Get(100)
	if same(a, b) {
		t.Fatal("two that are out at once are one")
	}
	p.Put(a)
	if c := p.Get(300); same(a, c) {
		t.Error("a buffer was reused for another class")
	}
	if c := p.Get(65); !same(a, c) {
		t.Error("a free buffer of the class was not reused")
	}
	if c := p.Get(65); same(a, c) {
		t.Error("one buffer was handed out twice")
	}
}

func TestPoolRetention(t *testing.T) {
	for size := 1 << minClass; size <= 1<<maxClass; size <<= 1 {
		var p Pool
		for range retain/size + 3 {
			p.Put(make([]byte, 0, size))
		}
		if diff := cmp.Diff(map[int]int{size: retain / size}, p.kept()); diff != "" {
			t.Errorf("buffers of %d octets: %s", size, diff)
		}
	}
}

func TestPoolRefusesForeign(t *testing.T) {
	var p Pool
	p.Put(nil)
	for _, capacity := range []int{0, 1, 2, 32, 63, 65, 100, 127, 4095, 4097, 1<<20 - 1, 1<<20 + 1, 2 << 20} {
		p.Put(make([]byte, min(capacity, 10), capacity))
	}
	p.Put(p.Get(128)[1:1]) // a part of one
	if kept := p.kept(); len(kept) > 0 {
		t.Errorf("kept %v", kept)
	}
}

func TestPoolGrow(t *testing.T) {
	for _, c := range []struct{ length, capacity, n, want int }{
		{0, 0, 10, 64},
		{10, 64, 54, 64},
		{10, 64, 55, 128},
		{64, 64, 1, 128},
		{64, 64, 100, 256},
		{64, 64, 1000, 2048},
		{1 << 20, 1 << 20, 1, 2 << 20},
		{5, 100, 200, 256}, // foreign
	} {
		var p Pool
		b := make([]byte, c.length, c.capacity)
		for i := range b {
			b[i] = byte(i * 7)
		}
		got := p.Grow(b, c.n)
		if cap(got) != c.want || !bytes.Equal(got, b) {
			t.Errorf("Grow(%d of %d, %d): %d of %d, want %d of %d, or other octets", c.length, c.capacity, c.n, len(got), cap(got), c.length, c.want)
		}
		moved := cap(got) != c.capacity
		back := p.kept()[c.capacity] == 1
		if pooled := c.capacity >= 64 && c.capacity&(c.capacity-1) == 0; back != (moved && pooled) {
			t.Errorf("Grow(%d of %d, %d): old buffer given back: %v", c.length, c.capacity, c.n, back)
		}
	}
}

func TestTrim(t *testing.T) {
	var p Pool
	for _, n := range []int{64, 4096, 4097, 1 << 20} {
		p.Put(p.Get(n))
	}
	p.Trim(4096)
	for n, want := range map[int]bool{64: true, 4096: true, 8192: false, 1 << 20: false} {
		if got := len(p.free[class(n)-minClass]) > 0; got != want {
			t.Errorf("a buffer of %d is kept: %v", n, got)
		}
	}
}
