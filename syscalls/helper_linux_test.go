package syscalls

import (
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// TestMain fails when descriptors or goroutines are left at the end.
func TestMain(m *testing.M) {
	r, w, err := os.Pipe() // the runtime's own epoll instance is there from here on
	if err == nil {
		r.Close()
		w.Close()
	}
	before := openDescriptors()
	code := m.Run()
	if after := openDescriptors(); code == 0 && after > before {
		fmt.Printf("FAIL: %d descriptors open before the tests, %d after\n", before, after)
		code = 1
	}
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Println("FAIL:", err)
		code = 1
	}
	os.Exit(code)
}

func openDescriptors() int {
	dir, _ := os.ReadDir("/proc/self/fd")
	return len(dir)
}

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

func listenOn(t testing.TB, addr netip.AddrPort, opt ListenOptions) (fd int, bound netip.AddrPort) {
	t.Helper()
	fd, bound, err := Listen(addr, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(fd) })
	return fd, bound
}

func connectTo(t testing.TB, addr netip.AddrPort) int {
	t.Helper()
	fd, err := Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(fd) })
	return fd
}

func acceptOn(t testing.TB, listener int) int {
	t.Helper()
	await(t, listener, unix.POLLIN)
	fd, errno := Accept4(listener)
	if errno != 0 {
		t.Fatal(errno)
	}
	t.Cleanup(func() { Close(fd) })
	return fd
}

// tcpPair returns the two ends of a connection over loopback.
func tcpPair(t testing.TB) (client, server int) {
	t.Helper()
	listener, addr := listenOn(t, loopback, ListenOptions{})
	client = connectTo(t, addr)
	server = acceptOn(t, listener)
	await(t, client, unix.POLLOUT)
	return client, server
}

// await waits until fd is ready for events, or has failed.
func await(t testing.TB, fd int, events int16) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, 1000)
		if n > 0 {
			return
		}
		if err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
	}
	t.Fatalf("descriptor %d was not ready for %#x within a minute", fd, events)
}

// eventually repeats f until it is true. A minute is for ever here.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !f(); {
		if time.Now().After(limit) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// receive reads n bytes from fd.
func receive(t testing.TB, fd, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	for at := 0; at < n; {
		got, errno := Recv(fd, b[at:])
		switch {
		case errno == syscall.EAGAIN:
			await(t, fd, unix.POLLIN)
		case errno != 0 || got == 0:
			t.Fatalf("%d of %d bytes: %d, %v", at, n, got, errno)
		default:
			at += got
		}
	}
	return b
}
