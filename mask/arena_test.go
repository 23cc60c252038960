package mask

import (
	"bytes"
	"testing"
	"unsafe"
)

// fence is how many bytes on each side of a slice are watched, and what they
// hold.
const (
	fence = 128
	post  = 0xa5
)

// An arena holds slices of any alignment within fences.
type arena struct {
	room  []byte // begins on a cache line
	posts []byte
}

func newArena(longest int) *arena {
	room := alignedBytes(longest + 2*fence + 64)
	for i := range room {
		room[i] = post
	}
	return &arena{room, bytes.Repeat([]byte{post}, fence)}
}

// alignedBytes returns n bytes that begin on a cache line.
func alignedBytes(n int) []byte {
	b := make([]byte, n+64)
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % 64)
	return b[skip : skip+n : skip+n]
}

// slice returns n bytes that begin align bytes after a cache line. The slice
// is valid until the next check.
func (a *arena) slice(n, align int) []byte {
	at := fence + align
	return a.room[at : at+n : at+n]
}

// check fails the test if a byte around the slice has changed, and makes
// the slice a part of the fences again.
func (a *arena) check(t *testing.T, n, align int) {
	t.Helper()
	at := fence + align
	if !bytes.Equal(a.room[at-fence:at], a.posts) {
		t.Fatalf("n=%d align=%d: wrote before the slice", n, align)
	}
	if !bytes.Equal(a.room[at+n:at+n+fence], a.posts) {
		t.Fatalf("n=%d align=%d: wrote after the slice", n, align)
	}
	for len(a.room[at:at+n]) > 0 && n > 0 {
		moved := copy(a.room[at:at+n], a.posts)
		at, n = at+moved, n-moved
	}
}

// differ returns the first index at which the slices differ, for messages.
func differ(got, want []byte) int {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return i
		}
	}
	return min(len(got), len(want))
}
