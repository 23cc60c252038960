package host

import (
	"os"

	"golang.org/x/sys/unix"
)

// Descriptors returns how many descriptors this process may open, after
// raising the soft limit to the hard one. It raises the limit also for the
// processes that this one starts, which the Go runtime does not.
func Descriptors() (uint64, error) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return 0, os.NewSyscallError("getrlimit", err)
	}
	raised := unix.Rlimit{Cur: r.Max, Max: r.Max}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) != nil {
		return r.Cur, nil
	}
	return r.Max, nil
}

// DescriptorsOf returns how many descriptors another process may open.
func DescriptorsOf(pid int) (uint64, error) {
	var r unix.Rlimit
	err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &r)
	return r.Cur, os.NewSyscallError("prlimit", err)
}
