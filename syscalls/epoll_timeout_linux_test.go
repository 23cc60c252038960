package syscalls

import (
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWaitRawFor(t *testing.T) {
	p, err := NewEpoll()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	e, err := NewEventfd()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if errno := p.Add(e.FD(), EPOLLIN, 7); errno != 0 {
		t.Fatal(errno)
	}
	evs := make([]Event, 4)
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT2, ^uintptr(0), 0, 0, 0, 0, 0)
	fine := errno != unix.ENOSYS // else whole milliseconds, and no lower bound below one
	for _, d := range []time.Duration{-time.Hour, -1, 0, 100 * time.Microsecond, 2 * time.Millisecond} {
		began := time.Now()
		n, errno := p.WaitRawFor(evs, d)
		if errno == syscall.EINTR {
			continue // the runtime stopped the thread
		}
		if n != 0 || errno != 0 {
			t.Errorf("wait %v with nothing there: %d events, %v", d, n, errno)
		}
		if took := time.Since(began); fine && took < d {
			t.Errorf("wait %v ended after %v", d, took)
		}
	}
	e.Signal()
	if n, errno := p.WaitRawFor(evs, time.Minute); n != 1 || errno != 0 || evs[0].Data() != 7 {
		t.Errorf("with an event there: %d events, %v, data %d", n, errno, evs[0].Data())
	}
}
