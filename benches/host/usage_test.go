//go:build linux

package host

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"wsbench/benches/internal/waiting"
)

const nobody = 1 << 22 // above every PID

func usageOf(t *testing.T, pid int) Usage {
	t.Helper()
	u, err := ProcessUsage(pid)
	if err != nil {
		t.Fatal(err)
	}
	if u.User < 0 || u.System < 0 || u.User+u.System != u.CPU {
		t.Errorf("user %v + system %v is not %v", u.User, u.System, u.CPU)
	}
	return u
}

// ownCPU is this process's CPU time by getrusage(2).
func ownCPU(t *testing.T) time.Duration {
	t.Helper()
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// The CPU clock read in between lies between two readings of it. getrusage may
// lag behind by a tick a thread, and rounds.
func TestProcessUsageCPU(t *testing.T) {
	burn(t, 30*time.Millisecond)
	rusage := ownCPU(t)
	var first, last unix.Timespec
	unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &first)
	u := usageOf(t, os.Getpid())
	clock, err := ProcessCPU(os.Getpid())
	unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &last)
	if err != nil || u.CPU < time.Duration(first.Nano()) || clock < u.CPU || time.Duration(last.Nano()) < clock {
		t.Errorf("%d, %v, %v, %d, not in order (%v)", first.Nano(), u.CPU, clock, last.Nano(), err)
	}
	if u.CPU < rusage-time.Millisecond || u.CPU > ownCPU(t)+time.Second {
		t.Errorf("%v, getrusage before it %v", u.CPU, rusage)
	}
}

// burn computes until the CPU clock has gone on by d.
func burn(t *testing.T, d time.Duration) {
	t.Helper()
	x, until := 1, ownCPU(t)+d
	waiting.For(t, "CPU time passes", func() bool {
		for i := range 100_000 {
			x = x*31 + i
		}
		return ownCPU(t) >= until
	})
	runtime.KeepAlive(x)
}

func TestProcessUsageUser(t *testing.T) {
	skipEmulated(t, "/proc/self/stat has no times")
	before := usageOf(t, os.Getpid())
	waiting.For(t, "user time passes", func() bool {
		burn(t, 20*time.Millisecond)
		return usageOf(t, os.Getpid()).Sub(before).User >= 50*time.Millisecond
	})
}

// The ticks are those of getrusage(2), rounded down.
func TestTicks(t *testing.T) {
	skipEmulated(t, "/proc/self/stat has no times")
	burn(t, 50*time.Millisecond)
	var first, last unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &first)
	user, system, err := ticks(os.Getpid())
	unix.Getrusage(unix.RUSAGE_SELF, &last)
	between := func(first unix.Timeval, n uint64, last unix.Timeval) bool {
		ns := int64(tick(int(n)))
		return first.Nano() < ns+int64(tick(1)) && ns <= last.Nano()+1000
	}
	if err != nil || !between(first.Utime, user, last.Utime) || !between(first.Stime, system, last.Stime) {
		t.Errorf("%d ticks user, %d system, %v; getrusage %+v, then %+v", user, system, err, first, last)
	}
}

// The command's name in /proc/pid/stat may look like other fields.
func TestProcessUsageOfOddName(t *testing.T) {
	const file = "/proc/self/comm"
	name, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	defer os.WriteFile(file, []byte(strings.TrimSpace(string(name))), 0)
	burn(t, 20*time.Millisecond)
	user, system, err := ticks(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("a) R 1 (b 2"), 0); err != nil {
		t.Skip(err)
	}
	user2, system2, err := ticks(os.Getpid())
	if err != nil || user2 < user || user2 > user+1000 || system2 < system || system2 > system+1000 {
		t.Errorf("%d and %d ticks became %d and %d, %v", user, system, user2, system2, err)
	}
}

func TestProcessUsageSwitches(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usageOf(t, os.Getpid())
	for range 50 {
		unix.Nanosleep(&unix.Timespec{Nsec: 1000}, nil)
	}
	if used := usageOf(t, os.Getpid()).Sub(before); used.Voluntary < 25 {
		t.Errorf("50 sleeps were %d context switches", used.Voluntary)
	}
}

func TestProcessUsageRSS(t *testing.T) {
	skipEmulated(t, "memory is qemu's")
	const size = 32 << 20
	before := usageOf(t, os.Getpid())
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(b)
	if grown := usageOf(t, os.Getpid()).RSS - before.RSS; before.RSS <= 0 || grown < size/2 || grown > 4*size {
		t.Errorf("from %d bytes by %d, for %d mapped", before.RSS, grown, size)
	}
}

func TestUsageSub(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct{ now, then, want Usage }{
		{Usage{100 * ms, 60 * ms, 40 * ms, 9, 8, 7}, Usage{50 * ms, 30 * ms, 20 * ms, 4, 2, 5}, Usage{50 * ms, 30 * ms, 20 * ms, 5, 6, 7}},
		{Usage{21 * ms, 10 * ms, 11 * ms, 1, 1, 1}, Usage{19 * ms, 19 * ms, 0, 1, 1, 1}, Usage{2 * ms, 0, 2 * ms, 0, 0, 1}},         // the estimate went back
		{Usage{21 * ms, 21 * ms, 0, 1, 1, 1}, Usage{19 * ms, 9 * ms, 10 * ms, 1, 1, 1}, Usage{2 * ms, 2 * ms, 0, 0, 0, 1}},          // the other one did
		{Usage{CPU: ms, System: ms, Voluntary: 3, Involuntary: 2}, Usage{Voluntary: 5, Involuntary: 4}, Usage{CPU: ms, System: ms}}, // threads ended
	} {
		if diff := cmp.Diff(c.want, c.now.Sub(c.then)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUsageOfNobody(t *testing.T) {
	for name, read := range map[string]func(int) (Usage, error){"process": ProcessUsage, "tree": TreeUsage} {
		if u, err := read(nobody); err == nil || !strings.Contains(err.Error(), "process 4194304: clock_gettime: ") {
			t.Errorf("%s: %+v, %v", name, u, err)
		}
	}
	if list := Children(nobody); len(list) > 0 {
		t.Errorf("children %v", list)
	}
}

func TestThreadCPU(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	user, system := ThreadCPU()
	waiting.For(t, "the thread's CPU time passes", func() bool {
		u, s := ThreadCPU()
		return u >= user && s >= system && u+s > user+system+10*time.Millisecond
	})
	if u, s := ThreadCPU(); u+s > ownCPU(t)+time.Second {
		t.Errorf("the thread used %v, the process less", u+s)
	}
}

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
