//go:build linux

package reactor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/parse"
	"wsbench/syscalls"
)

// pair is a connection: the server's descriptor, which is the caller's, and
// the client.
func pair(t testing.TB) (fd int, c *client) {
	t.Helper()
	server, c := sockets(t)
	return descriptor(t, server), c
}

// sockets is a connection: the server's side and the client.
func sockets(t testing.TB) (server *net.TCPConn, c *client) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c = dial(t, ln.Addr().(*net.TCPAddr).AddrPort())
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return conn.(*net.TCPConn), c
}

// descriptor closes server and returns a descriptor of the connection, which is
// the caller's.
func descriptor(t testing.TB, server *net.TCPConn) int {
	t.Helper()
	defer server.Close()
	fd, err := syscalls.Dup(server)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// A connection goes on where another server left it, wherever that is, and
// however many bytes that server had read.
func TestAdopt(t *testing.T) {
	want, wire := wires()
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		s := &script{
			open:    func(c *Conn) { c.Send(parse.Text, []byte("adopted")) },
			message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() },
		}
		cfg = s.prepare(t, cfg)
		l, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		sender := l.Sender()
		ended := run(t, l)
		for _, n := range []int{0, 1, 3, 7, 100, cfg.BufferSize - 1, cfg.BufferSize, 5*cfg.BufferSize + 1, 200_000, len(wire) - 1, len(wire)} {
			fd, c := pair(t)
			prefix := append([]byte(nil), wire[:n]...)
			if err := l.Adopt(fd, prefix); err != nil {
				t.Fatal(err)
			}
			clear(prefix) // it was copied
			go c.Write(wire[n:])
			c.wantFrame(parse.Text, "adopted")
			for i, m := range want {
				first, got := c.next()
				for first == fin|uint8(parse.Pong) {
					first, got = c.next()
				}
				if first != fin|uint8(m.op) || got != m.text {
					t.Fatalf("prefix of %d: echo %d is %#x of %d bytes, want %v of %d", n, i, first, len(got), m.op, len(m.text))
				}
			}
			c.Close()
			within(t, s.ended)
		}
		sender.Release()
		within(t, ended)
	})
}

// A prefix whose answers no queue holds waits for the peer, as bytes that
// were not read yet would; what arrives meanwhile comes behind it.
func TestAdoptOverQueue(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue, cfg.BufferSize = 64<<10, 8<<10
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
		cfg = s.prepare(t, cfg)
		l, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		fd, c := pair(t)
		c.SetReadBuffer(256 << 10) // a window below one segment makes TCP crawl
		const count = 3000
		text := strings.Repeat("p", 5000)
		var prefix []byte
		for i := range count {
			prefix = append(prefix, frame(parse.Text, fmt.Sprint(i, text))...)
		}
		l.Adopt(fd, prefix[:len(prefix)-3]) // before Run, too
		ended := run(t, l)
		c.send(prefix[len(prefix)-3:])
		c.send(frame(parse.Text, "last"))
		within(t, s.opened)
		time.Sleep(20 * time.Millisecond)
		onLoop(t, l, func() {
			for conn := range s.alive {
				if n := conn.Buffered(); n == 0 || n > cfg.MaxQueue {
					t.Errorf("%d bytes buffered", n)
				}
			}
		})
		for i := range count {
			c.wantFrame(parse.Text, fmt.Sprint(i, text))
		}
		c.wantFrame(parse.Text, "last")
		c.Close()
		within(t, ended)
	})
}

// A prefix may end the connection, and what is behind its end is not heard.
func TestAdoptCloses(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{message: func(*Conn, parse.Opcode, []byte) { t.Error("a message") }}
		cfg = s.prepare(t, cfg)
		for _, first := range []string{string(frame(parse.Close, closeFrame(1000))), string(frame(3, ""))} {
			l, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			fd, c := pair(t)
			l.Adopt(fd, []byte(first+strings.Repeat(string(frame(parse.Text, "late")), 50_000)))
			ended := run(t, l)
			if first, _ := c.next(); first != fin|uint8(parse.Close) {
				t.Errorf("got frame %#x", first)
			}
			c.eof()
			c.Close()
			within(t, ended)
		}
	})
}

// The descriptor stays the caller's where the loop has ended, and is closed
// where it is ending.
func TestAdoptTooLate(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		fd, c := pair(t)
		l.Shutdown(0)
		if err := l.Adopt(fd, nil); err != nil {
			t.Errorf("before the end: %v", err)
		}
		within(t, run(t, l))
		c.eof()

		fd, c = pair(t)
		if err := l.Adopt(fd, []byte("x")); err != ErrLoopEnded {
			t.Errorf("after the end: %v, want %v", err, ErrLoopEnded)
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
			t.Errorf("the descriptor is gone: %v", err)
		}
		unix.Close(fd)
		c.eof()
	})
}

// Adopt refuses what is no socket, which stays the caller's. Where the loop
// only finds later that it cannot serve a descriptor, it closes it and tells the
// handler; one that it serves already it leaves alone.
func TestAdoptBadDescriptor(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		warned := make(chan error, 1)
		cfg.Warn = func(err error) { warned <- err }
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
		l, err := New(s.prepare(t, cfg))
		if err != nil {
			t.Fatal(err)
		}
		sender := l.Sender()
		file, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		for fd, want := range map[int]error{-1: syscall.EBADF, 1 << 30: syscall.EBADF, int(file.Fd()): syscall.ENOTSOCK} {
			if err := l.Adopt(fd, nil); !errors.Is(err, want) {
				t.Errorf("Adopt(%d): %v, want %v", fd, err, want)
			}
		}
		fd, c := pair(t)
		if err := l.Adopt(fd, nil); err != nil {
			t.Fatal(err)
		}
		regular, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Dup3(int(regular.Fd()), fd, unix.O_CLOEXEC); err != nil { // epoll takes no such
			t.Fatal(err)
		}
		c.eof()
		ended := run(t, l)
		within(t, s.opened)
		var errno syscall.Errno
		if err := within(t, s.ended); !errors.As(err, &errno) {
			t.Errorf("Close with %v, want an error of the system", err)
		}
		onLoop(t, l, func() {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != unix.EBADF {
				t.Errorf("the descriptor is left open: %v", err)
			}
		})

		fd, c = pair(t)
		for range 2 {
			if err := l.Adopt(fd, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := within(t, warned); !strings.Contains(err.Error(), "served already") {
			t.Errorf("warned of %v", err)
		}
		c.send(frame(parse.Text, "once"))
		c.wantFrame(parse.Text, "once")
		c.Close()
		within(t, s.ended)
		sender.Release()
		within(t, ended)
		if _, err := file.Stat(); err != nil {
			t.Errorf("what was refused: %v", err)
		}
	})
}
