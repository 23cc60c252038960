package mask

import (
	"bytes"
	"testing"
)

func TestUnmask(t *testing.T) {
	plain := random(longest)
	want := make([]byte, longest)
	eachImpl(t, func(t *testing.T, impl Impl) {
		a := newArena(longest)
		for _, key := range rotations() {
			oracle(want, plain, key)
			for _, n := range lengths() {
				for _, align := range alignments(n) {
					b := a.slice(n, align)
					copy(b, plain)
					next := impl.Unmask(b, key)
					if !bytes.Equal(b, want[:n]) {
						t.Fatalf("n=%d align=%d key=%08x: wrong from byte %d", n, align, key, differ(b, want))
					}
					if next != oracleNext(key, n) {
						t.Fatalf("n=%d key=%08x: next is %08x, want %08x", n, key, next, oracleNext(key, n))
					}
					a.check(t, n, align)
				}
			}
		}
	})
}

// Several calls of the assembly make one operation beyond perCall bytes.
func TestUnmaskLong(t *testing.T) {
	plain := random(1<<20 + 1)
	want := make([]byte, len(plain))
	oracle(want, plain, wireKey)
	ascii := bytes.Clone(want) // what unmasks to ASCII
	for i := range plain {
		ascii[i] ^= plain[i] & 0x80
	}
	eachImpl(t, func(t *testing.T, impl Impl) {
		a, to := newArena(len(plain)), newArena(len(plain))
		for _, n := range []int{perCall + 1, perCall + 64, 2*perCall - 1, 2 * perCall, 3*perCall + 5, 1 << 20, 1<<20 + 1} {
			for _, align := range []int{0, 1, 2, 3, 31, 33, 62, 63} {
				b, moved := a.slice(n, align), to.slice(n, align)
				copy(b, plain)
				copied := impl.Copy(moved, b, wireKey)
				next := impl.Unmask(b, wireKey)
				if !bytes.Equal(b, want[:n]) || !bytes.Equal(moved, want[:n]) {
					t.Fatalf("n=%d align=%d: wrong from byte %d, copied %d", n, align, differ(b, want), differ(moved, want))
				}
				if next != oracleNext(wireKey, n) || copied != next {
					t.Fatalf("n=%d: next is %08x, copied %08x", n, next, copied)
				}
				for _, bad := range []int{-1, 0, n / 2, n - 1} {
					copy(b, ascii)
					if bad >= 0 {
						b[bad] ^= 0x80
					}
					if _, got := impl.UnmaskASCII(b, wireKey); got != (bad < 0) {
						t.Fatalf("n=%d align=%d: ascii is %v with byte %d bad", n, align, got, bad)
					}
				}
				a.check(t, n, align)
				to.check(t, n, align)
			}
		}
	})
}

// Payloads larger than the caches may take another way.
func TestFar(t *testing.T) {
	const n = minFar + 3*perCall + 77
	plain, want := random(n), make([]byte, n)
	oracle(want, plain, wireKey)
	a := newArena(n + 1)
	for _, k := range []Kernel{Auto, AVX2} {
		if !k.Supported() {
			t.Logf("this CPU or build lacks %v: the word kernel stands in", k)
		}
		for _, align := range []int{0, 39} {
			b := a.slice(n, align)
			copy(b, plain)
			if next := k.Unmask(b, wireKey); next != oracleNext(wireKey, n) || !bytes.Equal(b, want) {
				t.Fatalf("%v align=%d: wrong from byte %d, next is %08x", k, align, differ(b, want), next)
			}
			Floor(b)
			if !bytes.Equal(b, want) {
				t.Fatalf("align=%d: Floor changed byte %d", align, differ(b, want))
			}
			a.check(t, n, align)
		}
		testOverlap(t, Impls()[k], a, plain, want, n, 1, 0, wireKey)
	}
}

// A payload in three parts comes out as in one.
func TestSplits(t *testing.T) {
	const n = 300
	plain := random(n)
	want := make([]byte, n)
	oracle(want, plain, wireKey)
	eachImpl(t, func(t *testing.T, impl Impl) {
		got := make([]byte, n)
		for first := range n + 1 {
			for second := first; second <= n; second += 1 + (n-first)/19 {
				copy(got, plain)
				key := impl.Unmask(got[:first], wireKey)
				key, _ = impl.UnmaskASCII(got[first:second], key)
				key = impl.Copy(got[second:], got[second:], key)
				if !bytes.Equal(got, want) || key != oracleNext(wireKey, n) {
					t.Fatalf("split at %d and %d: wrong from byte %d, next %08x", first, second, differ(got, want), key)
				}
			}
		}
	})
}

func TestUnmaskASCII(t *testing.T) {
	plain := random(longest)
	for i := range plain {
		plain[i] &= 0x7f
	}
	eachImpl(t, func(t *testing.T, impl Impl) {
		a := newArena(longest)
		masked := make([]byte, longest)
		for turn, key := range rotations() {
			oracle(masked, plain, key)
			for _, n := range lengths() {
				for _, bad := range badOctets(n, turn) {
					testASCII(t, impl, a, plain, masked, n, (bad+turn)&63, bad, key)
				}
				for _, align := range alignments(n) {
					testASCII(t, impl, a, plain, masked, n, align, -1, key)
					if n > 0 {
						testASCII(t, impl, a, plain, masked, n, align, (align*7+turn)%n, key)
					}
				}
			}
		}
	})
}

// testASCII unmasks n bytes with byte bad of them spoilt, or none where bad
// is -1.
func testASCII(t *testing.T, impl Impl, a *arena, plain, masked []byte, n, align, bad int, key uint32) {
	b := a.slice(n, align)
	copy(b, masked)
	if bad >= 0 {
		b[bad] ^= 0x80
	}
	next, ascii := impl.UnmaskASCII(b, key)
	if ascii != (bad < 0) {
		t.Fatalf("n=%d align=%d key=%08x: ascii is %v with byte %d bad", n, align, key, ascii, bad)
	}
	if next != oracleNext(key, n) {
		t.Fatalf("n=%d key=%08x: next is %08x", n, key, next)
	}
	if bad >= 0 {
		b[bad] ^= 0x80
	}
	if !bytes.Equal(b, plain[:n]) {
		t.Fatalf("n=%d align=%d key=%08x: wrong from byte %d", n, align, key, differ(b, plain))
	}
	a.check(t, n, align)
}

// badOctets are the bytes of n to spoil, one at a time, and -1 for none: all
// of them up to 64, all shared out among the four turns up to 300, and those
// near either end and some between beyond.
func badOctets(n, turn int) []int {
	bad := []int{-1}
	for i := 0; i < n; i++ {
		middle := i > 70 && i < n-300
		if n > 64 && i&3 != turn || n > 300 && middle && i%(n/37) > 3 || n > 64 && sparse() && i%7 != 0 {
			continue
		}
		bad = append(bad, i)
	}
	return bad
}

func TestFloorChangesNothing(t *testing.T) {
	plain := random(3*perCall + 7)
	a := newArena(len(plain))
	for _, n := range append(lengths(), perCall+1, len(plain)) {
		for _, align := range []int{0, 1, 17, 63} {
			b := a.slice(n, align)
			copy(b, plain)
			Floor(b)
			if !bytes.Equal(b, plain[:n]) {
				t.Fatalf("n=%d align=%d: changed byte %d", n, align, differ(b, plain))
			}
			a.check(t, n, align)
		}
	}
}
