package peers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/cloudwego/netpoll"
	"github.com/gobwas/ws"
)

// A framer reads frames by the low-level API of gobwas/ws, which its README
// offers for buffers of one's own, and answers each by one frame, fragments
// too. It checks headers; UTF-8 and close codes it does not.
type framer struct {
	r     io.Reader
	head  [ws.MaxHeaderSize]byte
	state ws.State

	wanted, seen int // messages to be counted; 0: frames are echoed
}

var errFrameSize = errors.New("peers: frame too long")

// next returns the header of the next frame, and that of its answer, which is
// none where answered is false.
func (f *framer) next() (h, answer ws.Header, answered bool, err error) {
	if h, err = ws.ReadHeaderBuffer(f.r, f.head[:]); err == nil {
		err = ws.CheckHeader(h, f.state)
	}
	if err == nil && h.Length > maxMessage {
		err = errFrameSize
	}
	if !h.OpCode.IsControl() {
		f.state = f.state.Clear(ws.StateFragmented)
		if !h.Fin {
			f.state = f.state.Set(ws.StateFragmented)
		}
	}
	answer = h
	answer.Masked = false
	if h.OpCode == ws.OpPing {
		answer.OpCode = ws.OpPong
	}
	return h, answer, h.OpCode != ws.OpPong && (f.wanted == 0 || h.OpCode.IsControl()), err
}

// ended returns io.EOF behind the answer to a close.
func ended(h ws.Header) error {
	if h.OpCode == ws.OpClose {
		return io.EOF
	}
	return nil
}

// answersBuffer collects answers, each payload unmasked where it was read to.
type answersBuffer []byte

// Write appends a header.
func (b *answersBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// read appends the payload of a frame, unmasked.
func (b *answersBuffer) read(r io.Reader, h ws.Header) error {
	from := len(*b)
	*b = slices.Grow(*b, int(h.Length))[:from+int(h.Length)]
	_, err := io.ReadFull(r, (*b)[from:])
	ws.Cipher((*b)[from:], h.Mask, 0)
	return err
}

// Its README's zero-copy Upgrade, without net/http, and a goroutine per
// connection. A buffered reader as large as those of the others spares reading
// headers one by one; answers to what was received at once leave at once.
func serveGobwas(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			f := &framer{state: ws.StateServerSide}
			if f.upgrade(conn) == nil {
				f.answer(conn)
			}
		}()
	}
}

// answer answers frames until one ends the connection.
func (f *framer) answer(conn io.ReadWriter) error {
	r := bufio.NewReaderSize(conn, usualBuffer)
	f.r = r
	head := make([]byte, ws.MaxHeaderSize)
	var out answersBuffer
	for {
		h, answer, answered, err := f.next()
		if err != nil {
			return err
		}
		from := len(out)
		if err := errors.Join(ws.WriteHeaderBuffer(&out, answer, head), out.read(r, h)); err != nil {
			return err
		}
		if !answered {
			out = out[:from]
		}
		out = append(out, f.count(h)...)
		if r.Buffered() > 0 && len(out) < largeBuffer && ended(h) == nil {
			continue
		}
		if _, err := conn.Write(out); err != nil {
			return err
		}
		if err := ended(h); err != nil {
			return err
		}
		out = out[:0]
	}
}

// Its guide: the number of loops is left to the library, which derives it from
// GOMAXPROCS; Reader and Writer instead of Read and Write, so that payloads are
// unmasked and sent where they were received; and no goroutine pool where stacks
// do not grow. Frames and the opening handshake are gobwas/ws's.
func serveNetpoll(l net.Listener) error {
	err := netpoll.Configure(netpoll.Config{Runner: func(_ context.Context, f func()) { go f() }})
	if err != nil {
		return err
	}
	loop, err := netpoll.NewEventLoop(answerNetpoll, netpoll.WithOnPrepare(prepareNetpoll))
	if err != nil {
		return err
	}
	return loop.Serve(l)
}

// netpollEcho is a connection of netpoll: what its handler has to remember.
type netpollEcho struct {
	framer
	upgraded bool
}

type netpollKey struct{}

func prepareNetpoll(conn netpoll.Connection) context.Context {
	e := &netpollEcho{framer: framer{r: heads{conn.Reader()}, state: ws.StateServerSide}}
	return context.WithValue(context.Background(), netpollKey{}, e)
}

// heads reads headers. The connection's own Read would release what came before
// them: payloads that are echoed from where they were received.
type heads struct{ netpoll.Reader }

func (r heads) Read(b []byte) (int, error) {
	p, err := r.Next(len(b))
	return copy(b, p), err
}

// answerNetpoll handles what a connection has received.
func answerNetpoll(ctx context.Context, conn netpoll.Connection) error {
	err := ctx.Value(netpollKey{}).(*netpollEcho).turn(conn)
	if err != nil {
		conn.Close()
	}
	return err
}

func (e *netpollEcho) turn(conn netpoll.Connection) error {
	if !e.upgraded {
		e.upgraded = true
		return e.upgrade(conn)
	}
	r, w := conn.Reader(), conn.Writer()
	for r.Len() > 0 {
		if err := e.answer(r, w); err != nil {
			return errors.Join(err, w.Flush())
		}
	}
	return errors.Join(w.Flush(), r.Release())
}

// answer puts the answer to a frame into w.
func (e *netpollEcho) answer(r netpoll.Reader, w netpoll.Writer) error {
	h, answer, answered, err := e.next()
	if err != nil {
		return err
	}
	payload, err := r.Next(int(h.Length))
	if err != nil {
		return err
	}
	ws.Cipher(payload, h.Mask, 0)
	if !answered {
		if all := e.count(h); all != nil {
			_, err = w.WriteBinary(all)
		}
		return err
	}
	room, err := w.Malloc(ws.HeaderSize(answer))
	if err != nil {
		return err
	}
	out := answersBuffer(room[:0])
	if err := ws.WriteHeaderBuffer(&out, answer, e.head[:]); err != nil {
		return err
	}
	if _, err := w.WriteBinary(payload); err != nil {
		return err
	}
	return ended(h)
}
