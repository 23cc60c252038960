package syscalls

import (
	"bytes"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// pattern returns n bytes, no two stretches alike.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func writev(fd int, segs ...[]byte) (int, syscall.Errno) { return Writev(fd, AppendIovec(nil, segs)) }

// writers send b in one call.
var writers = map[string]func(fd int, b []byte) (int, syscall.Errno){
	"send":   Send,
	"writev": func(fd int, b []byte) (int, syscall.Errno) { return writev(fd, b[:1], b[1:len(b)/2], b[len(b)/2:]) },
}

func TestRecv(t *testing.T) {
	client, server := tcpPair(t)
	b := make([]byte, 8)
	if n, errno := Recv(server, b); n != -1 || errno != syscall.EAGAIN {
		t.Errorf("nothing sent: %d, %v", n, errno)
	}
	if n, errno := Send(client, []byte("hello")); n != 5 || errno != 0 {
		t.Fatal(n, errno)
	}
	await(t, server, unix.POLLIN)
	if n, errno := Recv(server, b[:2]); n != 2 || errno != 0 || string(b[:2]) != "he" {
		t.Errorf("%d, %v, %q", n, errno, b)
	}
	if n, errno := Recv(server, b); n != 3 || errno != 0 || string(b[:3]) != "llo" {
		t.Errorf("%d, %v, %q", n, errno, b)
	}
	ok(t, ShutdownWrite(client))
	await(t, server, unix.POLLIN)
	for range 2 {
		if n, errno := Recv(server, b); n != 0 || errno != 0 {
			t.Errorf("at EOF: %d, %v", n, errno)
		}
	}
	if n, errno := Send(server, []byte("still")); n != 5 || errno != 0 { // half closed
		t.Errorf("after EOF: %d, %v", n, errno)
	}
	if got := receive(t, client, 5); string(got) != "still" {
		t.Errorf("%q", got)
	}
}

func TestRecvAfterReset(t *testing.T) {
	listener, addr := listenOn(t, loopback, ListenOptions{})
	client, err := Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	server := acceptOn(t, listener)
	unix.SetsockoptLinger(client, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	ok(t, Close(client)) // RST
	await(t, server, unix.POLLIN)
	if n, errno := Recv(server, make([]byte, 1)); n != -1 || errno != syscall.ECONNRESET {
		t.Errorf("%d, %v", n, errno)
	}
}

// A socket that takes no more takes a part, then EAGAIN; the rest goes when
// the peer has read.
func TestPartialWrites(t *testing.T) {
	for name, write := range writers {
		t.Run("way="+name, func(t *testing.T) {
			client, server := tcpPair(t)
			unix.SetsockoptInt(client, unix.SOL_SOCKET, unix.SO_SNDBUF, 64<<10)
			unix.SetsockoptInt(server, unix.SOL_SOCKET, unix.SO_RCVBUF, 64<<10)
			all := pattern(4 << 20)
			var got []byte
			partial, full := 0, 0
			for at := 0; len(got) < len(all); {
				n, errno := 0, syscall.EAGAIN
				if len(all)-at > 2 {
					n, errno = write(client, all[at:])
				} else if at < len(all) {
					n, errno = Send(client, all[at:])
				}
				switch {
				case errno == syscall.EAGAIN:
					full++
					await(t, server, unix.POLLIN)
					b := make([]byte, 1<<20)
					n, errno := Recv(server, b)
					ok(t, errno)
					got = append(got, b[:n]...)
				case errno != 0 || n <= 0:
					t.Fatalf("%d, %v", n, errno)
				case n < len(all)-at:
					partial++
					fallthrough
				default:
					at += n
				}
			}
			if !bytes.Equal(got, all) || partial == 0 || full == 0 {
				t.Errorf("%d bytes of %d, or others; %d partial writes, %d EAGAIN", len(got), len(all), partial, full)
			}
		})
	}
}

func TestWritev(t *testing.T) {
	client, server := tcpPair(t)
	segs := [][]byte{nil, []byte("he"), {}, []byte("l"), []byte("lo"), {}}
	iov := AppendIovec(make([]Iovec, 0, 8), segs)
	if len(iov) != 3 {
		t.Errorf("%d segments, want 3 that are not empty", len(iov))
	}
	if n, errno := Writev(client, iov); n != 5 || errno != 0 {
		t.Fatal(n, errno)
	}
	if got := receive(t, server, 5); string(got) != "hello" {
		t.Errorf("%q", got)
	}
	many := make([][]byte, MaxIovec+1)
	b := pattern(len(many))
	for i := range many {
		many[i] = b[i : i+1]
	}
	if n, errno := writev(client, many...); n != -1 || errno != syscall.EMSGSIZE {
		t.Errorf("%d segments: %d, %v", len(many), n, errno)
	}
	if n, errno := writev(client, many[:MaxIovec]...); n != MaxIovec || errno != 0 {
		t.Fatal(n, errno)
	}
	if got := receive(t, server, MaxIovec); !bytes.Equal(got, b[:MaxIovec]) {
		t.Error("other bytes, or another order")
	}
}

// A broken connection is an error. No signal comes before the one that ends
// the test; the runtime hands pending ones over in ascending order.
func TestBrokenPipeIsNoSignal(t *testing.T) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGPIPE, syscall.SIGWINCH)
	defer signal.Stop(signals)
	for name, write := range writers {
		client, _ := tcpPair(t)
		ok(t, ShutdownWrite(client))
		if n, errno := write(client, []byte("hello")); n != -1 || errno != syscall.EPIPE {
			t.Errorf("%s: %d, %v", name, n, errno)
		}
	}
	syscall.Kill(os.Getpid(), syscall.SIGWINCH)
	if s := <-signals; s != syscall.SIGWINCH {
		t.Errorf("signal %v", s)
	}
}

func TestTransferErrors(t *testing.T) {
	b := []byte("hello")
	for name, f := range map[string]func(fd int, b []byte) (int, syscall.Errno){"recv": Recv, "send": Send, "writev": writers["writev"]} {
		if n, errno := f(-1, b); n != -1 || errno != syscall.EBADF {
			t.Errorf("%s without descriptor: %d, %v", name, n, errno)
		}
	}
	if errno := Close(-1); errno != syscall.EBADF {
		t.Errorf("close: %v", errno)
	}
	if errno := ShutdownWrite(-1); errno != syscall.EBADF {
		t.Errorf("shutdown: %v", errno)
	}
}

func TestTransferAllocatesNothing(t *testing.T) {
	client, server := tcpPair(t)
	b, segs, iov := pattern(300), [][]byte{pattern(10), pattern(20)}, make([]Iovec, 0, 4)
	p, e, evs := newEpoll(t), newEventfd(t), make([]Event, 4)
	n := testing.AllocsPerRun(50, func() {
		Send(client, b)
		Writev(client, AppendIovec(iov, segs))
		Recv(server, b)
		p.Mod(server, EPOLLIN, 1)
		p.WaitRaw(evs, 0)
		p.WaitRawFor(evs, 0)
		e.Signal()
		e.Drain()
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
