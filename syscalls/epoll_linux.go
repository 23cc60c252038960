//go:build !portable

package syscalls

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Readiness bits of an Event; see epoll_ctl(2).
const (
	EPOLLIN    = unix.EPOLLIN
	EPOLLOUT   = unix.EPOLLOUT
	EPOLLRDHUP = unix.EPOLLRDHUP
	EPOLLERR   = unix.EPOLLERR
	EPOLLHUP   = unix.EPOLLHUP
	EPOLLET    = uint32(1 << 31)
)

// Event is the kernel's struct epoll_event (unpadded on x86, hence the data
// word in two halves).
type Event struct {
	Events uint32
	padEvent
	lo, hi uint32
}

// Data returns the 64-bit word given with Add or Mod.
func (e *Event) Data() uint64 { return uint64(e.lo) | uint64(e.hi)<<32 }

func newEvent(events uint32, data uint64) Event {
	return Event{Events: events, lo: uint32(data), hi: uint32(data >> 32)}
}

// Epoll is one epoll instance. Only one thread uses it. Close releases it.
type Epoll struct{ fd int }

// NewEpoll opens an epoll instance (close-on-exec).
func NewEpoll() (Epoll, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return Epoll{fd}, os.NewSyscallError("epoll_create1", err)
}

// FD returns the instance's own descriptor, which is itself pollable.
func (p Epoll) FD() int { return p.fd }

// Close closes the instance, not the descriptors in it.
func (p Epoll) Close() error { return unix.Close(p.fd) }

// Add registers fd for events; Data of its events will be data.
func (p Epoll) Add(fd int, events uint32, data uint64) syscall.Errno {
	return p.ctl(unix.EPOLL_CTL_ADD, fd, events, data)
}

// Mod changes what fd is registered for.
func (p Epoll) Mod(fd int, events uint32, data uint64) syscall.Errno {
	return p.ctl(unix.EPOLL_CTL_MOD, fd, events, data)
}

// Del removes fd. Closing the last descriptor of a socket removes it too.
func (p Epoll) Del(fd int) syscall.Errno {
	return p.ctl(unix.EPOLL_CTL_DEL, fd, 0, 0)
}

func (p Epoll) ctl(op, fd int, events uint32, data uint64) syscall.Errno {
	ev := newEvent(events, data)
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(p.fd), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(&ev)), 0, 0)
	return errno
}

// WaitRaw fills evs with ready events and tells how many. It waits up to ms
// milliseconds (0: not at all) without telling the Go scheduler, so the
// thread keeps its P meanwhile: for short waits only. A signal, such as the
// runtime's own request to stop for a collection, ends it with EINTR.
// evs must not be empty.
func (p Epoll) WaitRaw(evs []Event, ms int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&evs[0])), uintptr(len(evs)), uintptr(ms), 0, 0)
	return int(n), errno
}

// Wait waits as WaitRaw does, but through the Go scheduler: other goroutines
// may use the thread's P meanwhile. ms < 0 waits for ever.
func (p Epoll) Wait(evs []Event, ms int) (int, syscall.Errno) {
	n, _, errno := syscall.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&evs[0])), uintptr(len(evs)), uintptr(ms), 0, 0)
	return int(n), errno
}
