package scratch

import (
	"bytes"
	"testing"
)

// octets returns n octets, no two stretches alike.
func octets(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func TestCarryRestore(t *testing.T) {
	for _, c := range []struct{ rest, buf int }{{1, 64}, {63, 64}, {64, 64}, {100, 4096}, {3000, 4096}} {
		var p Pool
		var carry Carry
		buf := octets(c.buf)
		want := bytes.Clone(buf[c.buf-c.rest:])
		carry.Save(&p, buf[c.buf-c.rest:])
		clear(buf) // the carry is a copy
		if carry.Len() != c.rest {
			t.Errorf("%+v: carries %d", c, carry.Len())
		}
		n := carry.Restore(&p, buf)
		if n != c.rest || !bytes.Equal(buf[:c.rest], want) {
			t.Errorf("%+v: restored %d octets, or others", c, n)
		}
		checkEmpty(t, &carry, &p, 1)
		if n := carry.Restore(&p, buf); n != 0 {
			t.Errorf("%+v: restored %d again", c, n)
		}
	}
}

// checkEmpty: c carries nothing and owns no buffer; p has that many free.
func checkEmpty(t *testing.T, c *Carry, p *Pool, free int) {
	t.Helper()
	kept := 0
	for _, n := range p.kept() {
		kept += n
	}
	if c.Len() != 0 || c.b != nil || kept != free {
		t.Errorf("carries %d octets in a buffer of %d; the pool has %d, want %d", c.Len(), cap(c.b), kept, free)
	}
}

func TestCarryDrop(t *testing.T) {
	var p Pool
	var carry Carry
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 0)
	carry.Save(&p, octets(10))
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 1)
}
