package engine

import (
	"math/bits"

	"wsbench/parse"
)

// message is a message that does not come as one whole frame: in fragments, or
// in a frame whose bytes are taken as they arrive.
type message struct {
	buf  []byte // assembled so far, behind headroom; nil with a PartHandler
	size int64  // bytes so far
	text parse.UTF8
	op   parse.Opcode
	open bool  // between its first byte and its last
	any  bool  // a PartHandler has seen a part
	fin  bool  // of the present frame
	left int64 // bytes of the present frame's payload still to come

	key    uint32 // rotated for the next of them
	frames int

	// Of a text frame that is awaited whole, so many bytes of payload have
	// been checked.
	peeked int
}

// headroom is what a message under assembly leaves free in front.
const headroom = parse.MaxHeader

// taken reports whether an incomplete frame of size bytes is not awaited whole.
func (e *Engine) taken(h parse.Header, size int) bool {
	return !h.Opcode().Control() && (size > e.cfg.Whole || e.cfg.Parts != nil)
}

func (e *Engine) current() *message {
	if e.msg == nil {
		e.msg = &message{}
	}
	return e.msg
}

// begin handles a data frame that continues or begins a message, or is not
// there whole: its payload so far is in[at:].
func (e *Engine) begin(h parse.Header, in []byte, at int, out *Output) error {
	m := e.current()
	if op := h.Opcode(); op != parse.Continuation && !e.closing {
		*m = message{open: true, op: op, buf: m.buf, text: m.text, peeked: m.peeked}
		if m.peeked == 0 {
			m.text = parse.UTF8{By: e.cfg.UTF8}
		}
	}
	if m.frames++; m.frames > e.cfg.MaxFragments {
		return e.fail(out, parse.ClosePolicy, ErrFragments)
	}
	m.fin, m.left, m.key = h.Fin(), h.Length, h.Key
	return e.take(in, at, out)
}

// more takes the next bytes of the frame whose beginning was taken.
func (e *Engine) more(in []byte, p *Progress, out *Output) error {
	n := int(min(e.msg.left, int64(len(in))))
	if p.Consumed = n; e.msg.left == int64(n) {
		p.Frames++
	}
	return e.take(in[:n], 0, out)
}

// take adds in[at:], bytes of the present frame, to the message.
func (e *Engine) take(in []byte, at int, out *Output) error {
	m := e.msg
	payload := in[at:]
	m.left -= int64(len(payload))
	if e.closing {
		return nil
	}
	m.size += int64(len(payload))
	last := m.fin && m.left == 0
	var place []byte
	if e.cfg.Parts != nil {
		place = e.reserve(in, at, len(payload), out)
	} else {
		place = e.grow(m, len(payload))
	}
	if !e.reveal(m, place, payload, last) {
		return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
	}
	if e.cfg.Parts != nil {
		e.part(m, place, last, out)
	} else if last {
		e.assembled(m, out)
	}
	return nil
}

// reveal puts payload, the next bytes of m, unmasked into place, and checks
// them where they are text: false where no valid text can go on, or end, so.
func (e *Engine) reveal(m *message, place, payload []byte, last bool) bool {
	checked := e.checks(m.op)
	if !checked && same(place, payload) {
		m.key = e.cfg.Kernel.Unmask(place, m.key)
		return true
	}
	if !checked {
		m.key = e.cfg.Kernel.Copy(place, payload, m.key)
		return true
	}
	var ascii bool
	m.key, ascii = e.cfg.Kernel.UnmaskASCII(payload, m.key)
	if !same(place, payload) {
		copy(place, payload) // which may overlap: payload is no more
	}
	unseen := place[m.peeked:]
	m.peeked = 0
	if (!ascii || !m.text.Complete()) && !m.text.Write(unseen) {
		return false
	}
	return !last || m.text.Complete()
}

// part shows the handler the part at place.
func (e *Engine) part(m *message, place []byte, last bool, out *Output) {
	if len(place) == 0 && !last && m.left > 0 {
		return // a header alone
	}
	first := !m.any
	m.any, m.open = true, !last
	if e.allowed(e.cfg.Parts.Part(out, Part{m.op, place, first, last})) != Echo {
		return
	}
	head := uint8(parse.Continuation)
	if first {
		head = uint8(m.op)
	}
	if last {
		head |= parse.FIN
	}
	e.commit(head, place, out)
}

// grow makes room for n bytes more of a message under assembly.
func (e *Engine) grow(m *message, n int) (place []byte) {
	if len(m.buf) == 0 {
		n += headroom
	}
	m.buf = e.cfg.Pool.Grow(m.buf, n, int(m.left))
	m.buf = m.buf[:len(m.buf)+n]
	return m.buf[max(headroom, len(m.buf)-n):]
}

// Room returns memory to receive into, so that what comes next is not copied
// from a receive buffer: behind the message under assembly, and nothing beyond
// the present frame. What is received there is the next in of Process. Room
// returns nil where a receive buffer serves as well: at a frame's beginning and
// end. The memory is valid until the next call of Process.
func (e *Engine) Room() []byte {
	m := e.msg
	if m == nil || m.left < int64(e.cfg.Whole) || len(m.buf) < e.cfg.Whole || e.closing {
		return nil
	}
	have := len(m.buf)
	m.buf = e.cfg.Pool.Grow(m.buf, 1, int(m.left))
	return m.buf[have:min(cap(m.buf), have+int(min(m.left, mostRoom)))]
}

// mostRoom is how many bytes stay in the cache until they are unmasked.
const mostRoom = 256 << 10

// assembled handles a message that is whole.
func (e *Engine) assembled(m *message, out *Output) {
	whole := m.buf
	m.buf, m.open = nil, false
	if e.handle(out, m.op, whole[headroom:]) == Echo {
		out.Hold(parse.FIN|uint8(m.op), whole, headroom)
	} else {
		e.cfg.Pool.Put(whole)
	}
}

// peek checks what has arrived of a text frame that is awaited whole, so that
// a byte that no text can have there ends the connection at once (section
// 8.1), whether the rest ever comes or not. The frame itself is left as it is.
func (e *Engine) peek(h parse.Header, payload []byte, out *Output) error {
	m := e.msg
	op := h.Opcode()
	switch {
	case e.checks(op), op == parse.Continuation && m != nil && e.checks(m.op):
	default:
		return nil
	}
	if e.closing {
		return nil
	}
	m = e.current()
	if op == parse.Text && m.peeked == 0 {
		m.text = parse.UTF8{By: e.cfg.UTF8}
	}
	var plain [512]byte
	for m.peeked < len(payload) {
		part := payload[m.peeked:min(len(payload), m.peeked+len(plain))]
		e.cfg.Kernel.Copy(plain[:], part, bits.RotateLeft32(h.Key, -8*m.peeked))
		m.peeked += len(part)
		if !m.text.Write(plain[:len(part)]) {
			return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
		}
	}
	return nil
}
