//go:build !portable

package syscalls

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Await waits, through the Go scheduler, until fd has one of events (EPOLLIN,
// EPOLLOUT), has ended or failed, or for ms milliseconds, or until a signal comes.
func Await(fd int, events uint32, ms int) (ready bool, err error) {
	list := [1]unix.PollFd{{Fd: int32(fd), Events: int16(events)}} // poll(2) has epoll's numbers
	n, err := unix.Poll(list[:], ms)
	if err == syscall.EINTR {
		return false, nil
	}
	return n > 0, os.NewSyscallError("poll", err)
}
