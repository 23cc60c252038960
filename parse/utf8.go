package parse

import "unicode/utf8"

// UTF8 checks UTF-8 that arrives in parts (RFC 6455, section 8.1; the ranges
// are those of RFC 3629, section 4). The zero value is the beginning of a
// text.
type UTF8 struct {
	By     Validator // checks whole sequences; ValidOff: nothing is checked
	need   uint8     // continuation bytes still due
	lo, hi uint8     // range of the next one
}

// Write checks the next bytes. It is false from the first byte that no
// valid text can have there.
func (u *UTF8) Write(b []byte) bool {
	if u.By == ValidOff {
		return true
	}
	for u.need > 0 && len(b) > 0 {
		if !u.continuation(b[0]) {
			return false
		}
		b = b[1:]
	}
	whole := len(b) - tail(b)
	if !u.By.Valid(b[:whole]) {
		return false
	}
	for _, c := range b[whole:] {
		if !u.step(c) {
			return false
		}
	}
	return true
}

// step checks the next byte.
func (u *UTF8) step(c uint8) bool {
	return u.need > 0 && u.continuation(c) || u.need == 0 && u.lead(c)
}

// Complete reports whether the text may end here.
func (u *UTF8) Complete() bool { return u.need == 0 }

// tail returns how many bytes at the end of b begin a sequence that is longer
// than what is left of b.
func tail(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		c := b[len(b)-n]
		if c < 0x80 {
			return 0
		}
		if utf8.RuneStart(c) {
			if utf8.FullRune(b[len(b)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

func (u *UTF8) continuation(c uint8) bool {
	if c < u.lo || c > u.hi {
		return false
	}
	u.need--
	u.lo, u.hi = 0x80, 0xBF
	return true
}

func (u *UTF8) lead(c uint8) bool {
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case c < 0x80:
	case c < 0xC2:
		return false
	case c < 0xE0:
		u.need = 1
	case c < 0xF0:
		u.need = 2
		if c == 0xE0 {
			u.lo = 0xA0
		} else if c == 0xED {
			u.hi = 0x9F
		}
	case c < 0xF5:
		u.need = 3
		if c == 0xF0 {
			u.lo = 0x90
		} else if c == 0xF4 {
			u.hi = 0x8F
		}
	default:
		return false
	}
	return true
}
