package peers

import (
	"bufio"
	"io"
	"slices"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// gobwas/ws has no connection of its own: after the opening handshake, which
// is left out here, its functions work on any io.ReadWriter.

// openGobwasUtil opens the first example of its README.
func openGobwasUtil(f *feed) (loop, error) {
	return func() error {
		for {
			p, op, err := wsutil.ReadClientData(f)
			if err != nil {
				return err
			}
			if err := wsutil.WriteServerMessage(f, op, p); err != nil {
				return err
			}
		}
	}, nil
}

// openGobwasFrame opens its README's example without wsutil.
func openGobwasFrame(f *feed) (loop, error) {
	e := newFrameEcho(f, f)
	return func() error {
		for {
			if err := e.next(); err != nil {
				return err
			}
		}
	}, nil
}

// openGobwasBuffered does the same with package bufio around the connection,
// flushed when all that was received is answered.
func openGobwasBuffered(f *feed) (loop, error) {
	r, w := bufio.NewReaderSize(f, largeBuffer), bufio.NewWriterSize(f, largeBuffer)
	e := newFrameEcho(r, w)
	return func() error {
		for {
			if err := e.next(); err != nil {
				return err
			}
			if r.Buffered() > 0 {
				continue
			}
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}, nil
}

// A frameEcho uses its buffers again, where the README's example makes new
// ones. Like that, it takes each frame for a message and checks none.
type frameEcho struct {
	r       io.Reader
	w       io.Writer
	head    []byte
	payload []byte
}

func newFrameEcho(r io.Reader, w io.Writer) *frameEcho {
	return &frameEcho{r: r, w: w, head: make([]byte, ws.MaxHeaderSize)}
}

func (e *frameEcho) next() error {
	h, err := ws.ReadHeaderBuffer(e.r, e.head)
	if err != nil {
		return err
	}
	e.payload = slices.Grow(e.payload[:0], int(h.Length))[:h.Length]
	if _, err := io.ReadFull(e.r, e.payload); err != nil {
		return err
	}
	ws.Cipher(e.payload, h.Mask, 0)
	h.Masked = false
	if err := ws.WriteHeaderBuffer(e.w, h, e.head); err != nil {
		return err
	}
	_, err = e.w.Write(e.payload)
	return err
}
