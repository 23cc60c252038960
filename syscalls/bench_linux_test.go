package syscalls

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"wsbench/profiles/benchloop"
)

func sizeName(n int) string { return fmt.Sprintf("size=%d", n) }

// lock keeps a benchmark on its thread, as an event loop is, and names the
// thread "server", by which a trace finds it.
func lock(b testing.TB) {
	runtime.LockOSThread()
	b.Cleanup(runtime.UnlockOSThread)
	nameThread(b, "server")
}

// perMessage reports what was counted. An operation is a message: there may be
// more of them than b.N, which is no multiple of a batch.
func perMessage(b *testing.B, calls, messages int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(messages), "ns/op")
	b.ReportMetric(float64(calls)/float64(messages), "syscalls/msg")
}

// BenchmarkSyscall is a system call that does next to nothing: what is left of
// via=runtime less via=raw is the Go scheduler's share. via=uring is an
// io_uring_enter with one NOP, via=uring/batch=32 with 32.
func BenchmarkSyscall(b *testing.B) {
	for _, c := range []struct {
		via  string
		call func(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)
	}{{"raw", syscall.RawSyscall}, {"runtime", syscall.Syscall}} {
		b.Run("via="+c.via, func(b *testing.B) {
			lock(b)
			calls := 0
			benchloop.Begin(b)
			for b.Loop() {
				calls++
				c.call(unix.SYS_GETPID, 0, 0, 0)
			}
			perMessage(b, calls, b.N)
		})
	}
	for _, batch := range []int{1, 32} {
		b.Run(fmt.Sprintf("via=uring/batch=%d", batch), func(b *testing.B) {
			lock(b)
			r := newRing(b, RingOptions{})
			messages, left := 0, 0
			benchloop.Begin(b)
			for b.Loop() {
				if left--; left > 0 {
					continue
				}
				for range batch {
					r.SQE().PrepNop(0)
				}
				r.SubmitAndWaitRaw(batch, -1)
				r.Advance(r.Ready())
				messages, left = messages+batch, batch
			}
			perMessage(b, int(r.Enters()), messages)
		})
	}
}

// BenchmarkEpollWait is one call that finds so many descriptors ready, each of
// them a message's.
func BenchmarkEpollWait(b *testing.B) {
	for _, ready := range []int{1, 8, 32, 128, 512} {
		b.Run(fmt.Sprintf("ready=%d", ready), func(b *testing.B) {
			lock(b)
			p := newEpoll(b)
			for range ready {
				e := newEventfd(b)
				ok(b, e.Signal())
				ok(b, p.Add(e.FD(), EPOLLIN, 1))
			}
			evs := make([]Event, 512)
			calls, messages := 0, 0
			benchloop.Begin(b)
			for b.Loop() {
				calls++
				n, errno := p.WaitRaw(evs, 0)
				if n != ready && errno != syscall.EINTR {
					b.Fatal(n, errno)
				}
				messages += max(n, 0)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(messages), "ns/event")
			b.ReportMetric(float64(calls)/float64(messages), "syscalls/msg")
		})
	}
}

// BenchmarkEpollRead receives a message of 20 bytes on each of so many
// connections that are ready at once: level- or edge-triggered, with one recv a
// socket or, read=drain, until EAGAIN. Then it answers, by one byte on the last
// of them, and the client sends the next messages. The server's wait until all
// are there is one more call per turn; with ready=1 it waits in epoll_wait.
func BenchmarkEpollRead(b *testing.B) {
	for _, ready := range []int{1, 32} {
		for _, trigger := range []string{"level", "edge"} {
			for _, read := range []string{"once", "drain"} {
				b.Run(fmt.Sprintf("trigger=%s/read=%s/ready=%d", trigger, read, ready), func(b *testing.B) {
					epollRead(b, trigger == "edge", read == "drain", ready)
				})
			}
		}
	}
}

func epollRead(b *testing.B, edge, drain bool, ready int) {
	c := newCrowd(b, ready)
	s := &epollReader{p: newEpoll(b), in: make([]byte, 64<<10), evs: make([]Event, ready), drain: drain, last: c.servers[ready-1]}
	events := uint32(EPOLLIN)
	if edge {
		events |= EPOLLET
	}
	for _, fd := range c.servers {
		ok(b, s.p.Add(fd, events, uint64(fd)))
	}
	message, last, answer := pattern(epollMessage), c.clients[ready-1], make([]byte, 1)
	serve(b, c.server(b, s), ready, c.client(func() bool { return c.send(message) && readFull(last, answer) }))
}

const epollMessage = 20

// epollReader reads whole messages.
type epollReader struct {
	p     Epoll
	in    []byte
	evs   []Event
	drain bool
	last  int // the connection to answer
	n     int
}

func (s *epollReader) calls() int { return s.n }

func (s *epollReader) answer() {
	for got := 0; got < len(s.evs); {
		s.n++
		n, _ := s.p.WaitRaw(s.evs, -1)
		for _, e := range s.evs[:max(n, 0)] {
			for again := true; again; {
				s.n++
				n, errno := Recv(int(e.Data()), s.in)
				again = s.drain && errno == 0
				got += max(n, 0) / epollMessage
			}
		}
	}
	s.n++
	Send(s.last, s.in[:1])
}
