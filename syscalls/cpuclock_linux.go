package syscalls

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
