package syscalls

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Dup returns another descriptor of conn's socket, which the caller closes. Both
// are in non-blocking mode, where the Fd of an os.File would end that.
func Dup(conn syscall.Conn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return -1, err
	}
	failed := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	if failed != nil {
		return -1, failed
	}
	return fd, os.NewSyscallError("fcntl F_DUPFD_CLOEXEC", err)
}
