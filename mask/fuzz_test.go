package mask

import (
	"bytes"
	"testing"
)

// FuzzUnmaskSplit unmasks a payload in three parts.
func FuzzUnmaskSplit(f *testing.F) {
	for _, n := range []int{0, 1, 7, 16, 20, 63, 64, 65, 125, 129, 300, 1027} {
		f.Add(random(n), wireKey, uint16(n/3), uint16(n/2), uint8(n))
	}
	f.Add(bytes.Repeat([]byte{0x41}, 600), uint32(0), uint16(0), uint16(599), uint8(63))
	f.Fuzz(func(t *testing.T, plain []byte, key uint32, first, second uint16, align uint8) {
		n := len(plain)
		i := min(int(first), n)
		j := i + min(int(second), n-i)
		want, high := make([]byte, n), byte(0)
		oracle(want, plain, key)
		for _, c := range want {
			high |= c
		}
		for _, impl := range Impls() {
			a := newArena(n)
			b := a.slice(n, int(align%64))
			copy(b, plain)
			next, one := impl.UnmaskASCII(b[:i], key)
			next, two := impl.UnmaskASCII(b[i:j], next)
			next, three := impl.UnmaskASCII(b[j:], next)
			if !bytes.Equal(b, want) || next != oracleNext(key, n) {
				t.Fatalf("%s: wrong from byte %d, next %08x", impl.Name, differ(b, want), next)
			}
			if (one && two && three) != (high < 0x80) {
				t.Fatalf("%s: ascii %v %v %v", impl.Name, one, two, three)
			}
			next = impl.Unmask(b[:i], key)
			next = impl.Unmask(b[i:j], next)
			impl.Unmask(b[j:], next)
			if !bytes.Equal(b, plain) {
				t.Fatalf("%s: not its own inverse from byte %d", impl.Name, differ(b, plain))
			}
			a.check(t, n, int(align%64))
		}
	})
}

// FuzzCopyOverlap copies a payload down by shift bytes.
func FuzzCopyOverlap(f *testing.F) {
	for _, n := range []int{0, 1, 7, 16, 20, 63, 64, 65, 125, 129, 300, 1027} {
		f.Add(random(n), wireKey, uint16(n/5), uint8(n))
	}
	f.Add(random(1500), uint32(1), uint16(1), uint8(63))
	f.Fuzz(func(t *testing.T, plain []byte, key uint32, shift uint16, align uint8) {
		want := make([]byte, len(plain))
		oracle(want, plain, key)
		n, by := len(plain), int(shift)
		for _, impl := range Impls() {
			testOverlap(t, impl, newArena(n+by), plain, want, n, by, int(align%64), key)
		}
	})
}
