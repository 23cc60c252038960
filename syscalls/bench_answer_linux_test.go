package syscalls

import (
	"fmt"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkAnswer is a batch of answers that a server sends while a client
// reads, each on a thread and, where there are two, a CPU of its own. The
// client asks by one byte for so many frames of so many bytes of payload, and
// asks again when it has them all. An operation is one frame.
//
//	via  send-each: a send per frame    send-once: one send, of frames that are
//	     contiguous, as where each header is in the masking-key's place
//	     writev: one, of headers and payloads that lie apart
//	     uring: one send in the io_uring_enter that waits for the next request
//	     uring-links: a linked send per frame in that io_uring_enter
//
// The first three wait by epoll_wait and receive the request, which makes two
// of their system calls per batch. Where the socket is full, a wait for room
// and the send of the rest come on top.
func BenchmarkAnswer(b *testing.B) {
	for _, frames := range []int{1, 4, 16, 64, 256} {
		for _, size := range []int{20, 1024, 16384} {
			for _, via := range answerVias {
				b.Run(fmt.Sprintf("frames=%d/size=%d/via=%s", frames, size, via), func(b *testing.B) {
					benchmarkAnswer(b, frames, size, via, true)
				})
			}
		}
	}
}

// BenchmarkNoDelay is BenchmarkAnswer with TCP_NODELAY on the server's socket,
// and without. Without, Nagle's algorithm keeps a small frame back as long as
// an earlier one is not acknowledged, which the client's kernel may put off for
// 40 ms.
func BenchmarkNoDelay(b *testing.B) {
	for _, frames := range []int{1, 16} {
		for _, via := range []string{"send-each", "send-once"} {
			for _, on := range []bool{true, false} {
				b.Run(fmt.Sprintf("frames=%d/size=20/via=%s/nodelay=%v", frames, via, on), func(b *testing.B) {
					benchmarkAnswer(b, frames, 20, via, on)
				})
			}
		}
	}
}

var answerVias = []string{"send-each", "send-once", "writev", "uring", "uring-links"}

func benchmarkAnswer(b *testing.B, frames, size int, via string, noDelay bool) {
	ours, theirs := tcpPair(b)
	if noDelay {
		noError(b, SetNoDelay(theirs))
	}
	a := newAnswers(frames, size)
	b.SetBytes(int64(size))
	serve(b, a.server(b, theirs, via), frames, a.client(b, ours, func([]byte) {}))
}

// answers is a batch of frames.
type answers struct {
	all      []byte   // all frames, as a client receives them
	frames   [][]byte // parts of all
	payloads [][]byte // parts of frames
	heads    []byte   // copies of the headers, apart
}

func newAnswers(frames, size int) *answers {
	head := []byte{0x82, byte(size)}
	if size > 125 {
		head = []byte{0x82, 126, byte(size >> 8), byte(size)}
	}
	a := &answers{all: make([]byte, 0, frames*(len(head)+size))}
	for range frames {
		at := len(a.all)
		a.all = append(append(a.all, head...), pattern(size)...)
		a.frames = append(a.frames, a.all[at:])
		a.payloads = append(a.payloads, a.all[at+len(head):])
		a.heads = append(a.heads, head...)
	}
	return a
}

// client asks for batches; received gets each.
func (a *answers) client(t testing.TB, fd int, received func([]byte)) client {
	noError(t, SetNoDelay(fd))
	blocking(t, fd)
	request, in := []byte{1}, make([]byte, min(len(a.all), 256<<10))
	return client{[]int{fd}, func() bool {
		if !writeAll(fd, request) {
			return false
		}
		for left := len(a.all); left > 0; {
			part := in[:min(left, len(in))]
			if !readFull(fd, part) {
				return false
			}
			received(part)
			left -= len(part)
		}
		return true
	}}
}

func (a *answers) server(t testing.TB, fd int, via string) server {
	if via == "uring" || via == "uring-links" {
		return a.ring(t, fd, via == "uring-links")
	}
	s := a.socket(t, fd)
	s.send = map[string]func(){"send-each": s.sendEach, "send-once": s.sendOnce, "writev": s.writev}[via]
	return s
}

// answerSocket answers by system calls on a non-blocking socket.
type answerSocket struct {
	*answers
	t           testing.TB
	fd          int
	ready, room Epoll // epoll sets of fd, for input and output
	evs         [1]Event
	in          []byte
	iov         []Iovec
	send        func()
	spent       time.Duration // CPU time of the last send, where it is timed
	n           int
}

func (a *answers) socket(t testing.TB, fd int) *answerSocket {
	s := &answerSocket{answers: a, t: t, fd: fd, ready: newEpoll(t), room: newEpoll(t), in: make([]byte, 64<<10)}
	ok(t, s.ready.Add(fd, EPOLLIN, 0))
	ok(t, s.room.Add(fd, EPOLLOUT, 0))
	return s
}

func (s *answerSocket) calls() int { return s.n }

func (s *answerSocket) answer() {
	s.wait(s.ready)
	s.n++
	if n, errno := Recv(s.fd, s.in); n != 1 {
		s.t.Fatal(n, errno)
	}
	s.send()
}

func (s *answerSocket) wait(p Epoll) {
	for n := 0; n <= 0; s.n++ {
		n, _ = p.WaitRaw(s.evs[:], -1)
	}
}

func (s *answerSocket) sendEach() {
	for _, f := range s.frames {
		s.sendAll(f)
	}
}

func (s *answerSocket) sendOnce() { s.sendAll(s.all) }

func (s *answerSocket) sendAll(b []byte) {
	for len(b) > 0 {
		n, errno := Send(s.fd, b)
		b = b[s.took(n, errno):]
	}
}

// took counts a send, waits where it found the socket full, and tells how many
// bytes it took.
func (s *answerSocket) took(n int, errno syscall.Errno) int {
	s.n++
	switch errno {
	case 0:
		return n
	case syscall.EAGAIN:
		s.wait(s.room)
	default:
		s.t.Fatal(errno)
	}
	return 0
}

// writev sends header, payload, header, payload.
func (s *answerSocket) writev() {
	iov, head := s.iov[:0], len(s.heads)/len(s.frames)
	for i, p := range s.payloads {
		iov = append(iov, iovec(s.heads[i*head:(i+1)*head]), iovec(p))
	}
	s.iov = iov
	for len(iov) > 0 {
		n, errno := Writev(s.fd, iov)
		iov = skip(iov, s.took(n, errno))
	}
}

func iovec(b []byte) (v Iovec) {
	v.Base = &b[0]
	v.SetLen(len(b))
	return v
}

// skip returns iov less its first n bytes.
func skip(iov []Iovec, n int) []Iovec {
	for len(iov) > 0 && n >= int(iov[0].Len) {
		n -= int(iov[0].Len)
		iov = iov[1:]
	}
	if n > 0 {
		iov[0].Base = (*byte)(unsafe.Add(unsafe.Pointer(iov[0].Base), n))
		iov[0].SetLen(int(iov[0].Len) - n)
	}
	return iov
}

// answerRing answers by a ring. Its sends complete silently: the next request
// shows that they have.
type answerRing struct {
	t    testing.TB
	r    *Ring
	bufs *BufRing
	fd   int
	out  [][]byte // each a send
}

func (a *answers) ring(t testing.TB, fd int, links bool) server {
	needs(t, RecvMultishot|DeferTaskrun)
	s := &answerRing{t: t, fd: fd, out: [][]byte{a.all}}
	if links {
		s.out = a.frames
	}
	s.r = newRing(t, RingOptions{Entries: 2 * len(s.out)})
	s.bufs = newBufRing(t, s.r, BufRingOptions{Entries: 8, Size: 64})
	noError(t, s.r.RegisterFD())
	s.r.SQE().PrepRecvMultishot(fd, s.bufs.Group(), 0)
	return s
}

func (s *answerRing) calls() int { return int(s.r.Enters()) }

// answer submits what is queued, the sends of the last answer, and waits for a
// request.
func (s *answerRing) answer() {
	for s.r.Ready() == 0 {
		if _, errno := s.r.SubmitAndWaitRaw(1, -1); errno != 0 && errno != syscall.EINTR {
			s.t.Fatal(errno)
		}
	}
	c := s.r.CQEs()[0]
	if c.UserData != 0 || c.Res != 1 {
		s.t.Fatalf("completion of %d: %d, %v", c.UserData, c.Res, c.Errno())
	}
	s.bufs.Recycle(c.BufferID())
	if !c.More() {
		s.r.SQE().PrepRecvMultishot(s.fd, s.bufs.Group(), 0)
	}
	s.r.Advance(1)
	for i, b := range s.out {
		e := s.r.SQE()
		e.PrepSend(s.fd, b, waitAll, 1)
		e.SkipSuccess()
		if i < len(s.out)-1 {
			e.Link()
		}
	}
}

// waitAll is MSG_WAITALL: the kernel goes on with a send that was short.
const waitAll = syscall.MSG_WAITALL
