package syscalls

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Iovec is the kernel's struct iovec. The bytes that it points to must stay
// alive until the call that takes it has returned.
type Iovec = unix.Iovec

// AppendIovec appends segs to iov as the kernel wants them. Empty ones are
// left out.
func AppendIovec(iov []Iovec, segs [][]byte) []Iovec {
	for _, s := range segs {
		if len(s) == 0 {
			continue
		}
		v := Iovec{Base: &s[0]}
		v.SetLen(len(s))
		iov = append(iov, v)
	}
	return iov
}

// MaxIovec is how many segments one Writev takes (UIO_MAXIOV).
const MaxIovec = 1024

// Writev writes the segments in order in one call and tells how many bytes
// the kernel took. It is sendmsg(2) underneath, so that a broken connection is
// EPIPE and not a signal. iov holds 1 to MaxIovec segments.
func Writev(fd int, iov []Iovec) (n int, errno syscall.Errno) {
	var msg unix.Msghdr
	msg.Iov = &iov[0]
	msg.SetIovlen(len(iov))
	r, _, e := syscall.RawSyscall6(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_NOSIGNAL, 0, 0, 0)
	return int(r), e
}
