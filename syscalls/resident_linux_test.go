package syscalls

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestResident(t *testing.T) {
	debug.FreeOSMemory() // or the collector gives more back meanwhile
	before, err := Resident(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const octets = 32 << 20
	mem, err := MapMemory(octets)
	if err != nil {
		t.Fatal(err)
	}
	defer UnmapMemory(mem)
	for i := 0; i < len(mem); i += os.Getpagesize() {
		mem[i] = 1
	}
	after, err := Resident(os.Getpid())
	if grown := after - before; err != nil || grown < octets-1<<20 || grown > octets+16<<20 {
		t.Errorf("%d octets touched, the resident set grew by %d (%v)", octets, grown, err)
	}
}

func TestResidentOfNobody(t *testing.T) {
	if n, err := Resident(1 << 22); err == nil {
		t.Errorf("a process that cannot be has %d octets", n)
	}
}

func TestTreeResident(t *testing.T) {
	pid, _ := start(t, "sh -c '("+spin+"); :'; :")
	eventually(t, "the child has a child", func() bool { return len(Children(pid)) > 0 })
	own, err := Resident(pid)
	all, allErr := TreeResident(pid)
	if err != nil || allErr != nil || all <= own {
		t.Errorf("%d octets alone (%v), %d with its children (%v)", own, err, all, allErr)
	}
}
