package syscalls

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// home is where this thread may run. The test is on a locked thread, and every
// thread is put back at its end.
func home(t *testing.T) CPUs {
	t.Helper()
	runtime.LockOSThread()
	list, err := Affinity()
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	t.Cleanup(func() {
		if err := PinProcess(list); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
	return list
}

func affinityOf(t *testing.T, tid int) CPUs {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(tid, &set); err != nil {
		t.Fatal(err)
	}
	var list CPUs
	for c := range maxCPU {
		if set.IsSet(c) {
			list = append(list, c)
		}
	}
	return list
}

func TestPinThread(t *testing.T) {
	list := home(t)
	others := CPUs{}
	eachThread(func(tid int) error {
		if tid != unix.Gettid() && cmp.Equal(affinityOf(t, tid), list) {
			others = append(others, tid)
		}
		return nil
	})
	for _, c := range []CPUs{list[:1], list[len(list)-1:], list} {
		if err := PinThread(c); err != nil {
			t.Fatal(err)
		}
		if got, err := Affinity(); err != nil || !cmp.Equal(got, c) {
			t.Errorf("pinned to %v: on %v, %v", c, got, err)
		}
		for _, tid := range others {
			if got := affinityOf(t, tid); !cmp.Equal(got, list) {
				t.Errorf("thread %d is on %v, too", tid, got)
			}
		}
	}
}

func TestPinProcess(t *testing.T) {
	list := home(t)
	for _, c := range []CPUs{list[len(list)-1:], list} {
		if err := PinProcess(c); err != nil {
			t.Fatal(err)
		}
		fresh := make(chan CPUs)
		go func() { // on a thread that may be new
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			list, _ := Affinity()
			fresh <- list
		}()
		if got := <-fresh; !cmp.Equal(got, c) {
			t.Errorf("pinned to %v: a goroutine is on %v", c, got)
		}
		eachThread(func(tid int) error {
			if got := affinityOf(t, tid); !cmp.Equal(got, c) {
				t.Errorf("pinned to %v: thread %d is on %v", c, tid, got)
			}
			return nil
		})
	}
}

func TestPinErrors(t *testing.T) {
	list := home(t)
	for name, pin := range map[string]func(CPUs) error{"thread": PinThread, "process": PinProcess} {
		for _, c := range []CPUs{nil, {maxCPU - 1}} {
			if cmp.Equal(c, list[len(list)-1:]) {
				continue // a host that has it
			}
			err := pin(c)
			if err == nil || !strings.Contains(err.Error(), "pin to CPU "+c.String()+": sched_setaffinity: invalid argument") {
				t.Errorf("%s to CPU %v: %v", name, c, err)
			}
		}
	}
	if got, _ := Affinity(); !cmp.Equal(got, list) {
		t.Errorf("on %v after what failed, not on %v", got, list)
	}
}
