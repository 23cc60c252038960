package syscalls

import (
	"fmt"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// echoHeader is in front of the payload: answers of two parts need two parts.
const echoHeader = 4

// BenchmarkEchoPair is a message to and fro over loopback, the server and the
// client each on a thread and, where there are two, a CPU of its own. The
// client has a message in flight on each of batch connections, and sends the
// next ones when all echoes are there. The server waits until all messages are
// there: with one connection where via says, with several in one more call per
// batch.
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
			open func(*testing.B, []int, int) server
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

func echoPair(b *testing.B, batch, size int, open func(b *testing.B, fds []int, length int) server) {
	c := newCrowd(b, batch)
	message := pattern(echoHeader + size)
	in := make([]byte, len(message))
	b.SetBytes(int64(size))
	serve(b, c.server(b, open(b, c.servers, len(message))), batch, c.client(func() bool {
		if !c.send(message) {
			return false
		}
		for _, fd := range c.clients {
			if !readFull(fd, in) {
				return false
			}
		}
		return true
	}))
}

// recvAll receives n bytes and tells how many calls it took.
func recvAll(b testing.TB, fd int, in []byte, n int) (calls int) {
	for n > 0 {
		calls++
		switch got, errno := Recv(fd, in[:n]); {
		case got > 0:
			n -= got
		case errno == 0 || !again(errno):
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

func echoCalls(send sendParts) func(*testing.B, []int, int) server {
	return func(b *testing.B, fds []int, length int) server {
		blocking(b, fds...)
		return newEchoLoop(b, fds, length, send)
	}
}

func newEchoLoop(b *testing.B, fds []int, length int, send sendParts) *echoLoop {
	return &echoLoop{b: b, fds: fds, in: make([]byte, 64<<10), length: length, iov: make([]Iovec, 0, 2), send: send}
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

func newEchoEpoll(b *testing.B, fds []int, length int) server {
	s := &echoEpoll{echoLoop: *newEchoLoop(b, fds, length, sendOne), p: newEpoll(b), evs: make([]Event, len(fds))}
	for _, fd := range fds {
		ok(b, s.p.Add(fd, EPOLLIN, uint64(fd)))
	}
	return s
}

func (s *echoEpoll) answer() {
	for left := len(s.fds); left > 0; {
		s.n++
		n, _ := s.p.WaitRaw(s.evs, -1)
		for _, e := range s.evs[:max(n, 0)] {
			s.echo(int(e.Data()))
			left--
		}
	}
}
