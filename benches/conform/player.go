package conform

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// Bounds of a case.
const (
	moreEvents = 16       // than twice what is due, before the peer is cut off
	morePings  = 1000     // are answered
	moreBytes  = 64 * kib // of messages than twice what is due
)

// stream is what a *net.TCPConn has and a net.Conn lacks: an end by FIN of one
// direction, and by RST of both.
type stream interface {
	CloseWrite() error
	SetLinger(seconds int) error
}

// player plays one case on a connection after its opening handshake. It is one
// goroutine, which never waits for the connection: a reader's and a writer's
// do.
type player struct {
	c *Case
	terms
	conn net.Conn
	rec  record

	jobs    chan Step // to the writer
	in      chan report
	quit    chan struct{}
	written chan struct{} // closed when the writer has ended
	reset   bool          // the writer found RST: the kernel tells only one of the two; valid then

	step     int // the next one
	passed   int // Awaits done
	good     int // events that are the first of those wanted
	pings    int
	failed   bool // we have failed the connection: messages count no more
	held     bool // part of a frame is sent
	streamed bool // the stream is
	complete bool // nothing is written any more
	done     bool

	// When something is due; zero: not.
	wake  time.Time // a Wait ends
	timer time.Time // the case's
	bound time.Time // of the peer's part of closing

	closing time.Time // when the last close frame was sent, or came
	shutAt  int64     // bytes that had come with the peer's close frame
}

// report is what the reader's goroutine hands over. err is a violation, or the
// end.
type report struct {
	arrival
	at  int64 // bytes that have come, up to its end
	err error
}

// play plays c on conn, which it closes. early came along with the opening
// handshake. It returns at the latest when ctx is done.
func play(ctx context.Context, c *Case, conn net.Conn, early []byte, terms terms) record {
	p := &player{
		c: c, terms: terms, conn: conn,
		jobs: make(chan Step, len(c.Steps)+morePings+2),
		in:   make(chan report), quit: make(chan struct{}), written: make(chan struct{}),
	}
	var wg sync.WaitGroup
	wg.Go(p.send)
	wg.Go(func() { p.receive(io.MultiReader(bytes.NewReader(early), conn)) })
	p.run(ctx)
	p.hangUp()
	wg.Wait()
	return p.rec
}

func (p *player) send() {
	defer close(p.written)
	w := writer{to: p.conn, masked: !p.server, limit: piece, stream: p.c.Stream > 0}
	if w.stream {
		w.limit, w.rest = p.c.Stream, lull
	}
	w.run(p.jobs)
	p.reset = errors.Is(w.err, syscall.ECONNRESET)
	if s, ok := p.conn.(stream); ok && p.server {
		s.CloseWrite() // the server ends TCP first (section 7.1.1)
	}
}

func (p *player) receive(from io.Reader) {
	all := &counted{Reader: from}
	r := reader{in: bufio.NewReaderSize(all, piece), masked: p.server, left: moreBytes}
	r.tell = func(v *violation) error { return p.hand(report{err: v}) }
	for _, e := range p.c.Want {
		r.left += 2 * e.Data.N
	}
	for {
		a, err := r.next()
		if p.hand(report{a, all.n - int64(r.in.Buffered()), err}) != nil {
			return
		}
		if _, bad := asViolation(err); bad {
			err = r.discard()
			p.hand(report{at: all.n, err: err})
		}
		if err != nil {
			return
		}
	}
}

// counted counts what is read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(b []byte) (n int, err error) {
	n, err = c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// hand hands r over, unless the player is done.
func (p *player) hand(r report) error {
	select {
	case p.in <- r:
		return nil
	case <-p.quit:
		return net.ErrClosed
	}
}

func (p *player) run(ctx context.Context) {
	p.arm()
	p.advance()
	clock := time.NewTimer(0)
	defer clock.Stop()
	for !p.done {
		if at := p.due(); at.IsZero() {
			clock.Stop()
		} else {
			clock.Reset(time.Until(at))
		}
		select {
		case r := <-p.in:
			p.take(r)
		case <-clock.C:
			p.tick(time.Now())
		case <-ctx.Done():
			p.drop(tooLate)
		}
	}
}

// due returns when the next of the three times is. Of equal ones it is the
// first that was set.
func (p *player) due() (at time.Time) {
	for _, t := range []time.Time{p.wake, p.timer, p.bound} {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	return at
}

// hangUp ends the connection: what is queued is still sent to a peer that has
// ended TCP properly, for it may await our close frame.
func (p *player) hangUp() {
	p.finish()
	if p.rec.end == byFIN {
		p.conn.SetWriteDeadline(time.Now().Add(p.patience))
		<-p.written
		if p.reset {
			p.rec.end = byRST
		}
	} else if s, ok := p.conn.(stream); ok {
		s.SetLinger(0)
	}
	p.conn.Close()
	close(p.quit)
}

// finish lets the writer end once all is written.
func (p *player) finish() {
	if !p.complete {
		p.complete = true
		close(p.jobs)
	}
}

func (p *player) drop(end ending) {
	p.rec.end, p.done = end, true
	if !p.closing.IsZero() {
		p.rec.waited = time.Since(p.closing)
	}
}

// ended handles the end of TCP.
func (p *player) ended(r report) {
	if p.rec.came {
		p.rec.extra = r.at - p.shutAt
	}
	p.rec.cut = errors.Is(r.err, io.ErrUnexpectedEOF)
	if p.rec.cut || errors.Is(r.err, io.EOF) {
		p.drop(byFIN)
	} else {
		p.drop(byRST)
	}
}
