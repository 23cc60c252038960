package engine

import (
	"unicode/utf8"
	"unsafe"

	"wsbench/parse"
)

// frame handles one whole frame, whose payload is in[at:].
func (e *Engine) frame(h parse.Header, in []byte, at int, out *Output) error {
	op := h.Opcode()
	switch {
	case op == parse.Close:
		return e.close(h, in, at, out)
	case op == parse.Ping && !e.closing:
		e.unmask(out.Reserve(at, int(h.Length)), in[at:], h)
		out.Commit(parse.FIN | uint8(parse.Pong))
		return nil
	case op.Control() || e.closing:
		return nil // a pong, or what crosses our close frame (section 5.5.1)
	case op == parse.Continuation || !h.Fin():
		return e.fragment(h, in[at:at+int(h.Length)], out)
	}
	return e.message(h, in, at, out)
}

// message handles an unfragmented data frame.
func (e *Engine) message(h parse.Header, in []byte, at int, out *Output) error {
	place := out.Reserve(at, int(h.Length))
	if h.Opcode() == parse.Text {
		payload := in[at : at+int(h.Length)]
		_, ascii := e.cfg.Kernel.UnmaskASCII(payload, h.Key)
		if !ascii && !utf8.Valid(payload) {
			return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
		}
		if !same(place, payload) {
			copy(place, payload)
		}
	} else {
		e.unmask(place, in[at:], h)
	}
	if e.handle(h.Opcode(), place) == Echo {
		out.Commit(h.First)
	}
	return nil
}

// unmask puts the payload that src begins with into place.
func (e *Engine) unmask(place, src []byte, h parse.Header) {
	if same(place, src) {
		e.cfg.Kernel.Unmask(place, h.Key)
		return
	}
	e.cfg.Kernel.Copy(place, src[:len(place)], h.Key)
}

// same tells whether a and b begin at the same octet.
func same(a, b []byte) bool { return unsafe.SliceData(a) == unsafe.SliceData(b) }

func (e *Engine) handle(op parse.Opcode, payload []byte) Action {
	if e.cfg.Handler == nil {
		return Echo
	}
	return e.cfg.Handler.Message(op, payload)
}

// fragment adds a frame to the message under assembly, and handles it once it
// is whole.
func (e *Engine) fragment(h parse.Header, payload []byte, out *Output) error {
	if !e.inside {
		e.inside, e.op, e.text = true, h.Opcode(), parse.UTF8{}
		e.msg = e.cfg.Pool.Get(headroom + len(payload))[:headroom]
	}
	e.msg = e.cfg.Pool.Grow(e.msg, len(payload))
	part := e.msg[len(e.msg) : len(e.msg)+len(payload)]
	e.msg = e.msg[:len(e.msg)+len(payload)]
	e.cfg.Kernel.Copy(part, payload, h.Key)
	if e.op == parse.Text && (!e.text.Write(part) || h.Fin() && !e.text.Complete()) {
		return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
	}
	if !h.Fin() {
		return nil
	}
	msg := e.msg
	e.inside, e.msg = false, nil
	if e.handle(e.op, msg[headroom:]) == Echo {
		n := len(msg) - headroom
		begin := headroom - parse.HeaderSize(n)
		parse.PutHeader(msg[begin:], parse.FIN|uint8(e.op), n)
		out.Hold(msg[begin:], msg)
	} else {
		e.cfg.Pool.Put(msg)
	}
	return nil
}
