//go:build !portable

package syscalls

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Eventfd is a counter that epoll can wait for. Other threads wake a loop by
// it.
type Eventfd struct{ fd int }

// NewEventfd opens a non-blocking eventfd(2).
func NewEventfd() (Eventfd, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	return Eventfd{fd}, os.NewSyscallError("eventfd", err)
}

// FD returns the descriptor to register with Epoll for EPOLLIN.
func (e Eventfd) FD() int { return e.fd }

// Close releases the descriptor.
func (e Eventfd) Close() error { return unix.Close(e.fd) }

// Signal makes the descriptor readable. Any thread may call it.
func (e Eventfd) Signal() syscall.Errno {
	one := uint64(1)
	_, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(e.fd), uintptr(unsafe.Pointer(&one)), 8)
	return errno
}

// Drain makes it unreadable again.
func (e Eventfd) Drain() {
	var n uint64
	syscall.RawSyscall(unix.SYS_READ, uintptr(e.fd), uintptr(unsafe.Pointer(&n)), 8)
}
