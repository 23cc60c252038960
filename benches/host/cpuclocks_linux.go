package host

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ProcessCPU reads the CPU clock of process pid: what all its threads have
// used, ended ones too, to the nanosecond. It is the part of ProcessUsage that
// costs one system call.
func ProcessCPU(pid int) (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(processClock(pid), &ts); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, os.NewSyscallError("clock_gettime", err))
	}
	return time.Duration(ts.Nano()), nil
}

// processClock returns the clock ID of another process's CPU clock: the
// kernel's MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED); see
// clock_getcpuclockid(3).
func processClock(pid int) int32 { return int32(^pid)<<3 | 2 }

// ThreadCPU returns what the calling thread, which the caller has locked, has
// used, divided in user and system time.
func ThreadCPU() (user, system time.Duration) {
	var r unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &r) != nil {
		return 0, 0
	}
	return time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano())
}

// ThreadClock returns what the calling thread, which the caller has locked, has
// used until now: exact, where ThreadCPU may lag by a tick.
func ThreadClock() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// WakeOnTime has the calling thread, which the caller has locked, sleep until a
// wait's end and not, as is usual, up to 50 µs longer.
func WakeOnTime() { unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) }
