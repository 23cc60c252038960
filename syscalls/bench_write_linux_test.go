package syscalls

import (
	"fmt"
	"net"
	"slices"
	"testing"

	"wsbench/profiles/benchloop"
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
	for _, frames := range []int{1, 16, 64} {
		for _, size := range []int{20, 1024, 16384} {
			for _, write := range []string{"net", "rawconn", "direct"} {
				b.Run(fmt.Sprintf("frames=%d/size=%d/write=%s", frames, size, write), func(b *testing.B) { benchmarkWrite(b, frames, size, write) })
			}
		}
	}
}

func benchmarkWrite(b *testing.B, frames, size int, write string) {
	s, c, sends := netServer(b, frames, size)
	s.send = sends[write]
	b.SetBytes(int64(size))
	serve(b, s, frames, c)
}

// BenchmarkSendPair is two ways to send the same frames, in turns that
// alternate, so that what else the machine does meets both alike: ns/op is the
// CPU time of via's system calls and what is around them, per frame, ratio its
// quotient by against's. Both are medians of all turns.
func BenchmarkSendPair(b *testing.B) {
	for _, p := range []struct{ via, against string }{
		{"send-each", "send-once"}, {"writev", "send-once"}, {"net", "direct"}, {"rawconn", "direct"},
	} {
		for _, frames := range []int{1, 16} {
			for _, size := range []int{20, 1024} {
				b.Run(fmt.Sprintf("frames=%d/size=%d/via=%s/against=%s", frames, size, p.via, p.against), func(b *testing.B) {
					sendPair(b, frames, size, p.via, p.against)
				})
			}
		}
	}
}

func sendPair(b *testing.B, frames, size int, via, reference string) {
	s, c, sends := netServer(b, frames, size)
	spent := func(send string) float64 {
		s.send = func() {
			began := threadCPU()
			sends[send]()
			s.spent = threadCPU() - began
		}
		s.answer()
		return float64(s.spent)
	}
	lock(b)
	against(b, c)
	var times, ratios []float64
	left := 0
	benchloop.Begin(b)
	for b.Loop() {
		if left--; left > 0 {
			continue
		}
		left = frames
		own, ref := spent(via), spent(reference)
		times = append(times, own/float64(frames))
		ratios = append(ratios, own/ref)
	}
	b.ReportMetric(median(times), "ns/op")
	b.ReportMetric(median(ratios), "ratio")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// netServer returns a server and a client of one connection, the server's end
// of which is package net's, and the ways to send.
func netServer(b *testing.B, frames, size int) (s *answerSocket, c client, sends map[string]func()) {
	fd, conn := netPair(b)
	raw, err := conn.SyscallConn()
	noError(b, err)
	a, theirs := newAnswers(frames, size), 0
	noError(b, raw.Control(func(d uintptr) { theirs = int(d) }))
	s = a.socket(b, theirs)
	write := func() {
		for _, f := range a.frames {
			s.n++
			if _, err := conn.Write(f); err != nil {
				b.Fatal(err)
			}
		}
	}
	var frame []byte
	send := func(uintptr) bool { s.sendAll(frame); return true } // once: a literal in the call would allocate
	rawWrite := func() {
		for _, frame = range a.frames {
			noError(b, raw.Write(send))
		}
	}
	return s, a.client(b, fd, func([]byte) {}), map[string]func(){
		"net": write, "rawconn": rawWrite, "direct": s.sendEach,
		"send-each": s.sendEach, "send-once": s.sendOnce, "writev": s.writev,
	}
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
