package engine

import (
	"unsafe"

	"wsbench/parse"
)

// Tally is a Handler that is told no more than how many messages came.
type Tally interface {
	Handler
	// Tally is called once in place of several calls of Message. The messages
	// are discarded.
	Tally(out *Output, n int)
}

// tally counts the frames that run would answer.
func (e *Engine) tally(t Tally, in []byte, p *Progress, out *Output) (err error) {
	at, n := p.Consumed, 0
	base := unsafe.Pointer(unsafe.SliceData(in))
	limit := int(min(e.cfg.MaxMessage, parse.MaxControl))
	for at+word <= len(in) {
		w := load(base, at)
		first, length := uint8(w), int(uint8(w>>8)^uint8(parse.FromClient))
		next := at + runHeader + length
		if first-(parse.FIN|uint8(parse.Text)) > 1 || length > limit || next+word > len(in) {
			break
		}
		if first == parse.FIN|uint8(parse.Text) && !e.isText(base, at+runHeader, length, uint32(w>>16)) {
			err = ErrNotUTF8
			break
		}
		at = next
		n++
	}
	p.Consumed, p.Frames = at, p.Frames+n
	if n > 0 {
		t.Tally(out, n)
	}
	if err != nil {
		return e.fail(out, parse.CloseInvalidData, err)
	}
	return nil
}

// isText reports whether length bytes from src on, counted from base and masked
// with the key, are a text, as far as texts are checked. A word behind
// them can be read.
func (e *Engine) isText(base unsafe.Pointer, src, length int, key uint32) bool {
	k := uint64(key)<<32 | uint64(key)
	or := uint64(0)
	left := length
	for at := src; ; at += word {
		w := load(base, at) ^ k
		if left <= word {
			or |= w << (8 * uint(word-left))
			break
		}
		or |= w
		left -= word
	}
	if or&notASCII == 0 {
		return true
	}
	var plain [parse.MaxControl]byte
	for i := range length {
		plain[i] = *(*byte)(unsafe.Add(base, src+i)) ^ byte(key>>(8*uint(i&3)))
	}
	return e.cfg.UTF8.Valid(plain[:length])
}
