package scratch

import (
	"bytes"
	"testing"
)

// bytes returns n bytes, no two stretches alike.
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
		carry.Save(&p, buf[c.buf-c.rest:], 0)
		clear(buf) // the carry is a copy
		if carry.Len() != c.rest {
			t.Errorf("%+v: carries %d", c, carry.Len())
		}
		n := carry.Restore(&p, buf)
		if n != c.rest || !bytes.Equal(buf[:c.rest], want) {
			t.Errorf("%+v: restored %d bytes, or others", c, n)
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
		t.Errorf("carries %d bytes in a buffer of %d; the pool has %d, want %d", c.Len(), cap(c.b), kept, free)
	}
}

func TestCarryDrop(t *testing.T) {
	var p Pool
	var carry Carry
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 0)
	carry.Save(&p, octets(10), 0)
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 1)
}

// A frame that comes in pieces is whole in the end, and each of its bytes was
// copied a few times at most, however small they are.
func TestCarryAdd(t *testing.T) {
	const size = 60_000
	frame := octets(size + 50)
	for _, piece := range []int{1, 7, 100, 1000, 30_000, size} {
		var p Pool
		var c Carry
		c.Save(&p, frame[:1], 2)
		at := 1
		for at < size {
			at += c.Add(&p, frame[at:min(at+piece, len(frame))])
			if c.Save(&p, c.Bytes(), size); c.Len() != at {
				t.Fatalf("pieces of %d: %d bytes are carried of %d", piece, c.Len(), at)
			}
			if cap(c.Bytes()) > 4*at+page+1<<minClass {
				t.Fatalf("pieces of %d: room for %d, and %d have come", piece, cap(c.Bytes()), at)
			}
		}
		if !bytes.Equal(c.Bytes(), frame[:size]) {
			t.Errorf("pieces of %d: other bytes, or %d", piece, c.Len())
		}
		c.Drop(&p)
		if got := p.Copied(); got < size || got > 4*size {
			t.Errorf("pieces of %d: %d bytes were copied, want %d to %d", piece, got, size, 4*size)
		}
	}
}

// What is left of the carried bytes takes their place.
func TestCarrySaveRest(t *testing.T) {
	var p Pool
	var c Carry
	all := octets(100)
	c.Save(&p, all, 0)
	c.Save(&p, c.Bytes()[90:], 0)
	if !bytes.Equal(c.Bytes(), all[90:]) {
		t.Errorf("carries %x, want %x", c.Bytes(), all[90:])
	}
	if n := c.Add(&p, all); n != len(all) {
		t.Errorf("of %d bytes, %d are carried", len(all), n)
	}
	c.Drop(&p)
	checkEmpty(t, &c, &p, 2)
}
