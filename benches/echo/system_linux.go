package echo

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// mapShared maps the first bytes of a file, for as long as the process lives.
func mapShared(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// threadClock returns the CPU time of the calling thread; 0 where it has no
// clock.
func threadClock() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
