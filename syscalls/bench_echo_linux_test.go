package syscalls

import (
	"fmt"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// echoHeader is in front of the payload: answers of two parts need two parts.
const echoHeader = 4

// BenchmarkEchoPair is a message to and fro over loopback. Both ends are on
// one thread, so ns/op is the whole path through the kernel and nothing waits;
// batch connections have a message in flight each. The client's part is one
// send and one recv a message and the same for all. What is counted is the
// server's: syscalls/msg, and server-ns/msg, the time in its code, which with
// taskrun=coop lacks what the kernel does for it in the client's system calls.
//
//	via       calls: recv, send    writev: recv, writev of header and payload
//	          sendmsg: the same as sendmsg(2)    epoll: epoll_wait before recv, send
//	          uring: multishot recv into provided buffers, send from them, the
//	          ring's descriptor registered
//	batch     messages that the server finds ready at once
//	taskrun   defer: with DEFER_TASKRUN; coop: without
//	files     registered: slots in place of descriptors
//	send      fixed: SEND_ZC from registered buffers; write: WRITE_FIXED
func BenchmarkEchoPair(b *testing.B) {
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		for _, c := range []struct {
			via  string
			open func(*testing.B, []int, int) echoServer
		}{{"calls", echoCalls(sendOne)}, {"writev", echoCalls(writev2)}, {"sendmsg", echoCalls(sendmsg2)}} {
			b.Run("via="+c.via+"/"+sizeName(size), func(b *testing.B) { echoPair(b, 1, size, c.open) })
		}
		for _, batch := range []int{1, 8, 32, 128} {
			b.Run(fmt.Sprintf("via=epoll/batch=%d/%s", batch, sizeName(size)), func(b *testing.B) { echoPair(b, batch, size, newEchoEpoll) })
			for _, opt := range uringVariants(batch) {
				b.Run(fmt.Sprintf("via=uring/batch=%d/%v/%s", batch, opt, sizeName(size)), func(b *testing.B) { echoPair(b, batch, size, opt.open) })
			}
		}
	}
}

// echoServer receives a message from each of its connections, which has been
// sent, and sends it back.
type echoServer interface {
	answer()
	calls() int // system calls so far
}

func echoPair(b *testing.B, batch, size int, open func(b *testing.B, fds []int, length int) echoServer) {
	lock(b)
	clients, servers := pairs(b, batch)
	message, in := pattern(echoHeader+size), make([]byte, 64<<10)
	server := open(b, servers, len(message))
	var spent time.Duration
	messages, left, before := 0, 0, server.calls()
	b.SetBytes(int64(size))
	for b.Loop() {
		if left--; left > 0 {
			continue
		}
		for _, fd := range clients {
			if n, errno := Send(fd, message); n != len(message) {
				b.Fatal(n, errno)
			}
		}
		began := time.Now()
		server.answer()
		spent += time.Since(began)
		for _, fd := range clients {
			recvAll(b, fd, in, len(message))
		}
		messages, left = messages+batch, batch
	}
	perMessage(b, server.calls()-before, messages)
	b.ReportMetric(float64(spent.Nanoseconds())/float64(messages), "server-ns/msg")
}

// recvAll receives n bytes and tells how many calls it took.
func recvAll(b *testing.B, fd int, in []byte, n int) (calls int) {
	for n > 0 {
		calls++
		switch got, errno := Recv(fd, in[:n]); {
		case got > 0:
			n -= got
		case errno != syscall.EAGAIN:
			b.Fatal(got, errno)
		}
	}
	return calls
}

// sendParts sends an answer that is header and payload in one system call.
type sendParts func(fd int, message []byte, iov []Iovec) (int, syscall.Errno)

// sendOne is send(2) of header and payload in one piece.
func sendOne(fd int, message []byte, _ []Iovec) (int, syscall.Errno) { return Send(fd, message) }

func sendmsg2(fd int, message []byte, iov []Iovec) (int, syscall.Errno) {
	return Writev(fd, twoParts(iov, message))
}

func writev2(fd int, message []byte, iov []Iovec) (int, syscall.Errno) {
	iov = twoParts(iov, message)
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&iov[0])), uintptr(len(iov)))
	return int(n), errno
}

func twoParts(iov []Iovec, message []byte) []Iovec {
	iov = append(iov[:0], Iovec{Base: &message[0]}, Iovec{Base: &message[echoHeader]})
	iov[0].SetLen(echoHeader)
	iov[1].SetLen(len(message) - echoHeader)
	return iov
}

// echoLoop echoes with two system calls a message.
type echoLoop struct {
	b      *testing.B
	fds    []int
	in     []byte
	length int
	iov    []Iovec
	send   sendParts
	n      int
}

func echoCalls(send sendParts) func(*testing.B, []int, int) echoServer {
	return func(b *testing.B, fds []int, length int) echoServer {
		return &echoLoop{b: b, fds: fds, in: make([]byte, 64<<10), length: length, iov: make([]Iovec, 0, 2), send: send}
	}
}

func (s *echoLoop) calls() int { return s.n }

func (s *echoLoop) answer() {
	for _, fd := range s.fds {
		s.echo(fd)
	}
}

func (s *echoLoop) echo(fd int) {
	s.n += recvAll(s.b, fd, s.in[:s.length], s.length) + 1
	if n, errno := s.send(fd, s.in[:s.length], s.iov); n != s.length {
		s.b.Fatal(n, errno)
	}
}

// echoEpoll waits for its connections, level-triggered.
type echoEpoll struct {
	echoLoop
	p   Epoll
	evs []Event
}

func newEchoEpoll(b *testing.B, fds []int, length int) echoServer {
	s := &echoEpoll{echoLoop: *echoCalls(sendOne)(b, fds, length).(*echoLoop), p: newEpoll(b), evs: make([]Event, len(fds))}
	for _, fd := range fds {
		ok(b, s.p.Add(fd, EPOLLIN, uint64(fd)))
	}
	return s
}

func (s *echoEpoll) answer() {
	for left := len(s.fds); left > 0; {
		s.n++
		n, _ := s.p.WaitRaw(s.evs, 1000)
		for _, e := range s.evs[:max(n, 0)] {
			s.echo(int(e.Data()))
			left--
		}
	}
}
