package echo

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// failing is a listener whose first calls of Accept fail. No test can have
// the kernel run short of memory for sockets.
type failing struct {
	net.Listener
	mu   sync.Mutex
	left int
	err  error
}

func (f *failing) Accept() (net.Conn, error) {
	f.mu.Lock()
	fail := f.left > 0
	f.left--
	f.mu.Unlock()
	if fail {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", f.err)}
	}
	return f.Listener.Accept()
}

// serveFailing runs the net backend on a listener whose first n calls of
// Accept fail with err.
func serveFailing(t *testing.T, n int, err error, warn func(string)) (s *Server, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	o := options(Net)
	o.Warn = warn
	s, e := Listen(o)
	if e != nil {
		t.Fatal(e)
	}
	impl := s.impl.(*netServer)
	impl.ln = &failing{Listener: impl.ln, left: n, err: err}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(cancel)
	return s, cancel, done
}

// A shortage of descriptors or memory is over some time, and the errors of one
// connection, such as a firewall's refusal, are no other's: the server tells of
// them once and serves on.
func TestNetAcceptAgain(t *testing.T) {
	for _, errno := range []syscall.Errno{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.EPERM, syscall.EPROTO, syscall.ENETDOWN, syscall.ETIMEDOUT,
	} {
		t.Run(errno.Error(), func(t *testing.T) {
			t.Parallel()
			var warned []string
			s, stop, ended := serveFailing(t, 3, errno, func(line string) { warned = append(warned, line) })
			c := connect(t, s)
			c.write(frame(text, "still here"))
			c.want(text, "still here")
			c.Close()
			stop()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
			if len(warned) != 1 || !strings.Contains(warned[0], errno.Error()) || !strings.Contains(warned[0], "again every 100ms") {
				t.Errorf("warned %q, want one line that names %v", warned, errno)
			}
		})
	}
}

// A server does not wait out a shortage once it is to end.
func TestNetStopAmidShortage(t *testing.T) {
	warned := make(chan string, 1)
	_, stop, ended := serveFailing(t, 1<<30, syscall.ENOBUFS, func(line string) { warned <- line })
	select {
	case <-warned:
	case err := <-ended:
		t.Fatalf("Run: %v", err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(waiting.Bound):
		t.Error("the server does not end")
	}
}

// An error that no waiting mends ends the server, and Run returns it.
func TestNetAcceptBroken(t *testing.T) {
	_, _, ended := serveFailing(t, 1<<30, syscall.EINVAL, nil)
	select {
	case err := <-ended:
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Run: %v, want %v", err, syscall.EINVAL)
		}
	case <-time.After(waiting.Bound):
		t.Error("the server spins on an error that lasts")
	}
}
