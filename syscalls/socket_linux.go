//go:build !portable

package syscalls

import (
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Recv reads what has arrived on fd into b: n bytes, or 0 at EOF, or EAGAIN
// when nothing has arrived. b must not be empty; it stays the caller's.
//
// Recv and Send are written to be inlined: on a kernel that empties the return
// stack buffer, each function between the system call and its caller costs a
// mispredicted return.
func Recv(fd int, b []byte) (n int, errno syscall.Errno) {
	*(*uintptr)(unsafe.Pointer(&n)), _, errno = syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
	return
}

// Send writes b to fd and tells how many bytes the kernel took, which may be
// fewer than len(b). A broken connection is EPIPE, never a signal. b must not
// be empty; it is the caller's again on return.
func Send(fd int, b []byte) (n int, errno syscall.Errno) {
	*(*uintptr)(unsafe.Pointer(&n)), _, errno = syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_NOSIGNAL, 0, 0)
	return
}

// Shutdown ends both directions of fd: whoever waits for it gets EOF or EPIPE.
func Shutdown(fd int) { unix.Shutdown(fd, unix.SHUT_RDWR) }

// Accept4 takes one connection off fd's queue, non-blocking and
// close-on-exec; EAGAIN when the queue is empty.
func Accept4(fd int) (conn int, errno syscall.Errno) {
	r, _, e := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	return int(r), e
}

// ShutdownWrite sends FIN: the peer reads EOF, and may still send.
func ShutdownWrite(fd int) syscall.Errno {
	_, _, e := syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0)
	return e
}

// Close closes fd.
func Close(fd int) syscall.Errno {
	_, _, e := syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	return e
}

// SetNoDelay switches Nagle's algorithm off, so that an answer leaves at once.
func SetNoDelay(fd int) error { return setNoDelay(fd, 1) }

// SetNagle switches Nagle's algorithm on, as it is on a new socket.
func SetNagle(fd int) error { return setNoDelay(fd, 0) }

func setNoDelay(fd, value int) error {
	return os.NewSyscallError("setsockopt TCP_NODELAY", unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, value))
}

// SocketError takes the pending error off fd (SO_ERROR), such as the result
// of a connect that was in progress.
func SocketError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return os.NewSyscallError("getsockopt SO_ERROR", err)
	}
	if n != 0 {
		return syscall.Errno(n)
	}
	return nil
}

// Listen opens a non-blocking TCP listening socket on addr (port 0: any) and
// tells the address it got. Close releases it.
func Listen(addr netip.AddrPort, opt ListenOptions) (fd int, bound netip.AddrPort, err error) {
	fd, err = unix.Socket(family(addr), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, bound, os.NewSyscallError("socket", err)
	}
	if err = listen(fd, addr, opt); err == nil {
		bound, err = localAddr(fd)
	}
	if err != nil {
		Close(fd)
		return -1, bound, err
	}
	return fd, bound, nil
}

func listen(fd int, addr netip.AddrPort, opt ListenOptions) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt SO_REUSEADDR", err)
	}
	if opt.ReusePort {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_REUSEPORT", err)
		}
	}
	if err := unix.Bind(fd, sockaddr(addr)); err != nil {
		return fmt.Errorf("listen on %v: %w", addr, os.NewSyscallError("bind", err))
	}
	if opt.Backlog <= 0 {
		opt.Backlog = 4096
	}
	if err := unix.Listen(fd, opt.Backlog); err != nil {
		return fmt.Errorf("listen on %v: %w", addr, os.NewSyscallError("listen", err))
	}
	return nil
}

// Connect starts a non-blocking TCP connection to addr: the socket is writable
// once it stands or has failed, and SocketError tells which.
func Connect(addr netip.AddrPort) (fd int, err error) {
	return ConnectFrom(netip.Addr{}, addr)
}

// ConnectFrom does what Connect does from a local address, each of which has ports
// of its own; the zero address leaves the choice to the kernel.
func ConnectFrom(local netip.Addr, addr netip.AddrPort) (fd int, err error) {
	fd, err = unix.Socket(family(addr), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if local.IsValid() {
		// The port is chosen by connect, which knows that others may use it too.
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
		if err = unix.Bind(fd, sockaddr(netip.AddrPortFrom(local, 0))); err != nil {
			Close(fd)
			return -1, os.NewSyscallError("bind", err)
		}
	}
	if err = unix.Connect(fd, sockaddr(addr)); err != nil && err != unix.EINPROGRESS {
		Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

func family(a netip.AddrPort) int {
	if a.Addr().Unmap().Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if ip := a.Addr().Unmap(); ip.Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: ip.As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func localAddr(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, os.NewSyscallError("getsockname", err)
	}
	switch s := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(s.Addr), uint16(s.Port)), nil
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(s.Addr), uint16(s.Port)), nil
	}
	return netip.AddrPort{}, fmt.Errorf("getsockname: unexpected address family %T", sa)
}
