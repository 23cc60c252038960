package scratch

import (
	"bytes"
	"fmt"
	"math"
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
	for _, c := range []struct{ rest, need, buf int }{
		{1, 2, 64}, {1, 64, 64}, {63, 64, 64}, {100, 101, 4096}, {3000, 4096, 4096},
	} {
		var p Pool
		var carry Carry
		buf := octets(c.buf)
		want := bytes.Clone(buf[c.buf-c.rest:])
		carry.Save(&p, buf[c.buf-c.rest:], c.need)
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
	if c.Len() != 0 || c.b != nil || c.need != 0 || kept != free {
		t.Errorf("carries %d octets in a buffer of %d; the pool has %d, want %d", c.Len(), cap(c.b), kept, free)
	}
}

func TestCarryRestoreRefusesLongFrames(t *testing.T) {
	var p Pool
	var carry Carry
	frame := octets(65)
	carry.Save(&p, frame[:10], 65)
	buf := make([]byte, 64)
	if n := carry.Restore(&p, buf); n != -1 || carry.Len() != 10 || !bytes.Equal(buf, make([]byte, 64)) {
		t.Errorf("restored %d, %d left, buffer %x", n, carry.Len(), buf)
	}
	if n := carry.Restore(&p, make([]byte, 65)); n != 10 {
		t.Errorf("a buffer that can hold it restored %d", n)
	}
}

// arrive has frame come in chunks into a carry that holds its first octets.
func arrive(t *testing.T, p *Pool, carry *Carry, frame []byte, saved int, chunks ...int) []byte {
	carry.Save(p, frame[:saved], len(frame))
	for i, at := 0, saved; ; i++ {
		tail := carry.Tail(p)
		if len(tail) == 0 || len(tail) > len(frame)-at {
			t.Fatalf("%d of %d octets: room for %d", at, len(frame), len(tail))
		}
		n := copy(tail[:min(len(tail), chunks[i%len(chunks)])], frame[at:])
		at += n
		got, whole := carry.Extend(n)
		if whole != (at == len(frame)) || carry.Len() != at {
			t.Fatalf("%d of %d octets: whole %v, carries %d", at, len(frame), whole, carry.Len())
		}
		if whole {
			return got
		}
	}
}

func TestCarryLongFrame(t *testing.T) {
	for _, size := range []int{2, 65, 300, 4097, 70_000, 1<<20 + 13, 3 << 20} {
		for _, chunks := range [][]int{{1}, {1, 7, 4096, 3}, {1 << 30}, {65535}} {
			if size > 100_000 && chunks[0] == 1 && len(chunks) == 1 {
				continue // the shorter ones tell
			}
			t.Run(fmt.Sprintf("size=%d/chunks=%v", size, chunks), func(t *testing.T) {
				var p Pool
				var carry Carry
				frame := octets(size)
				for _, saved := range []int{1, min(size-1, 50), size - 1} {
					if got := arrive(t, &p, &carry, frame, saved, chunks...); !bytes.Equal(got, frame) {
						t.Errorf("saved %d: other octets", saved)
					}
					carry.Drop(&p)
				}
			})
		}
	}
}

func TestCarryDropAndDetach(t *testing.T) {
	var p Pool
	var carry Carry
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 0)
	carry.Save(&p, octets(10), 20)
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 1)

	frame := arrive(t, &p, &carry, octets(100), 10, 90)
	carry.Detach()
	checkEmpty(t, &carry, &p, 1) // the 64 octets that it grew out of
	carry.Save(&p, octets(100), 200)
	if !bytes.Equal(frame, octets(100)) {
		t.Error("a detached frame was written to")
	}
	p.Put(frame)
	carry.Drop(&p)
	checkEmpty(t, &carry, &p, 3)
}

// Memory follows what arrived; what the peer announces costs nothing.
func TestCarryGrowsWithWhatArrived(t *testing.T) {
	var p Pool
	var carry Carry
	carry.Save(&p, octets(14), math.MaxInt)
	chunk := octets(1000)
	for range 3000 {
		n := copy(carry.Tail(&p), chunk)
		if n == 0 {
			t.Fatal("no room")
		}
		if _, whole := carry.Extend(n); whole {
			t.Fatal("whole")
		}
		if most := 8<<10 + 4*carry.Len(); cap(carry.b) > most {
			t.Fatalf("%d octets arrived, the buffer has %d", carry.Len(), cap(carry.b))
		}
	}
}
