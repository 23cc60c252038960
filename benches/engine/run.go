package engine

import (
	"unsafe"

	"wsbench/mask"
	"wsbench/parse"
)

const (
	// runHeader is the length of the headers that run takes, and runAnswer of
	// those it writes, bytes.
	runHeader = runAnswer + parse.KeySize
	runAnswer = 2
	// maxInline is the longest payload that run unmasks word by word; from
	// there on the kernel is worth its call.
	maxInline = 32
	// word is how many bytes run reads and writes at a time: up to word-1 of
	// them lie beyond a payload's end, all where it is empty.
	word = 8
)

// run answers the unfragmented data frames of at most 125 bytes that
// in[p.Consumed:] begins with, as message would, and stops before the first
// frame that is anything else or too near to the end for whole words. Under
// pipelining most frames are such: nothing is called for them, and their
// headers and payloads are read and written as words. in is indexed through
// pointers, since bounds checks cost half of the time; the loop's condition
// and the one on length are those checks.
func (e *Engine) run(in []byte, p *Progress, out *Output) error {
	at := p.Consumed
	end, ok := out.Run(at)
	if !ok {
		return nil
	}
	base := unsafe.Pointer(unsafe.SliceData(in))
	inline := e.cfg.Kernel != mask.Octet
	limit := int(min(e.cfg.MaxMessage, parse.MaxControl))
	for at+word <= len(in) {
		w := load(base, at)
		first, length := uint8(w), int(uint8(w>>8)^uint8(parse.FromClient))
		next := at + runHeader + length
		if first-(parse.FIN|uint8(parse.Text)) > 1 || length > limit || next+word > len(in) {
			break
		}
		key := uint32(w >> 16)
		place := in[end+runAnswer:][:length]
		or := uint64(notASCII)
		if inline && length <= maxInline {
			or = words(base, end+runAnswer, at+runHeader, length, key)
		} else {
			e.cfg.Kernel.Copy(place, in[at+runHeader:next], key)
		}
		at = next
		p.Frames++
		if first == parse.FIN|uint8(parse.Text) && or&notASCII != 0 && !e.cfg.UTF8.Valid(place) {
			p.Consumed, out.inEnd = at, end
			return e.fail(out, parse.CloseInvalidData, ErrNotUTF8)
		}
		if e.cfg.Handler != nil {
			p.Consumed, out.inEnd = at, end
			if !e.show(first, place, out) {
				return nil
			}
			end = out.inEnd
			continue
		}
		store16(base, end, uint16(first)|uint16(length)<<8)
		end += runAnswer + length
	}
	p.Consumed, out.inEnd = at, end
	return nil
}

// show gives a message of run to the handler, and commits its echo; false
// where the answer is no longer laid out in one piece.
func (e *Engine) show(first uint8, place []byte, out *Output) bool {
	end := out.inEnd
	out.at, out.length, out.apart = end+runAnswer, len(place), false
	action := e.handle(out, parse.Opcode(first&0x0F), place)
	if action == Echo {
		whole := out.inEnd == end
		out.Commit(first)
		return whole
	}
	return out.inEnd == end && !e.closing
}

// words sets length bytes from dst on to those from src on, XORed with the
// key, both counted from base, a word at a time. What it returns holds one of
// notASCII if and only if one of them is no ASCII.
func words(base unsafe.Pointer, dst, src, length int, key uint32) (or uint64) {
	k := uint64(key)<<32 | uint64(key)
	for ; length > word; length -= word {
		w := load(base, src) ^ k
		store(base, dst, w)
		or |= w
		dst, src = dst+word, src+word
	}
	w := load(base, src) ^ k
	store(base, dst, w)
	return or | w<<(8*uint(word-length))
}

const notASCII = 0x8080_8080_8080_8080

func load(base unsafe.Pointer, at int) uint64 { return le.Uint64((*[8]byte)(unsafe.Add(base, at))[:]) }

func store(base unsafe.Pointer, at int, w uint64) {
	le.PutUint64((*[8]byte)(unsafe.Add(base, at))[:], w)
}

func store16(base unsafe.Pointer, at int, w uint16) {
	le.PutUint16((*[2]byte)(unsafe.Add(base, at))[:], w)
}
