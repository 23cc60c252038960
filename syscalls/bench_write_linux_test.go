package syscalls

import (
	"fmt"
	"net"
	"testing"
)

// BenchmarkWrite is what package net's writer costs: a request of one byte and
// so many answers, a write each, on a connection of package net. The server's
// wait, by epoll_wait, and its recv are the same system calls on the descriptor
// whatever write is. Of a wait for room within net's writer only the CPU time is
// counted.
//
//	write  net: the connection's Write    rawconn: a send in its RawConn's Write
//	       direct: a send on its descriptor
func BenchmarkWrite(b *testing.B) {
	for _, frames := range []int{1, 64} {
		for _, size := range []int{20, 1024} {
			for _, write := range []string{"net", "rawconn", "direct"} {
				b.Run(fmt.Sprintf("frames=%d/size=%d/write=%s", frames, size, write), func(b *testing.B) { benchmarkWrite(b, frames, size, write) })
			}
		}
	}
}

func benchmarkWrite(b *testing.B, frames, size int, write string) {
	client, conn := netPair(b)
	raw, err := conn.SyscallConn()
	noError(b, err)
	a, fd := newAnswers(frames, size), 0
	noError(b, raw.Control(func(d uintptr) { fd = int(d) }))
	s := a.socket(b, fd)
	switch write {
	case "net":
		s.send = func() {
			for _, f := range a.frames {
				s.n++
				if _, err := conn.Write(f); err != nil {
					b.Fatal(err)
				}
			}
		}
	case "rawconn":
		var f []byte
		send := func(uintptr) bool { s.sendAll(f); return true } // once: a literal in the call would allocate
		s.send = func() {
			for _, f = range a.frames {
				noError(b, raw.Write(send))
			}
		}
	case "direct":
		s.send = s.sendEach
	}
	b.SetBytes(int64(size))
	serve(b, s, frames, a.client(b, client, func([]byte) {}))
}

// netPair returns a connection over loopback, one end of it package net's.
func netPair(b *testing.B) (client int, server *net.TCPConn) {
	ln, err := net.Listen("tcp", loopback.String())
	noError(b, err)
	defer ln.Close()
	client = connectTo(b, ln.Addr().(*net.TCPAddr).AddrPort())
	conn, err := ln.Accept()
	noError(b, err)
	b.Cleanup(func() { conn.Close() })
	return client, conn.(*net.TCPConn)
}
