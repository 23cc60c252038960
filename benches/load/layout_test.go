package load

import (
	"testing"
	"unsafe"
)

// What every message touches of a connection is one cache line.
func TestConnLayout(t *testing.T) {
	const line = 64
	var c conn
	if at := unsafe.Offsetof(c.out); at != line {
		t.Errorf("the fields in front take %d bytes, not %d", at, line)
	}
	if size := unsafe.Sizeof(c); size%line != 0 {
		t.Errorf("a connection has %d bytes, no multiple of %d: the next one straddles lines", size, line)
	}
}
