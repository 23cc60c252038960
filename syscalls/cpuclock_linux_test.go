package syscalls

import (
	"os"
	"testing"
	"time"
)

func TestProcessCPUAdvancesWithWork(t *testing.T) {
	before, err := ProcessCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	burn(t, 50*time.Millisecond)
	after, err := ProcessCPU(os.Getpid())
	if err != nil || after-before < 10*time.Millisecond {
		t.Errorf("50 ms of CPU by getrusage are %v (%v)", after-before, err)
	}
	if _, err := ProcessCPU(nobody); err == nil {
		t.Error("a process that cannot be has a CPU clock")
	}
}

func TestIRQOf(t *testing.T) {
	const stat = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\ncpu1 1 1 1 1\n"
	if got, err := irqOf(stat, "cpu0 "); err != nil || got != 130*time.Millisecond {
		t.Errorf("%v, %v, want 130 ms", got, err)
	}
	if _, err := irqOf(stat, "cpu1 "); err == nil {
		t.Error("a line without interrupts was read")
	}
}

func TestHostIRQ(t *testing.T) {
	list, err := Affinity()
	if err != nil {
		t.Fatal(err)
	}
	irq, err := HostIRQ(list)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := HostCPU(list); err != nil || irq < 0 || irq > all.Busy {
		t.Errorf("interrupts %v of busy %v, %v", irq, all.Busy, err)
	}
	if _, err := HostIRQ(CPUs{maxCPU}); err == nil {
		t.Error("a CPU that cannot be has interrupts")
	}
}
