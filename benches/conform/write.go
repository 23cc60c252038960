package conform

import (
	"cmp"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"runtime"
	"time"
)

// Pauses behind a piece: what is to be read by itself has to be there alone
// for a while.
const (
	lull  = 10 * time.Microsecond
	pause = 5 * time.Millisecond // behind a part of a header

	maxYields = 300 // in a lull, which takes fewer
)

// piece is how many bytes are written at once where nothing else is said.
const piece = 64 << 10

// writer sends frames on a goroutine of its own, so that the player goes on
// while a peer does not read.
type writer struct {
	to     io.Writer
	masked bool // we are a client
	stream bool // piece boundaries are not those of frames

	buf   []byte
	limit int           // bytes of buf that are written at once
	rest  time.Duration // after each piece
	frame *Frame        // the last one
	key   [4]byte
	bare  bool // the last frame is not masked
	from  int  // byte of the data that its payload, and the masking-key, begin at
	sent  int  // byte of the data that comes next
	err   error
}

// run sends what comes from jobs until that is closed, or the connection
// fails.
func (w *writer) run(jobs <-chan Step) {
	for s := range jobs {
		switch {
		case w.err != nil:
		case s.Frame != nil:
			w.message(s.Frame)
		case s.More > 0:
			w.payload(w.sent + s.More)
			w.end()
		default: // no step: the stream ends here
			w.flush()
			w.stream = false
		}
	}
}

// message sends f, in fragments where it asks for them: if its length is a
// multiple of theirs, an empty one is the last.
func (w *writer) message(f *Frame) {
	w.frame = f
	if f.Each == 0 || f.Data.N <= f.Each {
		w.one(f.First, 0, f.Data.N)
		return
	}
	first := f.First &^ fin
	for at := 0; ; at += f.Each {
		if f.Data.N-at < f.Each {
			w.one(first|fin, at, f.Data.N)
			return
		}
		w.one(first, at, at+f.Each)
		first = opContinuation
	}
}

// one sends a frame whose payload is the bytes from up to to of the data.
func (w *writer) one(first uint8, from, to int) {
	w.pieces()
	w.bare = w.masked == w.frame.FlipMask
	w.put(w.header(first, to-from))
	w.from, w.sent = from, from
	w.payload(to - w.frame.Hold)
	w.end()
}

// pieces settles how the frame is written.
func (w *writer) pieces() {
	if p := w.frame.Pieces; !w.stream {
		w.limit, w.rest = cmp.Or(p.Size, piece), p.Pause
	}
}

// header returns the frame's header, with a new masking-key.
func (w *writer) header(first uint8, n int) []byte {
	b := []byte{first}
	switch form := w.frame.Form; {
	case form == Minimal && n <= 125:
		b = append(b, uint8(n))
	case form == Extended || form == Minimal && n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	case form == TopBit:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n)|1<<63)
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	if w.bare {
		return b
	}
	b[1] |= 0x80
	binary.LittleEndian.PutUint32(w.key[:], rand.Uint32())
	return append(b, w.key[:]...)
}

// put queues b.
func (w *writer) put(b []byte) {
	for len(b) > 0 {
		n := min(len(b), w.limit-len(w.buf))
		w.buf = append(w.buf, b[:n]...)
		b = b[n:]
		w.full()
	}
}

// payload queues the data up to byte to.
func (w *writer) payload(to int) {
	for w.sent < to {
		n := min(to-w.sent, w.limit-len(w.buf))
		at := len(w.buf)
		w.buf = w.frame.Data.append(w.buf, w.sent, w.sent+n)
		if !w.bare {
			xor(w.buf[at:], w.key, w.sent-w.from)
		}
		w.sent += n
		w.full()
	}
}

// full writes a piece that has its size.
func (w *writer) full() {
	if len(w.buf) < w.limit {
		return
	}
	w.flush()
	if !w.stream && w.frame.Pieces.Two {
		w.limit, w.rest = piece, 0 // the rest of the frame
	}
}

// end handles the end of a frame.
func (w *writer) end() {
	if !w.stream {
		w.flush()
	}
}

func (w *writer) flush() {
	if len(w.buf) == 0 {
		return
	}
	if w.err == nil {
		_, w.err = w.to.Write(w.buf)
	}
	w.buf = w.buf[:0]
	if w.err == nil {
		rest(w.rest)
	}
}

// rest lets d pass. Package time would make a millisecond of some microseconds
// in an idle process. The count ends it where the clock stands still meanwhile,
// as that of testing/synctest does.
func rest(d time.Duration) {
	if d >= time.Millisecond {
		time.Sleep(d)
		return
	}
	began := time.Now()
	for n := 0; n < maxYields && time.Since(began) < d; n++ {
		runtime.Gosched()
	}
}
