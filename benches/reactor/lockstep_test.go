//go:build linux

package reactor

import (
	"net/netip"
	"runtime"
	"syscall"
	"testing"

	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// lockstep is a connection of a loop that the test drives itself, on one
// thread: what is sent is received by one turn.
type lockstep struct {
	t  testing.TB
	l  *Loop
	fd int
	in []byte // room for what the loop sends
}

// newLockstep opens one; the first of a loop locks the test to its thread.
func newLockstep(t testing.TB, l *Loop, addr netip.AddrPort) *lockstep {
	t.Helper()
	runtime.LockOSThread()
	fd, err := syscalls.Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscalls.Close(fd)
		runtime.UnlockOSThread()
	})
	if err := syscalls.SetNoDelay(fd); err != nil {
		t.Fatal(err)
	}
	s := &lockstep{t, l, fd, make([]byte, 64<<10)}
	s.send(opening.AppendRequest(nil, "x", "/", testKey))
	for s.recv() == 0 {
		s.turn()
	}
	return s
}

func (s *lockstep) turn() {
	s.t.Helper()
	if err := s.l.RunOnce(0); err != nil {
		s.t.Fatal(err)
	}
}

// recv is how many bytes the loop has sent.
func (s *lockstep) recv() int {
	s.t.Helper()
	n, errno := syscalls.Recv(s.fd, s.in)
	if errno == 0 && n == 0 {
		s.t.Fatal("the loop has closed the connection")
	}
	return max(n, 0)
}

// send has the loop receive all of b.
func (s *lockstep) send(b []byte) {
	s.t.Helper()
	for len(b) > 0 {
		n, errno := syscalls.Send(s.fd, b)
		if errno != 0 && errno != syscall.EAGAIN {
			s.t.Fatal(errno)
		}
		n = max(n, 0)
		b = b[n:]
		for until := s.l.count.Bytes + uint64(n); s.l.count.Bytes < until; {
			s.turn()
		}
	}
}

// want reads so many bytes of answer.
func (s *lockstep) want(answer int) {
	s.t.Helper()
	for answer > 0 {
		n := s.recv()
		if answer -= n; n == 0 {
			s.turn()
		}
	}
}
