package micro

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Caches holds the sizes of one CPU's data caches in bytes.
type Caches struct{ L1, L2, L3 int }

// usual is taken for what the host does not tell.
var usual = Caches{L1: 32 << 10, L2: 1 << 20, L3: 32 << 20}

// HostCaches returns those of this host's first CPU. A size that the kernel does
// not tell is that of a usual server CPU: 32 KiB, 1 MiB, 32 MiB.
func HostCaches() Caches { return readCaches("/sys/devices/system/cpu/cpu0/cache") }

func readCaches(dir string) Caches {
	c := usual
	indexes, _ := filepath.Glob(filepath.Join(dir, "index*"))
	for _, index := range indexes {
		n := cacheSize(fact(index, "size"))
		if n == 0 || fact(index, "type") == "Instruction" {
			continue
		}
		switch fact(index, "level") {
		case "1":
			c.L1 = n
		case "2":
			c.L2 = n
		case "3":
			c.L3 = n
		}
	}
	return c
}

func fact(dir, name string) string {
	b, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(b))
}

// cacheSize reads 48K or 32M; 0 if it is neither.
func cacheSize(s string) int {
	for unit, factor := range map[string]int{"K": 1 << 10, "M": 1 << 20, "G": 1 << 30} {
		if digits, ok := strings.CutSuffix(s, unit); ok {
			n, _ := strconv.Atoi(digits)
			return n * factor
		}
	}
	return 0
}

// mostRoom bounds the working set of L3, for hosts whose L3 is huge or
// misreported.
const mostRoom = 512 << 20

// WorkingSet returns the size of a set in bytes: nothing for Hot, half of the L1 for Fresh
// (at most 32 KiB), four times the L2 for L2 and four times the L3 for L3.
func (c Caches) WorkingSet(s Set) int {
	switch s {
	case Fresh:
		return min(c.L1/2, 32<<10)
	case L2:
		return min(4*c.L2, mostRoom)
	case L3:
		return min(4*c.L3, mostRoom)
	}
	return 0
}
