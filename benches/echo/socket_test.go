//go:build linux

package echo

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The option is read off the server's own socket, whose peer is the client's.
func TestNoDelay(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Raw, Net} {
		for _, nagle := range []bool{false, true} {
			o := options(io)
			o.Nagle = nagle
			s, stop := serve(t, o)
			c := connect(t, s)
			fd := socketTo(t, c.LocalAddr().(*net.TCPAddr).AddrPort())
			n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
			if err != nil || (n != 0) == nagle {
				t.Errorf("io=%s with Nagle %v: TCP_NODELAY is %d, %v", io, nagle, n, err)
			}
			c.Close()
			stop()
		}
	}
}

// A connection over TLS has the options of one without.
func TestSocketTLS(t *testing.T) {
	overTLS(t, func(t *testing.T, o Options) {
		for _, o.Nagle = range []bool{false, true} {
			s, stop := serve(t, o)
			c := dialed(t, s)
			addr := c.LocalAddr().(*net.TCPAddr).AddrPort()
			c.secure(clientConfig(s)).opened()
			fd := socketTo(t, addr)
			n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
			if err != nil || (n != 0) == o.Nagle {
				t.Errorf("with Nagle %v: TCP_NODELAY is %d, %v", o.Nagle, n, err)
			}
			n, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE)
			if err != nil || (n != 0) != (o.IO == Net) { // package net's default
				t.Errorf("SO_KEEPALIVE is %d, %v", n, err)
			}
			c.Close()
			stop()
		}
	})
}

// socketTo returns the descriptor of this process whose peer is at addr.
func socketTo(t *testing.T, addr netip.AddrPort) int {
	t.Helper()
	dir, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dir {
		fd, _ := strconv.Atoi(d.Name())
		if peer, err := unix.Getpeername(fd); err == nil && peerPort(peer) == int(addr.Port()) {
			return fd
		}
	}
	t.Fatalf("no socket is connected to %v", addr)
	return -1
}

func peerPort(sa unix.Sockaddr) int {
	switch s := sa.(type) {
	case *unix.SockaddrInet4:
		return s.Port
	case *unix.SockaddrInet6:
		return s.Port
	}
	return -1
}

// Package net's writer refuses to write behind a deadline; a send on the
// descriptor knows none.
func TestDirect(t *testing.T) {
	for _, isDirect := range []bool{false, true} {
		o := options(Net)
		o.Direct = isDirect
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		peer, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		nc, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c := newNetConn(newNetServer(o, ln), nc)
		nc.SetWriteDeadline(time.Unix(1, 0))
		if n, err := c.sendOne([]byte("answer")); (err == nil) != isDirect {
			t.Errorf("Direct %v: %d bytes, %v", isDirect, n, err)
		}
		c.close()
		if _, err := c.sendOne([]byte("late")); err == nil {
			t.Errorf("Direct %v: a closed connection took an answer", isDirect)
		}
		peer.Close()
		ln.Close()
	}
}

func TestWriteFlag(t *testing.T) {
	for args, want := range map[string]string{
		"-io=net -write=direct":   "write=direct",
		"-io=net -write=writev":   "write=writev",
		"-io=net -nodelay=false":  "nodelay=false",
		"-io=epoll -write=direct": "write direct: -io epoll has no writer of package net to do without; use slot",
		"-io=net -write=quick":    `write "quick": want slot, writev or copy; with -io net also direct`,
	} {
		var o Options
		var arg [2]string
		fmt.Sscan(args, &arg[0], &arg[1])
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		read := o.Flags(fs)
		if err := fs.Parse(arg[:]); err != nil {
			t.Fatal(err)
		}
		err := read()
		if got := fmt.Sprint(o, err); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q in it", args, got, want)
		}
	}
}
