//go:build linux

package reactor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// alone runs the test in a process of its own, which it changes as a whole; it
// is true there.
func alone(t *testing.T) bool {
	t.Helper()
	const key = "REACTOR_TEST_ALONE"
	if os.Getenv(key) == t.Name() {
		fd, _ := pair(t) // the Go runtime opens what it polls by
		unix.Close(fd)
		return true
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), key+"="+t.Name())
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// fewDescriptors limits the process to few descriptors until the test ends. It
// returns a function that dials when none is left: the connection waits in the
// kernel's queue until more is called. Call it before the loop is made, whose
// ring takes note of the limit.
func fewDescriptors(t *testing.T) (dialLast func(addr netip.AddrPort) (waiting *client, more func())) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) })
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 64, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	return func(addr netip.AddrPort) (*client, func()) {
		var taken []int
		more := func() {
			for _, fd := range taken {
				unix.Close(fd)
			}
			taken = nil
		}
		t.Cleanup(more)
		d := net.Dialer{Control: func(string, string, syscall.RawConn) error { // it has its socket
			for {
				fd, err := unix.Dup(0)
				if err != nil {
					return nil
				}
				taken = append(taken, fd)
			}
		}}
		nc, err := d.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		nc.SetDeadline(time.Now().Add(waiting.Bound))
		t.Cleanup(func() { nc.Close() })
		return &client{TCPConn: nc.(*net.TCPConn), t: t}, more
	}
}

// eventually waits until is, called on the loop's goroutine, is true.
func eventually(t *testing.T, l *Loop, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(waiting.Bound); ; time.Sleep(time.Millisecond) {
		var ok bool
		onLoop(t, l, func() { ok = is() })
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it never happens")
		}
	}
}

// waits tells whether accepting is paused.
func waits(l *Loop) func() bool { return func() bool { return l.paused } }

// A loop that found no descriptor accepts again soon after there are some,
// however long the bounds of its connections are.
func TestAcceptAgain(t *testing.T) {
	if !alone(t) {
		return
	}
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Handshake, cfg.Linger = time.Hour, time.Hour
		warned := make(chan error, 100)
		cfg.Warn = func(err error) { warned <- err }
		dialLast := fewDescriptors(t)
		l, addr := start(t, cfg)
		connect(t, addr)
		dial(t, addr)                     // a connection with a bound,
		time.Sleep(10 * time.Millisecond) // for which the loop has looked once
		waiting, more := dialLast(addr)
		eventually(t, l, waits(l))
		if err := within(t, warned); !errors.Is(err, syscall.EMFILE) {
			t.Errorf("warned of %v, want EMFILE", err)
		}
		more()
		waiting.send(append(opening.AppendRequest(nil, "x", "/", testKey), frame(parse.Text, "at last")...))
		waiting.accepted()
		waiting.wantFrame(parse.Text, "at last")
	})
}

// The end of one of its connections has the loop accept another at once, and
// until then it does not try in vain.
func TestAcceptUponEnd(t *testing.T) {
	if !alone(t) {
		return
	}
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Handshake, cfg.Linger = time.Hour, time.Hour
		dialLast := fewDescriptors(t)
		l, addr := newLoop(t, cfg)
		l.retryAfter = time.Hour
		ended := run(t, l)
		leaves := connect(t, addr)
		waiting, more := dialLast(addr)
		eventually(t, l, waits(l))
		for range 100 { // turns
			onLoop(t, l, func() {})
		}
		onLoop(t, l, func() {
			if n := l.Counters().AcceptErrors; n != 1 {
				t.Errorf("accept failed %d times, want 1", n)
			}
		})
		leaves.Close()
		waiting.send(append(opening.AppendRequest(nil, "x", "/", testKey), frame(parse.Text, "at last")...))
		waiting.accepted()
		waiting.wantFrame(parse.Text, "at last")
		waiting.Close()
		more()
		l.Shutdown(0)
		within(t, ended)
	})
}

// Errors of accept that would last do not have the loop spin, and nothing but
// those that no waiting mends ends it. They are faked: no test can have the
// kernel return them.
func TestAcceptErrors(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		warned := make(chan error, 100)
		cfg.Warn = func(err error) { warned <- err }
		l, addr := start(t, cfg)
		fail := func(errno syscall.Errno) {
			if l.ring != nil {
				l.ring.accepted(&syscalls.CQE{Res: -int32(errno)}, 0)
			} else {
				l.acceptFailed(0, errno)
			}
		}
		for errno, waits := range map[syscall.Errno]bool{
			syscall.EINTR: false, syscall.ECONNABORTED: false,
			syscall.EMFILE: true, syscall.ENFILE: true, syscall.ENOBUFS: true, syscall.ENOMEM: true,
			syscall.EPERM: true, syscall.EPROTO: true, syscall.ENETDOWN: true, syscall.EOPNOTSUPP: true, syscall.ETIMEDOUT: true,
		} {
			onLoop(t, l, func() {
				before := l.count.AcceptErrors
				fail(errno)
				if l.failed != nil || l.paused != waits || l.count.AcceptErrors > before != waits {
					t.Errorf("%v: failed %v, paused %v; want it to wait: %v", errno, l.failed, l.paused, waits)
				}
			})
			connect(t, addr)
			eventually(t, l, func() bool { return !l.paused })
		}
		onLoop(t, l, func() {
			for last, want := range map[time.Time]int{time.Now().Add(time.Hour): 0, {}: 1} {
				before := len(warned)
				l.warned = last
				if fail(syscall.EMFILE); len(warned)-before != want {
					t.Errorf("last warned at %v: %d warnings, want %d", last, len(warned)-before, want)
				}
			}
		})
	})
}

// A warning says what has become of the connection: it waits only where the
// host was short of something.
func TestAcceptWarnings(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		warned := make(chan error, 100)
		cfg.Warn = func(err error) { warned <- err }
		l, _ := start(t, cfg)
		says := func(want string, fail func()) {
			t.Helper()
			onLoop(t, l, func() { l.warned = time.Time{}; fail() })
			if err := within(t, warned); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "each 100ms") {
				t.Errorf("warned: %v; want %q", err, want)
			}
		}
		says("connections wait in the kernel's queue: accept4: too many", func() { l.acceptFailed(0, syscall.EMFILE) })
		says("accepting failed: accept4: operation not permitted", func() { l.acceptFailed(0, syscall.EPERM) })
		if l.ring != nil {
			return // it watches nothing by epoll_ctl
		}
		says("a connection was dropped: epoll_ctl: operation not permitted", func() {
			fd, err := unix.Open("/dev/null", unix.O_RDWR, 0) // no epoll watches it
			if err != nil {
				t.Error(err)
			}
			l.accepted(0, fd)
		})
	})
}

// A listening socket that somebody has shut down accepts never again: the loop
// ends, as by Shutdown, and tells why.
func TestListenerLost(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, err := New(s.prepare(t, cfg))
		if err != nil {
			t.Fatal(err)
		}
		fd, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Listen(fd); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- l.Run() }()
		c := connect(t, addr)
		unix.Shutdown(fd, unix.SHUT_RDWR)
		c.answerClose(parse.CloseGoingAway, "")
		s.wantEnd(nil)
		if err := within(t, ended); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Run: %v, want EINVAL", err)
		}
	})
}
