package lab

import (
	"bytes"
	"fmt"
	"strings"

	"wsbench/benches/results"
	"wsbench/mask"
	"wsbench/parse"
)

// The shapes of tiny frames.
const (
	ShapeFrames    = "frames"    // messages of one byte
	ShapeFragments = "fragments" // one message in fragments of one byte
	ShapeEmpty     = "empty"     // one message of one byte, in fragments all but the last of which are empty
	ShapePings     = "pings"     // pings of one byte, then one message of one byte
	ShapeBytes     = "bytes"     // messages of one byte, each byte of a frame a TCP segment of its own
)

// Shapes lists the shapes of tiny frames.
func Shapes() []string {
	return []string{ShapeFrames, ShapeFragments, ShapeEmpty, ShapePings, ShapeBytes}
}

// The modes in which frames are sent.
const (
	Coalesced = "A" // many in one segment, as fast as the socket takes them
	Paced     = "B" // one at a time
)

// How a server answers.
const (
	AnswerCount = "count" // /ws?n=N is answered once, by {"frames":N}
	AnswerEcho  = "echo"  // every message is echoed
)

// ChunkCase returns the case of so many frames.
func ChunkCase(frames int, mode, shape, answer string) results.Case {
	return results.Case(fmt.Sprintf("frames=%d/mode=%s/shape=%s/answer=%s", frames, mode, shape, answer))
}

// chunkCase is a case of tiny frames.
type chunkCase struct {
	frames              int
	mode, shape, answer string
}

func chunkCaseOf(c results.Case) chunkCase {
	n := results.Name{Keys: c.Keys()}
	return chunkCase{c.Int("frames"), n.Value("mode"), n.Value("shape"), n.Value("answer")}
}

// sized returns the case with another number of frames.
func (c chunkCase) sized(frames int) chunkCase {
	c.frames = frames
	return c
}

// messages returns how many messages the frames are.
func (c chunkCase) messages() int {
	if c.shape == ShapeFrames || c.shape == ShapeBytes {
		return c.frames
	}
	return 1
}

// bytes returns how long the messages are together.
func (c chunkCase) bytes() int {
	switch c.shape {
	case ShapeEmpty, ShapePings:
		return 1
	}
	return c.frames
}

// pings returns how many of the frames are pings.
func (c chunkCase) pings() int {
	if c.shape == ShapePings {
		return c.frames - 1
	}
	return 0
}

// wire returns how long the frames are together, keys and headers included.
func (c chunkCase) wire() int {
	payload := c.bytes()
	if c.shape == ShapePings {
		payload += c.pings()
	}
	return c.frames*(2+parse.KeySize) + payload
}

// A segment of mode A has so many frames, as the published method has it.
const segmentFrames = 8192

// chunkByte is the payload of all frames.
const chunkByte = 'A'

// chunkWire is the frames of a case as bytes: the first, many alike, the last.
type chunkWire struct {
	first, last []byte
	middle      []byte // segmentFrames of those between, all as long
	size        int    // of one of them
	left        int    // of them, still to be sent
	begun, done bool
	buf         []byte // of the segments that hold the first or the last
}

func newChunkWire(c chunkCase) *chunkWire {
	const fin, text, more = parse.FIN, uint8(parse.Text), uint8(parse.Continuation)
	whole := tinyFrame(fin|text, 1)
	first, middle, last := whole, whole, whole
	switch c.shape {
	case ShapeFragments:
		first, middle, last = tinyFrame(text, 1), tinyFrame(more, 1), tinyFrame(fin|more, 1)
	case ShapeEmpty:
		first, middle, last = tinyFrame(text, 0), tinyFrame(more, 0), tinyFrame(fin|more, 1)
	case ShapePings:
		first = tinyFrame(fin|uint8(parse.Ping), 1)
		middle = first
	}
	return &chunkWire{first: first, last: last, middle: bytes.Repeat(middle, segmentFrames), size: len(middle), left: c.frames - 2}
}

// tinyKey masks all frames, as the published method has it.
const tinyKey = 0x5A17_C3E9

// tinyFrame returns a client's frame of n bytes.
func tinyFrame(first uint8, n int) []byte {
	payload := bytes.Repeat([]byte{chunkByte}, n)
	mask.Octet.Unmask(payload, tinyKey)
	return append(parse.AppendMaskedHeader(nil, first, n, tinyKey), payload...)
}

// next returns the next frames, most at most and at least two; nil after the last.
// They are valid until the next call.
func (w *chunkWire) next(most int) []byte {
	if w.done {
		return nil
	}
	room, first := most, !w.begun
	if first {
		w.begun = true
		room--
	}
	n := min(room, w.left)
	w.left -= n
	w.done = w.left == 0 && n < room
	if !first && !w.done {
		return w.middle[:n*w.size]
	}
	w.buf = w.buf[:0]
	if first {
		w.buf = append(w.buf, w.first...)
	}
	w.buf = append(w.buf, w.middle[:n*w.size]...)
	if w.done {
		w.buf = append(w.buf, w.last...)
	}
	return w.buf
}

// chunkAnswer reads what a server answers to the frames of a case.
type chunkAnswer struct {
	c      chunkCase
	masked bool // payloads of echoes come back as they were sent
	want   string

	unsent                 int // bytes that are still to be sent, of the frames and between them
	messages, bytes, pongs int
	text                   []byte // of a count, or why the server closes
	pinged                 bool   // the server asks whether this side lives
	ping                   []byte // the payload of its last ping

	header []byte // the beginning of a frame
	first  uint8
	size   int64 // of the present frame's payload
	left   int64 // of it, still to come
	inside bool
}

func newChunkAnswer(c chunkCase, masked bool) *chunkAnswer {
	return &chunkAnswer{c: c, masked: masked, unsent: c.wire(), want: fmt.Sprintf(`{"frames":%d}`, c.messages()), header: make([]byte, 0, parse.MaxHeader)}
}

// whole reports whether the answer has come.
func (a *chunkAnswer) whole() bool {
	if a.c.answer == AnswerCount {
		return a.messages == 1
	}
	return a.messages == a.c.messages()
}

// take reads bytes of the server. An error says how they are wrong.
func (a *chunkAnswer) take(in []byte) error {
	for len(in) > 0 {
		if !a.inside {
			n, err := a.begin(in)
			if err != nil {
				return err
			}
			in = in[n:]
			if !a.inside {
				continue
			}
		}
		n := int(min(a.left, int64(len(in))))
		if err := a.payload(in[:n]); err != nil {
			return err
		}
		in = in[n:]
		if a.left -= int64(n); a.left == 0 {
			a.inside = false
			if err := a.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin reads a header, of which in is a part, and returns how long that is.
func (a *chunkAnswer) begin(in []byte) (n int, err error) {
	for n < len(in) && !a.inside {
		a.header = append(a.header, in[n])
		n++
		h, need, err := parse.ParseHeader(a.header, parse.FromServer)
		switch {
		case err != nil:
			return n, fmt.Errorf("the server's frames: %w", err)
		case need == 0:
			a.first, a.size, a.left, a.inside = h.First, h.Length, h.Length, true
			a.header = a.header[:0]
			if a.op() == parse.Ping {
				a.ping = a.ping[:0]
			}
		}
	}
	if a.inside && a.left == 0 {
		a.inside = false
		return n, a.end()
	}
	return n, nil
}

func (a *chunkAnswer) op() parse.Opcode { return parse.Opcode(a.first & 0x0F) }

// mostText is how much of a text is kept, bytes.
const mostText = 125

// payload reads a part of a frame's payload.
func (a *chunkAnswer) payload(in []byte) error {
	switch op := a.op(); {
	case op == parse.Close, !op.Control() && a.c.answer == AnswerCount:
		a.text = append(a.text, in[:min(len(in), mostText-min(mostText, len(a.text)))]...)
	case op == parse.Ping:
		a.ping = append(a.ping, in...)
	case a.masked, op.Control() && a.c.pings() == 0:
	case bytes.Count(in, []byte{chunkByte}) != len(in):
		return fmt.Errorf("corrupted %s: %.20q", answerName(op), in)
	}
	if !a.op().Control() {
		a.bytes += len(in)
	}
	return nil
}

func answerName(op parse.Opcode) string {
	if op == parse.Pong {
		return "pong"
	}
	return "echo"
}

// end ends a frame.
func (a *chunkAnswer) end() error {
	switch op := a.op(); {
	case op == parse.Close:
		code, reason, _ := parse.ParseClose(a.text)
		return fmt.Errorf("the server closed the connection: %s", strings.TrimSpace(fmt.Sprintf("code %d %s", code, reason)))
	case op == parse.Pong && a.c.pings() > 0 && a.size != 1:
		return fmt.Errorf("a pong of %d bytes, want the ping's 1", a.size)
	case op == parse.Pong:
		a.pongs++
	case op == parse.Ping:
		a.pinged = true
	case a.first&parse.FIN != 0:
		a.messages++
		return a.check()
	}
	return nil
}

// check judges the messages so far.
func (a *chunkAnswer) check() error {
	switch {
	case a.c.answer == AnswerCount && string(a.text) != a.want:
		return fmt.Errorf("answered %.40q, want %s: it may not know /ws?n=%d; -answer echo measures an echo server", a.text, a.want, a.c.messages())
	case a.whole() && a.unsent > 0:
		return fmt.Errorf("answered %d bytes before all frames were sent: it does not wait for them", a.unsent)
	case a.c.answer == AnswerEcho && (a.messages > a.c.messages() || a.whole() && a.bytes != a.c.bytes()):
		return fmt.Errorf("echoed %d messages of %d bytes, want %d of %d", a.messages, a.bytes, a.c.messages(), a.c.bytes())
	}
	return nil
}
