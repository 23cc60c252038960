package syscalls

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ProbeTLS finds out whether this kernel has TLS for TCP sockets. A process
// that may load modules has it loaded by asking. It does not tell which
// ciphers the kernel has: SetTLSKeys does.
func ProbeTLS() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer Close(fd)
	err = AttachTLS(fd)
	if errors.Is(err, syscall.ENOTCONN) {
		return nil // there, and refuses a socket without a connection
	}
	return err
}

// AttachTLS prepares fd, a connected TCP socket, for SetTLSKeys. Until then
// its bytes pass as they did.
func AttachTLS(fd int) error {
	err := unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_ULP, "tls")
	if errno, ok := err.(syscall.Errno); ok {
		return attachError(errno)
	}
	return err
}

// attachError returns one line that says why, and what would help.
func attachError(errno syscall.Errno) error {
	var why string
	switch errno {
	case syscall.ENOENT:
		why = "not there: load it with modprobe tls as root; without such a module, a kernel with CONFIG_TLS is needed"
	case syscall.ENOPROTOOPT:
		why = "not there: the kernel is older than 4.13, or a sandbox or an emulator hides it"
	case syscall.EPERM, syscall.EACCES:
		why = "forbidden by a sandbox: its seccomp profile must allow setsockopt TCP_ULP"
	default:
		return fmt.Errorf("attach TLS to a socket: %w", os.NewSyscallError("setsockopt TCP_ULP", errno))
	}
	return fmt.Errorf("%w: %s: %w", ErrNoTLS, why, errno)
}

// SetTLSKeys has the kernel encrypt what is sent on fd, or decrypt what is
// received, from the next record on. AttachTLS comes first. A second call for
// the same direction is a key update: Linux 6.14 takes it, one before answers
// EBUSY. A cipher that the kernel lacks is EINVAL or ENOENT. SetTLSKeys keeps no
// copy of the keys.
func SetTLSKeys(fd int, d TLSDirection, keys TLSKeys) error {
	var info tlsKeyInfo
	defer clear(info.bytes[:])
	size, err := info.fill(keys)
	if err != nil {
		return err
	}
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.SOL_TLS, uintptr(d), uintptr(unsafe.Pointer(&info.bytes)), size, 0)
	if errno != 0 {
		return os.NewSyscallError("setsockopt "+d.String(), errno)
	}
	return nil
}

// RecvRecord receives from a socket whose receive keys are set, as Recv does,
// and tells the type of the record that the bytes come from: 23 is application
// data, 21 an alert, 22 a handshake message. One call never returns bytes of
// two types. typ is 0 at EOF and where the kernel decrypts nothing. RecvRecord
// and SendRecord allocate, which is for control records: Recv, Send and Writev
// are for application data.
func RecvRecord(fd int, b []byte) (n int, typ uint8, errno syscall.Errno) {
	iov := unix.Iovec{Base: &b[0]}
	iov.SetLen(len(b))
	var control tlsControl
	var msg unix.Msghdr
	control.point(&msg, &iov)
	r, _, e := syscall.RawSyscall6(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), 0, 0, 0, 0)
	if h := control.Cmsghdr; e == 0 && msg.Controllen != 0 && h.Level == unix.SOL_TLS && h.Type == tlsGetRecordType {
		typ = control.typ
	}
	return int(r), typ, e
}

// SendRecord sends b as one record of type typ, on a socket whose send keys
// are set. b has 1 to 16384 bytes; plain Send is for application data.
func SendRecord(fd int, typ uint8, b []byte) (n int, errno syscall.Errno) {
	iov := unix.Iovec{Base: &b[0]}
	iov.SetLen(len(b))
	var control tlsControl
	control.Level, control.Type, control.typ = unix.SOL_TLS, tlsSetRecordType, typ
	control.SetLen(tlsControlLen)
	var msg unix.Msghdr
	control.point(&msg, &iov)
	r, _, e := syscall.RawSyscall6(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_NOSIGNAL, 0, 0, 0)
	return int(r), e
}

// SetRecord makes the segments of v, which Set has set, one record of type typ,
// as SendRecord does, until Clear.
func (v *Vector) SetRecord(typ uint8) {
	if v.control == nil {
		v.control = new(tlsControl)
	}
	v.control.Level, v.control.Type, v.control.typ = unix.SOL_TLS, tlsSetRecordType, typ
	v.control.SetLen(tlsControlLen)
	v.control.point(&v.msg, &v.iov[0])
	v.msg.SetIovlen(len(v.iov))
}
