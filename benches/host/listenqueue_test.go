//go:build linux

package host

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/waiting"
	"wsbench/syscalls"
)

// Connections that nobody accepts are in the queue, whose size is the backlog;
// those that it has no room for are counted as overflows.
func TestListenQueues(t *testing.T) {
	const backlog = 3
	fd, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{Backlog: backlog})
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	before, err := ListenOverflows()
	if err != nil {
		t.Skipf("this kernel does not count overflows: %v", err)
	}
	for n := range backlog + 1 { // the kernel takes one more
		q, err := ListenQueues(addr)
		if err != nil {
			t.Skipf("this kernel does not tell of its queues: %v", err)
		}
		if want := (ListenQueue{1, n, backlog}); q != want {
			t.Fatalf("%+v, want %+v", q, want)
		}
		c, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	over, err := syscalls.Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(over)
	waiting.For(t, "an overflow", func() bool { n, err := ListenOverflows(); return err == nil && n > before })
	if q, err := ListenQueues(netip.MustParseAddrPort("127.0.0.1:1")); err != nil || q != (ListenQueue{}) {
		t.Errorf("where nobody listens: %+v, %v", q, err)
	}
}

func TestNetstat(t *testing.T) {
	const text = "TcpExt: A ListenOverflows B\nTcpExt: 1 23 4\nIpExt: ListenOverflows\nIpExt: 5\n"
	if n, err := netstat(text, "TcpExt:", "ListenOverflows"); n != 23 || err != nil {
		t.Error(n, err)
	}
	for _, text := range []string{"", "TcpExt: A\nTcpExt: 1\n", "TcpExt: A ListenOverflows\nTcpExt: 1\n"} {
		if n, err := netstat(text, "TcpExt:", "ListenOverflows"); err == nil {
			t.Errorf("%q: %d", text, n)
		}
	}
}
