package scratch

import "testing"

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var p Pool
	frame := octets(200_000)
	for name, f := range map[string]func(){
		"pool": func() {
			for n := 1; n <= 16<<20; n *= 3 {
				p.Put(p.Get(n))
			}
		},
		"grow": func() {
			b := p.Get(10)
			for len(b) < 100_000 {
				b = p.Grow(b, 1000, 0)
				b = b[:len(b)+1000]
			}
			p.Put(b)
		},
		"split frame": func() {
			var c Carry
			c.Save(&p, frame[:100], 200)
			c.Restore(&p, frame[:200])
		},
		"pieces": func() {
			var c Carry
			c.Save(&p, frame[:1], 2)
			for c.Len() < 60_000 {
				c.Save(&p, c.Bytes(), 60_000)
				c.Add(&p, frame[c.Len():][:100])
			}
			c.Drop(&p)
		},
	} {
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for _, kind := range []Kind{Shared, PerConn, Pooled} {
		s := New(kind, DefaultSize, &p)
		own := make([][]byte, 10)
		n := testing.AllocsPerRun(20, func() {
			for i := range own {
				s.Put(s.Get(&own[i]))
			}
		})
		if n != 0 {
			t.Errorf("buffers %v: %v allocations", kind, n)
		}
	}
}
