package syscalls

import (
	"errors"
	"syscall"
)

// AcceptFailure is what a failed accept means for the accepts after it.
type AcceptFailure uint8

const (
	AcceptBroken  AcceptFailure = iota // the socket accepts no more
	AcceptLost                         // a signal came, or the connection has ended: accept the next at once
	AcceptShort                        // no descriptor or memory; connections wait in the kernel's queue: accept later
	AcceptRefused                      // anything else: accept later
)

// AcceptFailed classifies err, of accepting a connection. accept(2) passes on
// the network errors of the connection, and a firewall's refusal (EPERM), none
// of which says anything about the socket. Broken are therefore only the errors
// that name the socket itself, and those that are no system call's.
func AcceptFailed(err error) AcceptFailure {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return AcceptBroken
	}
	switch errno {
	case syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EFAULT:
		return AcceptBroken
	case syscall.EINTR, syscall.ECONNABORTED:
		return AcceptLost
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		return AcceptShort
	}
	return AcceptRefused
}

// ListenOptions are the options of a listening socket. The zero value is a good
// one.
type ListenOptions struct {
	Backlog   int  // connections the kernel queues; 0: 4096
	ReusePort bool // several sockets share the port (SO_REUSEPORT)
}
