package syscalls

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// checkFlags: fd is non-blocking and close-on-exec.
func checkFlags(t *testing.T, what string, fd int) {
	t.Helper()
	status, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if status&unix.O_NONBLOCK == 0 || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("%s: status %#x, flags %#x", what, status, flags)
	}
}

func TestListenConnectAccept(t *testing.T) {
	for _, c := range []struct{ on, to string }{
		{"127.0.0.1:0", "127.0.0.1"}, {"0.0.0.0:0", "127.0.0.1"}, {"[::ffff:127.0.0.1]:0", "127.0.0.1"},
		{"[::1]:0", "::1"}, {"[::]:0", "::1"},
	} {
		t.Run(c.on, func(t *testing.T) {
			on, to := netip.MustParseAddrPort(c.on), netip.MustParseAddr(c.to)
			listener, bound, err := Listen(on, ListenOptions{Backlog: 3})
			if to.Is6() && (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)) {
				t.Skip("no IPv6 here: ", err)
			}
			if err != nil || bound.Addr() != on.Addr().Unmap() || bound.Port() == 0 {
				t.Fatalf("bound to %v, %v", bound, err)
			}
			defer Close(listener)
			checkFlags(t, "listener", listener)
			if n, errno := Accept4(listener); n != -1 || errno != syscall.EAGAIN {
				t.Errorf("accept without connection: %d, %v", n, errno)
			}
			client := connectTo(t, netip.AddrPortFrom(to, bound.Port()))
			checkFlags(t, "client", client)
			server := acceptOn(t, listener)
			checkFlags(t, "accepted", server)
			await(t, client, unix.POLLOUT)
			if err := SocketError(client); err != nil {
				t.Error(err)
			}
			Send(client, []byte("hello"))
			if got := receive(t, server, 5); string(got) != "hello" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestListenErrors(t *testing.T) {
	_, taken := listenOn(t, loopback, ListenOptions{})
	for _, c := range []struct {
		name  string
		addr  netip.AddrPort
		opt   ListenOptions
		errno syscall.Errno
		text  string
	}{
		{"in use", taken, ListenOptions{}, syscall.EADDRINUSE, "listen on " + taken.String() + ": bind: address already in use"},
		{"in use by one that does not share", taken, ListenOptions{ReusePort: true}, syscall.EADDRINUSE, "listen on " + taken.String()},
		{"not of this host", netip.MustParseAddrPort("192.0.2.1:0"), ListenOptions{}, syscall.EADDRNOTAVAIL, "listen on 192.0.2.1:0: bind: "},
	} {
		fd, _, err := Listen(c.addr, c.opt)
		if fd != -1 || !errors.Is(err, c.errno) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %d, %v", c.name, fd, err)
		}
	}
}

// Sockets that share a port each get connections of their own.
func TestReusePort(t *testing.T) {
	share := ListenOptions{ReusePort: true}
	one, addr := listenOn(t, loopback, share)
	two, again := listenOn(t, addr, share)
	if addr != again {
		t.Fatalf("bound to %v, then %v", addr, again)
	}
	served := map[int]int{}
	eventually(t, "connections on both sockets", func() bool {
		client, err := Connect(addr)
		if err != nil {
			t.Fatal(err)
		}
		defer Close(client)
		fds := []unix.PollFd{{Fd: int32(one), Events: unix.POLLIN}, {Fd: int32(two), Events: unix.POLLIN}}
		unix.Poll(fds, 1000)
		for _, listener := range []int{one, two} {
			if conn, errno := Accept4(listener); errno == 0 {
				Close(conn)
				served[listener]++
			}
		}
		return len(served) == 2
	})
}

func TestConnectRefused(t *testing.T) {
	listener, addr, err := Listen(loopback, ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	Close(listener)
	fd, err := Connect(addr)
	if err == nil { // under way
		defer Close(fd)
		await(t, fd, unix.POLLOUT)
		err = SocketError(fd)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error(err)
	}
	if fd >= 0 && SocketError(fd) != nil {
		t.Error("the error was not taken off")
	}
}

func TestDup(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	fd, err := Dup(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	checkFlags(t, "the other descriptor", fd)
	Close(fd)
	if fd, err := Dup(c); fd != -1 || err == nil {
		t.Errorf("of a closed connection: %d, %v", fd, err)
	}
}

func TestSetNoDelay(t *testing.T) {
	fd, _ := tcpPair(t)
	if err := SetNoDelay(fd); err != nil {
		t.Error(err)
	}
	if n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY); n == 0 || err != nil {
		t.Errorf("TCP_NODELAY is %d, %v", n, err)
	}
	if err := SetNagle(fd); err != nil {
		t.Error(err)
	}
	if n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY); n != 0 || err != nil {
		t.Errorf("with Nagle's algorithm TCP_NODELAY is %d, %v", n, err)
	}
	if err := SetNoDelay(-1); !errors.Is(err, syscall.EBADF) || !strings.Contains(err.Error(), "TCP_NODELAY") {
		t.Error(err)
	}
	if err := SocketError(-1); !errors.Is(err, syscall.EBADF) {
		t.Error(err)
	}
}

// Only errors of the listening socket itself end accepting: one connection's
// would end all the others.
func TestAcceptFailed(t *testing.T) {
	for want, errs := range map[AcceptFailure][]error{
		AcceptBroken: {syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EFAULT, errors.New("no system call's")},
		AcceptLost:   {syscall.EINTR, syscall.ECONNABORTED},
		AcceptShort:  {syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM},
		AcceptRefused: {
			syscall.EPERM, syscall.ENETDOWN, syscall.EPROTO, syscall.ENOPROTOOPT, syscall.EHOSTDOWN, syscall.ENONET,
			syscall.EHOSTUNREACH, syscall.EOPNOTSUPP, syscall.ENETUNREACH, syscall.ETIMEDOUT, syscall.ESOCKTNOSUPPORT,
			syscall.EPROTONOSUPPORT,
		},
	} {
		for _, err := range errs {
			if got := AcceptFailed(os.NewSyscallError("accept4", err)); got != want {
				t.Errorf("%v: %d, want %d", err, got, want)
			}
		}
	}
}
