package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"syscall"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/syscalls"
)

// chunkConn is a connection that sends tiny frames, and reads the answer to
// them. One goroutine, locked to its thread, uses it.
type chunkConn struct {
	fd   int
	in   []byte
	gap  time.Duration           // of mode B, between the end of a send and the next
	late *hdrhistogram.Histogram // ns; how much more than gap that was

	records *wsclient.Records // of a connection of TLS; nil: plain
	space   []byte            // of TLS: in with headroom before it
	sealed  []byte            // of TLS: what is sent
}

// sent is what sending the frames of a case came to.
type sent struct {
	wall time.Duration // from the first send to the whole answer
	cpu  time.Duration // of the sending thread

	pongs int
}

const (
	// answerLate bounds the time from one byte of the answer to the next.
	answerLate = time.Minute
	// mostLate is the most that the histogram of pacing errors tells apart.
	mostLate = time.Minute
	// lookEvery is the time between two looks at what the server sends unasked
	// between paced frames.
	lookEvery = 100 * time.Millisecond
	// pacedBuffer is the send buffer of mode B, bytes, as the published method
	// has it.
	pacedBuffer = 4096
)

// secureChunk returns one whose opening handshake is done, over TLS.
func secureChunk(raw wsclient.Raw, gap time.Duration) *chunkConn {
	c := &chunkConn{fd: raw.FD, gap: gap, records: raw.Records, space: make([]byte, wsclient.Headroom+64<<10)}
	c.in = c.space[wsclient.Headroom:]
	return c
}

// connectChunk connects to addr.
func connectChunk(ctx context.Context, addr netip.AddrPort, gap time.Duration) (*chunkConn, error) {
	fd, err := syscalls.Connect(addr)
	if err != nil {
		return nil, err
	}
	c := &chunkConn{fd: fd, in: make([]byte, 64<<10), gap: gap}
	if err = await(ctx, fd, syscalls.EPOLLOUT); err == nil {
		err = syscalls.SocketError(fd)
	}
	if err == nil {
		err = syscalls.SetNoDelay(fd)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *chunkConn) close() {
	resetAtClose(c.fd)
	syscalls.Close(c.fd)
}

// exchange sends the frames of a case and waits for the answer.
func (c *chunkConn) exchange(ctx context.Context, of chunkCase, a *chunkAnswer) (s sent, err error) {
	w := newChunkWire(of)
	if of.mode == Paced {
		bufferSends(c.fd, pacedBuffer)
		c.late = hdrhistogram.New(1, mostLate.Nanoseconds(), 3)
	}
	used, began := host.ThreadClock(), time.Now()
	switch {
	case of.mode == Paced:
		err = c.paced(ctx, w, a)
	case of.shape == ShapeBytes:
		err = c.bytes(ctx, w, a)
	default:
		err = c.coalesced(ctx, w, a)
	}
	if err == nil {
		err = c.rest(ctx, a)
	}
	s.wall = time.Since(began)
	s.cpu = host.ThreadClock() - used
	s.pongs = a.pongs
	return s, err
}

// coalesced sends as many frames at a time as a segment has.
func (c *chunkConn) coalesced(ctx context.Context, w *chunkWire, a *chunkAnswer) error {
	for b := w.next(segmentFrames); b != nil; b = w.next(segmentFrames) {
		if err := c.send(ctx, b, a); err != nil {
			return err
		}
		if err := c.look(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// bytes sends a byte at a time.
func (c *chunkConn) bytes(ctx context.Context, w *chunkWire, a *chunkAnswer) error {
	for b := w.next(segmentFrames); b != nil; b = w.next(segmentFrames) {
		for i := range b {
			if err := c.send(ctx, b[i:i+1], a); err != nil {
				return err
			}
		}
		if err := c.look(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// paced sends a frame at a time, and waits for the gap between them with the
// CPU busy.
func (c *chunkConn) paced(ctx context.Context, w *chunkWire, a *chunkAnswer) error {
	var due time.Time
	n, looked := 0, time.Now()
	each := a.c.answer == AnswerEcho || a.c.shape == ShapePings
	for segment := w.next(segmentFrames); segment != nil; segment = w.next(segmentFrames) {
		for len(segment) > 0 {
			size := frameSize(segment)
			if n > 0 {
				late, err := spinUntil(ctx, due)
				if err != nil {
					return err
				}
				c.late.RecordValue(max(1, late.Nanoseconds()))
			}
			if err := c.send(ctx, segment[:size], a); err != nil {
				return err
			}
			now := time.Now()
			due = now.Add(c.gap)
			segment = segment[size:]
			n++
			if !each && now.Sub(looked) < lookEvery {
				continue
			}
			looked = now
			if err := c.look(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// frameSize returns the length of the tiny frame that b begins with.
func frameSize(b []byte) int { return 2 + parse.KeySize + int(b[1]&0x7F) }

// spinUntil keeps the CPU busy until due, and returns how late it ended.
func spinUntil(ctx context.Context, due time.Time) (time.Duration, error) {
	for ctx.Err() == nil {
		if late := time.Since(due); late >= 0 {
			return late, nil
		}
	}
	return 0, context.Cause(ctx)
}

// send sends b, over TLS as records of its own, and reads meanwhile what the server
// sends.
func (c *chunkConn) send(ctx context.Context, b []byte, a *chunkAnswer) error {
	if c.records != nil {
		c.sealed = c.records.Seal(c.sealed[:0], b)
		b = c.sealed
	}
	for len(b) > 0 {
		n, errno := syscalls.Send(c.fd, b)
		switch {
		case errno == 0:
			b = b[n:]
			a.unsent -= n
			continue
		case errno == syscall.EINTR:
			continue
		case errno != syscall.EAGAIN:
			return c.broken(a, errno)
		}
		if err := c.wait(ctx, syscalls.EPOLLIN|syscalls.EPOLLOUT); err != nil {
			return err
		}
		if err := c.receive(a); err != nil {
			return err
		}
	}
	return nil
}

// broken returns why nothing can be sent: what the server says of it, if
// anything.
func (c *chunkConn) broken(a *chunkAnswer, errno syscall.Errno) error {
	for {
		n, left := syscalls.Recv(c.fd, c.in)
		if left != 0 || n == 0 {
			return os.NewSyscallError("send", errno)
		}
		if err := c.take(n, a); err != nil {
			return err
		}
	}
}

// take has a read the n bytes that were received last.
func (c *chunkConn) take(n int, a *chunkAnswer) error {
	if c.records == nil {
		return a.take(c.in[:n])
	}
	plain, ended := c.records.Open(c.space, n)
	if err := a.take(plain); err != nil {
		return err
	}
	if ended == io.EOF && !a.whole() {
		return errNoChunkAnswer
	}
	return ended
}

var errNoChunkAnswer = errors.New("the server closed the connection without an answer")

// wait waits for events, as long as an answer may take.
func (c *chunkConn) wait(ctx context.Context, events uint32) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLate, errAnswerLate)
	defer cancel()
	return await(ctx, c.fd, events)
}

var (
	errAnswerLate    = fmt.Errorf("the server neither took frames nor answered for %v", answerLate)
	errHandshakeLate = fmt.Errorf("the opening handshake was not answered within %v", answerLate)
)

// look reads what there is, without waiting.
func (c *chunkConn) look(ctx context.Context, a *chunkAnswer) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.receive(a); err != nil || !a.pinged {
		return err
	}
	a.pinged = false
	pong := pongFrame(a.ping)
	a.unsent += len(pong)
	return c.send(ctx, pong, a)
}

// pongFrame returns the answer to a ping of that payload.
func pongFrame(payload []byte) []byte {
	b := parse.AppendMaskedHeader(nil, parse.FIN|uint8(parse.Pong), len(payload), tinyKey)
	b = append(b, payload...)
	mask.Octet.Unmask(b[len(b)-len(payload):], tinyKey)
	return b
}

// rest waits for the rest of the answer.
func (c *chunkConn) rest(ctx context.Context, a *chunkAnswer) error {
	for !a.whole() {
		if err := c.wait(ctx, syscalls.EPOLLIN); err != nil {
			return err
		}
		if err := c.look(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// receive reads once, if there is something.
func (c *chunkConn) receive(a *chunkAnswer) error {
	n, errno := syscalls.Recv(c.fd, c.in)
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return nil
	case errno != 0:
		return os.NewSyscallError("recv", errno)
	case n == 0:
		return errNoChunkAnswer
	}
	return c.take(n, a)
}
