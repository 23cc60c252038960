//go:build !portable

package syscalls

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WaitRawFor waits as WaitRaw does, with a timeout finer than a millisecond
// (epoll_pwait2, Linux 5.11). How late it ends is the thread's timer slack, 50
// µs unless prctl PR_SET_TIMERSLACK changed it. d < 0 is 0. On an older kernel
// it waits for the whole milliseconds of d, and returns at once if d is shorter
// than one.
func (p Epoll) WaitRawFor(evs []Event, d time.Duration) (int, syscall.Errno) {
	d = max(d, 0)
	ts := unix.NsecToTimespec(int64(d))
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&evs[0])), uintptr(len(evs)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno == unix.ENOSYS {
		return p.WaitRaw(evs, int(d/time.Millisecond))
	}
	return int(n), errno
}
