package syscalls

import (
	"os"

	"golang.org/x/sys/unix"
)

// Descriptors tells how many descriptors this process may open, after raising
// the soft limit to the hard one.
func Descriptors() (uint64, error) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return 0, os.NewSyscallError("getrlimit", err)
	}
	if r.Cur < r.Max {
		raised := unix.Rlimit{Cur: r.Max, Max: r.Max}
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) == nil {
			r = raised
		}
	}
	return r.Cur, nil
}
