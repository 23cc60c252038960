package engine

import (
	"unsafe"

	"wsbench/parse"
)

// frame handles one whole frame, whose payload is in[at:].
func (e *Engine) frame(h parse.Header, in []byte, at int, out *Output) error {
	op := h.Opcode()
	switch {
	case op.Control():
		return e.control(h, in, at, out)
	case e.closing:
		return nil // it crosses our close frame (section 5.5.1)
	case op == parse.Continuation || !h.Fin() || e.cfg.Parts != nil:
		return e.begin(h, in[:at+int(h.Length)], at, out)
	}
	return e.message(h, in, at, out)
}

// message handles an unfragmented data frame.
func (e *Engine) message(h parse.Header, in []byte, at int, out *Output) error {
	place := e.reserve(in, at, int(h.Length), out)
	if e.checks(h.Opcode()) {
		payload := in[at : at+int(h.Length)]
		_, ascii := e.cfg.Kernel.UnmaskASCII(payload, h.Key)
		if !e.validText(payload, ascii) {
			return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
		}
		if !same(place, payload) {
			copy(place, payload)
		}
	} else {
		e.unmask(place, in[at:], h)
	}
	if e.handle(out, h.Opcode(), place) == Echo {
		e.commit(h.First, place, out)
	}
	return nil
}

// checks reports whether messages of an opcode are checked to be UTF-8.
func (e *Engine) checks(op parse.Opcode) bool {
	return op == parse.Text && e.cfg.UTF8 != parse.ValidOff
}

// validText checks the text of an unfragmented frame, of which peek may have
// seen the beginning.
func (e *Engine) validText(text []byte, ascii bool) bool {
	if e.msg == nil || e.msg.peeked == 0 {
		return ascii || e.cfg.UTF8.Valid(text)
	}
	rest := text[e.msg.peeked:]
	e.msg.peeked = 0
	return ascii || e.msg.text.Write(rest) && e.msg.text.Complete()
}

// unmask puts the payload that src begins with into place.
func (e *Engine) unmask(place, src []byte, h parse.Header) {
	if same(place, src) {
		e.cfg.Kernel.Unmask(place, h.Key)
		return
	}
	e.cfg.Kernel.Copy(place, src[:len(place)], h.Key)
}

// same reports whether a and b begin at the same byte.
func same(a, b []byte) bool { return unsafe.SliceData(a) == unsafe.SliceData(b) }
