package scratch

import (
	"runtime/debug"
	"sync"
)

// releaseFrom is how many bytes pools leave to the garbage collector before the
// process gives its free memory back to the system. A server that has become
// idle allocates nothing, and so the collector would not run by itself for two
// minutes, and give pages back only some time after that.
const releaseFrom = 32 << 20

// releaser counts what the pools of the process have left to the collector since
// memory was last given back.
var releaser struct {
	sync.Mutex
	left    int
	running bool
}

// release notes that a pool has left so many bytes to the collector. The
// collection that is due then runs on a goroutine of its own, one at a time: it
// is short, as what is to be freed need not be looked at.
func release(n int) {
	r := &releaser
	r.Lock()
	defer r.Unlock()
	if r.left += n; r.left < releaseFrom || r.running {
		return
	}
	r.left, r.running = 0, true
	go func() {
		debug.FreeOSMemory()
		r.Lock()
		defer r.Unlock()
		r.running = false
	}()
}
