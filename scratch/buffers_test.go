package scratch

import (
	"strings"
	"testing"
)

func TestKind(t *testing.T) {
	for _, k := range []Kind{Shared, PerConn, Pooled, Ring} {
		if got, err := ParseKind(k.String()); got != k || err != nil {
			t.Errorf("%v is read back as %v, %v", k, got, err)
		}
	}
	for _, s := range []string{"", "Shared", "pooled", "shared ", "uring"} {
		if _, err := ParseKind(s); err == nil || !strings.Contains(err.Error(), "shared, conn, pool or ring") {
			t.Errorf("ParseKind(%q): %v", s, err)
		}
	}
}

// get takes a buffer of s and checks its length.
func get(t *testing.T, s *Buffers, own *[]byte) []byte {
	t.Helper()
	b := s.Get(own)
	if len(b) != s.Size() {
		t.Fatalf("buffer of %d bytes, want %d", len(b), s.Size())
	}
	return b
}

func eachSize(t *testing.T, kind Kind, f func(t *testing.T, s *Buffers, p *Pool)) {
	for _, size := range []int{1, 100, 4096, DefaultSize, 3 << 20} {
		p := &Pool{}
		f(t, New(kind, size, p), p)
	}
}

func TestShared(t *testing.T) {
	eachSize(t, Shared, func(t *testing.T, s *Buffers, p *Pool) {
		var one, two []byte
		a := get(t, s, &one)
		s.Put(a)
		if b := get(t, s, &two); !same(a, b) {
			t.Error("two connections do not share")
		}
		if one != nil || two != nil || len(p.kept()) > 0 {
			t.Error("a connection or the pool owns a buffer")
		}
	})
}

func TestPerConn(t *testing.T) {
	eachSize(t, PerConn, func(t *testing.T, s *Buffers, p *Pool) {
		var one, two []byte
		a := get(t, s, &one)
		if same(a, get(t, s, &two)) {
			t.Error("two connections share")
		}
		a[0] = 42
		s.Put(a)
		if again := get(t, s, &one); !same(a, again) || again[0] != 42 {
			t.Error("a connection got another buffer")
		}
		if len(p.kept()) > 0 {
			t.Error("the pool took a connection's buffer")
		}
	})
}

func TestRingIsElsewhere(t *testing.T) {
	eachSize(t, Ring, func(t *testing.T, s *Buffers, p *Pool) {
		var own []byte
		b := s.Get(&own)
		s.Put(b)
		if b != nil || own != nil || len(p.kept()) > 0 {
			t.Errorf("a buffer of %d bytes", len(b))
		}
	})
}

func TestPooled(t *testing.T) {
	eachSize(t, Pooled, func(t *testing.T, s *Buffers, p *Pool) {
		var one, two []byte
		a, b := get(t, s, &one), get(t, s, &two)
		if same(a, b) {
			t.Error("two reads at once share")
		}
		s.Put(a)
		if c := get(t, s, &two); !same(a, c) {
			t.Errorf("a buffer of %d bytes is not reused", s.Size())
		}
		if one != nil || two != nil {
			t.Error("a connection owns a buffer")
		}
	})
}
