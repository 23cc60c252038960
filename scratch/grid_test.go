package scratch

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// receiveCase is one cell of the grid.
type receiveCase struct {
	kind                Kind
	conns, buffer, size int
}

// eachCase runs f for each kind and what servers are compared under: up to
// 10,000 connections, whose messages of 16 KiB have buffers of 8 to 512 KiB,
// and shorter ones of a few sizes. A pool's and a ring's buffers are as many for
// 1,000 connections as for 10,000.
func eachCase(b *testing.B, kinds []Kind, f func(*testing.B, receiveCase)) {
	long := []int{8 << 10, 17 << 10, 24 << 10, 32 << 10, 64 << 10, 512 << 10}
	short := []int{1 << 10, 4 << 10, 64 << 10}
	for _, kind := range kinds {
		for _, conns := range []int{10, 100, 200, 500, 1000, 10_000} {
			if (kind == Pooled || kind == Ring) && conns != 10 && conns != 1000 {
				continue
			}
			for _, g := range []struct {
				size    int
				buffers []int
			}{{20, short}, {1 << 10, short}, {16 << 10, long}} {
				for _, buffer := range g.buffers {
					c := receiveCase{kind, conns, buffer, g.size}
					b.Run(fmt.Sprintf("buffers=%v/conns=%d/buffer=%d/size=%d", kind, conns, buffer, g.size), func(b *testing.B) { f(b, c) })
				}
			}
		}
	}
}

// maxOwned is how much memory, bytes, the connections' own buffers may take.
const maxOwned = 1 << 30

// need skips a case whose buffers would not fit into memory.
func (c receiveCase) need(b testing.TB) {
	all := c.conns * c.buffer
	if c.kind != PerConn {
		return
	}
	if all > maxOwned {
		b.Skipf("%d buffers of %d bytes take %d MiB, more than the %d MiB that this benchmark may", c.conns, c.buffer, all>>20, maxOwned>>20)
	}
	if free := available(); free > 0 && all > free/2 {
		b.Skipf("%d buffers of %d bytes take %d MiB, more than half of the %d MiB that are available", c.conns, c.buffer, all>>20, free>>20)
	}
}

// available returns the bytes of memory that may be had without swapping; 0
// where the host does not tell.
func available() int {
	info, _ := os.ReadFile("/proc/meminfo")
	_, rest, _ := strings.Cut(string(info), "MemAvailable:")
	kib := 0
	fmt.Sscan(rest, &kib)
	return kib << 10
}

// printCaches prints the caches as configuration of the benchmarks that follow,
// once. What the host does not tell is not printed.
var printCaches = sync.OnceFunc(func() {
	for _, level := range []int{2, 3} {
		size, _ := os.ReadFile(fmt.Sprintf("/sys/devices/system/cpu/cpu0/cache/index%d/size", level))
		var n int
		var unit string
		fmt.Sscanf(string(size), "%d%s", &n, &unit)
		if shift, ok := map[string]int{"K": 10, "M": 20}[unit]; ok {
			fmt.Printf("l%d-bytes: %d\n", level, n<<shift)
		}
	}
})
