//go:build linux

package host

import (
	"os"
	"runtime/debug"
	"testing"

	"wsbench/benches/internal/waiting"
	"wsbench/syscalls"
)

func TestResident(t *testing.T) {
	debug.FreeOSMemory() // or the collector gives more back meanwhile
	before, err := Resident(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const size = 32 << 20
	mem, err := syscalls.MapMemory(size)
	if err != nil {
		t.Fatal(err)
	}
	defer syscalls.UnmapMemory(mem)
	for i := 0; i < len(mem); i += os.Getpagesize() {
		mem[i] = 1
	}
	after, err := Resident(os.Getpid())
	if grown := after - before; err != nil || grown < size-1<<20 || grown > size+16<<20 {
		t.Errorf("%d bytes touched, the resident set grew by %d (%v)", size, grown, err)
	}
}

func TestResidentOfNobody(t *testing.T) {
	if n, err := Resident(1 << 22); err == nil {
		t.Errorf("a process that cannot be has %d bytes", n)
	}
}

func TestTreeResident(t *testing.T) {
	pid, _ := start(t, "sh -c '("+spin+"); :'; :")
	waiting.For(t, "the child has a child", func() bool { return len(Children(pid)) > 0 })
	own, err := Resident(pid)
	all, allErr := TreeResident(pid)
	if err != nil || allErr != nil || all <= own {
		t.Errorf("%d bytes alone (%v), %d with its children (%v)", own, err, all, allErr)
	}
}
