package syscalls

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func sizeName(n int) string {
	if n >= 1<<10 {
		return fmt.Sprintf("size=%dKiB", n>>10)
	}
	return fmt.Sprintf("size=%d", n)
}

// lock keeps a benchmark on its thread, as an event loop is.
func lock(b *testing.B) {
	runtime.LockOSThread()
	b.Cleanup(runtime.UnlockOSThread)
}

// BenchmarkSyscall is a system call that does next to nothing: what is left of
// way=runtime less way=raw is the Go scheduler's share.
func BenchmarkSyscall(b *testing.B) {
	b.Run("way=raw", func(b *testing.B) {
		lock(b)
		for b.Loop() {
			syscall.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
		}
	})
	b.Run("way=runtime", func(b *testing.B) {
		lock(b)
		for b.Loop() {
			syscall.Syscall(unix.SYS_GETPID, 0, 0, 0)
		}
	})
}

// BenchmarkRecvSend is a message over loopback within one thread: a header of
// 4 octets and a payload of size octets, sent in one piece or as two segments,
// then received.
func BenchmarkRecvSend(b *testing.B) {
	const header = 4
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		message, iov := pattern(header+size), make([]Iovec, 0, 2)
		segs := [][]byte{message[:header], message[header:]}
		for _, c := range []struct {
			way  string
			send func(fd int) (int, syscall.Errno)
		}{
			{"send", func(fd int) (int, syscall.Errno) { return Send(fd, message) }},
			{"writev", func(fd int) (int, syscall.Errno) { return Writev(fd, AppendIovec(iov, segs)) }},
		} {
			b.Run("way="+c.way+"/"+sizeName(size), func(b *testing.B) {
				recvSend(b, c.send, len(message), size)
			})
		}
	}
}

func recvSend(b *testing.B, send func(fd int) (int, syscall.Errno), length, payload int) {
	lock(b)
	client, server := tcpPair(b)
	if err := SetNoDelay(client); err != nil {
		b.Fatal(err)
	}
	in := make([]byte, 64<<10)
	calls := 0
	b.SetBytes(int64(payload))
	for b.Loop() {
		calls++
		if n, errno := send(client); n != length {
			b.Fatal(n, errno)
		}
		for left := length; left > 0; {
			calls++
			switch n, errno := Recv(server, in); {
			case errno == 0 && n > 0:
				left -= n
			case errno != syscall.EAGAIN:
				b.Fatal(n, errno)
			}
		}
	}
	b.ReportMetric(float64(calls)/float64(b.N), "syscalls/msg")
}

// BenchmarkEpollWait is one call that finds so many descriptors ready.
func BenchmarkEpollWait(b *testing.B) {
	for _, ready := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("ready=%d", ready), func(b *testing.B) {
			lock(b)
			p := newEpoll(b)
			for range ready {
				e := newEventfd(b)
				ok(b, e.Signal())
				ok(b, p.Add(e.FD(), EPOLLIN, 1))
			}
			evs := make([]Event, 512)
			for b.Loop() {
				if n, errno := p.WaitRaw(evs, 0); n != ready && errno != syscall.EINTR {
					b.Fatal(n, errno)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ready), "ns/event")
		})
	}
}

// BenchmarkEventfd is what it costs to wake a loop, besides the wait: one
// signal, one drain.
func BenchmarkEventfd(b *testing.B) {
	lock(b)
	e := newEventfd(b)
	for b.Loop() {
		e.Signal()
		e.Drain()
	}
}
