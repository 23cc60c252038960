package parse

import "unicode/utf8"

// ValidUTF8 reports whether b is UTF-8 (RFC 3629) from beginning to end, as
// [utf8.Valid] does. It uses a vector kernel where this CPU has one and b is
// long enough for it.
func ValidUTF8(b []byte) bool { return resolvedValidators[ValidAuto].valid(b) }

// minVector is the length in bytes from which a kernel does the work. They
// need 16 at most and are faster from 4 on where the text has come to rest,
// but only from 20 on where it was stored a moment ago by narrower words, as by
// the unmasking of short frames: a wide load has to wait for such stores.
const minVector = 20

// perCall is the most bytes that one call of an assembly kernel gets, since
// assembly cannot be preempted.
const perCall = 64 << 10

// valid does what ValidUTF8 does, by v, which this CPU and build have.
func (v Validator) valid(b []byte) bool {
	switch {
	case v < ValidStdlib:
		return v == ValidOff || validBytes(b)
	case len(b) < minVector:
		return utf8.Valid(b)
	}
	for len(b) > perCall {
		n := perCall - 64 // leaves minVector at least
		n -= tail(b[:n])
		if !v.part(b[:n]) {
			return false
		}
		b = b[n:]
	}
	return v.part(b)
}

// validBytes does what ValidUTF8 does, byte by byte.
func validBytes(b []byte) bool {
	var u UTF8
	for _, c := range b {
		if !u.step(c) {
			return false
		}
	}
	return u.Complete()
}
