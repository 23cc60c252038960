package syscalls

import (
	"syscall"
	"testing"
)

// echoVariant is one way of using a ring.
type echoVariant struct {
	coop  bool
	files bool
	send  string // "", fixed, write
}

func uringVariants(batch int) []echoVariant {
	list := []echoVariant{{}, {coop: true}}
	if batch == 1 || batch == 32 {
		list = append(list, echoVariant{files: true}, echoVariant{send: "write"}, echoVariant{send: "fixed"}, echoVariant{files: true, send: "write"})
	}
	return list
}

func (v echoVariant) String() string {
	name := "taskrun=defer"
	if v.coop {
		name = "taskrun=coop"
	}
	if v.files {
		name += "/files=registered"
	}
	if v.send != "" {
		name += "/send=" + v.send
	}
	return name
}

// echoRing echoes from the provided buffers. user_data: the connection, the
// buffer in flight above bit 16, and whether it is a send at bit 32.
type echoRing struct {
	echoVariant
	b      *testing.B
	r      *Ring
	bufs   *BufRing
	fds    []int
	length int
	got    []int // bytes of the message so far, by connection
	left   int   // messages not complete
}

const echoIsSend = 1 << 32

func (v echoVariant) open(b *testing.B, fds []int, length int) server {
	needs(b, RecvMultishot|RegisteredFiles|SendFixed)
	opt := RingOptions{Entries: 2 * len(fds)}
	if v.coop {
		opt.Without = DeferTaskrun
	} else {
		needs(b, DeferTaskrun)
	}
	s := &echoRing{echoVariant: v, b: b, r: newRing(b, opt), fds: fds, length: length, got: make([]int, len(fds))}
	s.bufs = newBufRing(b, s.r, BufRingOptions{Entries: max(len(fds), 8), Size: (length + 63) &^ 63})
	noError(b, s.r.RegisterFD())
	if v.send != "" {
		noError(b, s.r.RegisterBuffers(s.bufs.bufs))
	}
	if v.files {
		noError(b, s.r.RegisterFiles(len(fds)))
		for slot, fd := range fds {
			noError(b, s.r.SetFile(slot, fd))
		}
	}
	for i := range fds {
		s.recv(i)
	}
	s.r.SubmitAndWaitRaw(0, 0)
	return s
}

func (s *echoRing) calls() int { return int(s.r.Enters()) }

func (s *echoRing) recv(conn int) {
	e := s.r.SQE()
	e.PrepRecvMultishot(s.fds[conn], s.bufs.Group(), uint64(conn))
	s.slot(e, conn)
}

func (s *echoRing) slot(e *SQE, conn int) {
	if s.files {
		e.fd = int32(conn)
		e.FixedFile()
	}
}

// answer waits, sends, and collects what of the sends has completed at once,
// which without load is all. A server under load would submit the sends with
// its next wait, so by half as many system calls.
func (s *echoRing) answer() {
	for s.left = len(s.fds); s.left > 0; {
		if _, errno := s.r.SubmitAndWaitRaw(s.left, -1); errno != 0 && errno != syscall.EINTR {
			s.b.Fatal(errno)
		}
		s.completions()
	}
	s.r.Submit()
	s.completions()
}

func (s *echoRing) completions() {
	for cqes := s.r.CQEs(); len(cqes) > 0; cqes = s.r.CQEs() {
		for i := range cqes {
			if c := &cqes[i]; c.UserData&echoIsSend != 0 {
				s.sent(c)
			} else {
				s.received(c)
			}
		}
		s.r.Advance(len(cqes))
	}
}

func (s *echoRing) received(c *CQE) {
	conn := int(c.UserData)
	if !c.More() {
		s.recv(conn)
	}
	if c.Res <= 0 {
		if c.Errno() != syscall.ENOBUFS {
			s.b.Fatal(c.Res, c.Errno())
		}
		return
	}
	bid := c.BufferID()
	data, _, _ := s.bufs.Take(c, bid, int(c.Res))
	e, tag := s.r.SQE(), echoIsSend|uint64(bid)<<16|uint64(conn)
	switch s.send {
	case "write":
		e.PrepWriteFixed(s.fds[conn], data, 0, tag)
	case "fixed":
		e.PrepSendFixed(s.fds[conn], data, 0, 0, tag)
	default:
		e.PrepSend(s.fds[conn], data, 0, tag)
	}
	s.slot(e, conn)
	if s.got[conn] += len(data); s.got[conn] == s.length {
		s.got[conn] = 0
		s.left--
	}
}

// sent has the buffer back, unless a notification will follow.
func (s *echoRing) sent(c *CQE) {
	if c.Res < 0 {
		s.b.Fatal(c.Errno())
	}
	if !c.More() {
		s.bufs.Recycle(uint16(c.UserData >> 16))
	}
}
