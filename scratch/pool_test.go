package scratch

import (
	"bytes"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept are the free buffers of p: how many of which capacity.
func (p *Pool) kept() map[int]int {
	kept := map[int]int{}
	for _, c := range p.classes {
		for _, b := range c.list {
			kept[cap(b)]++
		}
	}
	return kept
}

// same tells whether two buffers begin at the same byte.
func same(a, b []byte) bool { return &a[:1][0] == &b[:1][0] }

func TestPoolGet(t *testing.T) {
	var p Pool
	for _, c := range []struct{ n, capacity int }{
		{0, 64}, {1, 64}, {63, 64}, {64, 64}, {65, 128}, {128, 128}, {129, 256},
		{4096, 4096}, {4097, 8192}, {32 << 10, 32 << 10}, {32<<10 + 1, 64<<10 + page},
		{36<<10 + 1, 64<<10 + page}, {64<<10 + page, 64<<10 + page}, {64<<10 + page + 1, 128<<10 + page},
		{1<<20 + 14, 1<<20 + page}, {3 << 20, 4<<20 + page}, {16<<20 + 14, 16<<20 + page},
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

// use has n buffers of size bytes in use at once.
func (p *Pool) use(n, size int) {
	out := make([][]byte, n)
	for i := range out {
		out[i] = p.Get(size)
	}
	for _, b := range out {
		p.Put(b)
	}
}

// What was in use stays as long as it is used, and is gone two Ages later, but
// for what is retained.
func TestPoolAge(t *testing.T) {
	for c := minClass; c <= 24; c++ {
		var p Pool
		size, few := sizeOf(c), retain>>c
		most := few + 3
		p.use(most, size)
		for range 3 {
			p.Age()
			p.use(most, size)
		}
		if diff := cmp.Diff(map[int]int{size: most}, p.kept()); diff != "" || p.Excess() != 3*size || p.Free() != most*size {
			t.Errorf("buffers of %d bytes, used: %d free, excess %d, %s", size, p.Free(), p.Excess(), diff)
		}
		p.Age()
		p.use(few+1, size)
		if p.Age(); p.kept()[size] != few+1 || p.Excess() != size {
			t.Errorf("buffers of %d bytes: %d are kept while %d are used, excess %d", size, p.kept()[size], few+1, p.Excess())
		}
		p.Age()
		if p.Age(); p.kept()[size] != few || p.Excess() != 0 || p.Free() != few*size {
			t.Errorf("buffers of %d bytes: %d are retained, want %d, excess %d", size, p.kept()[size], few, p.Excess())
		}
	}
}

func TestRetained(t *testing.T) {
	var p Pool
	for size := 64; size <= 2<<20; size *= 2 {
		p.use(2<<20/size, size)
	}
	before := p.Free()
	for range 2 {
		p.Age()
	}
	if p.Free() > Retained || p.Free() < Retained/2 || before < Retained || p.Excess() > 0 {
		t.Errorf("%d bytes are kept, of %d, excess %d; want %d at most", p.Free(), before, p.Excess(), Retained)
	}
}

func TestPoolRefusesForeign(t *testing.T) {
	var p Pool
	p.Put(nil)
	for _, capacity := range []int{0, 1, 2, 32, 63, 65, 100, 127, 4095, 4097, 64 << 10, 1 << 20, 1<<20 + page - 1, 2 << 20} {
		p.Put(make([]byte, min(capacity, 10), capacity))
	}
	p.Put(p.Get(128)[1:1]) // a part of one
	if kept := p.kept(); len(kept) > 0 || p.Lent() != 128 {
		t.Errorf("kept %v, %d bytes are lent", kept, p.Lent())
	}
}

func TestPoolGrow(t *testing.T) {
	for _, c := range []struct{ length, capacity, n, follow, want int }{
		{0, 0, 10, 0, 64},
		{10, 64, 54, 1000, 64},
		{10, 64, 55, 0, 128},
		{10, 64, 55, -1, 128},
		{64, 64, 1, 0, 128},
		{64, 64, 100, 0, 256},
		{64, 64, 1000, 0, 2048},
		{1<<20 + page, 1<<20 + page, 1, 0, 2<<20 + page},
		{5, 100, 200, 0, 256}, // foreign
		{0, 0, 1000, 10, 1024},
		{0, 0, 1000, 1000, 2048},
		{0, 0, 1000, 1 << 30, 2048}, // announced, but 1000 vouch for no more than 1000
	} {
		var p Pool
		b := make([]byte, c.length, c.capacity)
		for i := range b {
			b[i] = byte(i * 7)
		}
		got := p.Grow(b, c.n, c.follow)
		if cap(got) != c.want || !bytes.Equal(got, b) {
			t.Errorf("%+v: %d of %d, or other bytes", c, len(got), cap(got))
		}
		moved := cap(got) != c.capacity
		back := p.kept()[c.capacity] == 1
		if pooled := c.capacity > 0 && c.capacity == sizeOf(classOf(c.capacity)); back != (moved && pooled) {
			t.Errorf("%+v: old buffer given back: %v", c, back)
		}
	}
}

// Many goroutines may use a shared pool.
func TestSharedPool(t *testing.T) {
	p := NewShared()
	var done sync.WaitGroup
	for i := range 4 {
		done.Go(func() {
			for n := range 1000 {
				b := p.Grow(p.Get(n), 10*n, i)
				p.Put(append(b, 1))
				if n%100 == 0 {
					p.Age()
				}
			}
		})
	}
	done.Wait()
	total := 0
	for size, n := range p.kept() {
		total += size * n
	}
	if total != p.Free() || p.Lent() != 0 {
		t.Errorf("%d bytes are free, and said to be %d; %d are lent", total, p.Free(), p.Lent())
	}
}

// watched is a lock that records what happens under it.
type watched struct {
	sync.Mutex
	taken     int
	allocated uint64 // bytes, while it was held
}

func (w *watched) Lock() {
	w.Mutex.Lock()
	w.taken++
	w.allocated -= totalAlloc()
}

func (w *watched) Unlock() {
	w.allocated += totalAlloc()
	w.Mutex.Unlock()
}

func totalAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// A new buffer is allocated, and so cleared, while nobody has to wait for it.
func TestPoolAllocatesUnlocked(t *testing.T) {
	var w watched
	p := &Pool{mu: &w}
	const size = 8 << 20
	before := totalAlloc()
	p.Put(p.Grow(p.Get(size), 2*size, 0))
	if got := totalAlloc() - before; got < 3*size {
		t.Fatalf("%d bytes were allocated, want %d at least: this test sees nothing", got, 3*size)
	}
	if w.allocated > size/10 {
		t.Errorf("%d bytes were allocated under the lock", w.allocated)
	}
}

// A shared pool is locked once for each buffer taken or given back, and not to
// count what is copied.
func TestPoolLocks(t *testing.T) {
	var w watched
	p := &Pool{mu: &w}
	var c Carry
	var b []byte
	in := octets(200)
	for _, step := range []struct {
		name string
		f    func()
		want int
	}{
		{"get", func() { b = p.Get(100) }, 1},
		{"no need to grow", func() { b = p.Grow(b, 100, 0) }, 0},
		{"grow", func() { b = p.Grow(b, 1000, 0) }, 2},
		{"put", func() { p.Put(b) }, 1},
		{"save", func() { c.Save(p, in[:20], 150) }, 1},
		{"add", func() { c.Add(p, in[20:30]) }, 0},
		{"save the rest", func() { c.Save(p, c.Bytes()[10:], 150) }, 2},
		{"restore", func() { c.Restore(p, in) }, 1},
		{"restore nothing", func() { c.Restore(p, in) }, 0},
		{"drop nothing", func() { c.Drop(p) }, 0},
	} {
		w.taken = 0
		if step.f(); w.taken != step.want {
			t.Errorf("%s: locked %d times, want %d", step.name, w.taken, step.want)
		}
	}
}
