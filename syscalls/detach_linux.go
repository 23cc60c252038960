//go:build !portable

package syscalls

import (
	"net"
	"syscall"
)

// Detach takes conn, of TCP, from package net: it returns a descriptor for Recv,
// Send and Epoll, and closes conn unless it fails.
func Detach(conn net.Conn) (fd int, err error) {
	if fd, err = Dup(conn.(syscall.Conn)); err == nil {
		conn.Close()
	}
	return fd, err
}
