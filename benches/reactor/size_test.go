//go:build linux

package reactor

import (
	"testing"
	"unsafe"

	"wsbench/benches/engine"
)

// What every idle connection has fits the allocation sizes of Go: a field more
// costs 16 bytes a connection, see wsbench conns.
func TestIdleConnectionIsSmall(t *testing.T) {
	if conn, protocol := unsafe.Sizeof(Conn{}), unsafe.Sizeof(engine.Engine{}); conn > 64 || protocol > 32 {
		t.Errorf("a Conn has %d bytes, want 64 at most; an Engine %d, want 32", conn, protocol)
	}
}
