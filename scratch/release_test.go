package scratch

import (
	"runtime"
	"testing"
	"time"
)

// What a pool frees goes back to the system, although nobody allocates any more.
func TestFreedMemoryIsReleased(t *testing.T) {
	const buffers, size = 16, 16 << 20
	var p Pool
	var list [][]byte
	for range buffers {
		b := p.Get(size)
		clear(b[:cap(b)]) // its pages are there
		list = append(list, b)
	}
	for _, b := range list {
		p.Put(b)
	}
	clear(list)
	had := held()
	p.Age() // they were in use since the last one
	p.Age()
	if free := p.Free(); free > Retained {
		t.Fatalf("the pool keeps %d bytes", free)
	}
	for range 3000 { // only a hang takes so long
		if held() < had-buffers*size/2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the process has %d bytes, and had %d with %d bytes in the pool", held(), had, buffers*size)
}

// held returns how many bytes of memory the runtime has of the system.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}
