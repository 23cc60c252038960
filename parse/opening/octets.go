package opening

import (
	"bytes"
	"encoding/binary"
)

// Classes of bytes, one bit each: what a byte may be part of.
const (
	tokenOctet = 1 << iota // a token (RFC 9110, section 5.6.2)
	textOctet              // a field value (RFC 9110, section 5.5)
	hostOctet              // a URI's host and port (RFC 3986, section 3.2)
)

var octets = func() (class [256]uint8) {
	for c := range class {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if letter || bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), byte(c)) >= 0 {
			class[c] |= tokenOctet
		}
		if letter || bytes.IndexByte([]byte("-._~!$&'()*+,;=:[]%"), byte(c)) >= 0 {
			class[c] |= hostOctet
		}
		if c >= ' ' && c != 0x7F || c == '\t' {
			class[c] |= textOctet
		}
	}
	return class
}()

// prefix returns how many bytes at the beginning of b are of this class.
func prefix(b []byte, class uint8) int {
	for i, c := range b {
		if octets[c]&class == 0 {
			return i
		}
	}
	return len(b)
}

// isToken reports whether b may be a header's name.
func isToken(b []byte) bool { return len(b) > 0 && prefix(b, tokenOctet) == len(b) }

// isText reports whether b has no control characters but tabs, so neither a CR
// or LF alone nor a NUL.
func isText(b []byte) bool {
	for len(b) >= 8 {
		if mayControl(binary.LittleEndian.Uint64(b)) && prefix(b[:8], textOctet) < 8 {
			return false
		}
		b = b[8:]
	}
	return prefix(b, textOctet) == len(b)
}

// mayControl reports whether one of the bytes of x is below 0x20, or 0x7F.
func mayControl(x uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	del := x ^ 0x7F*ones
	return ((x-0x20*ones)&^x|(del-ones)&^del)&tops != 0
}

// trim returns b without the spaces and tabs at its ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// cutItem takes the first element off a comma-separated list (RFC 9110,
// section 5.6.1). It may be empty.
func cutItem(list []byte) (item, rest []byte) {
	if i := bytes.IndexByte(list, ','); i >= 0 {
		return trim(list[:i]), list[i+1:]
	}
	return trim(list), nil
}

// hasToken reports whether the comma-separated list has token, which is in
// lower case, whatever its case there.
func hasToken(list []byte, token string) bool {
	for len(list) > 0 {
		var item []byte
		if item, list = cutItem(list); equalFold(item, token) {
			return true
		}
	}
	return false
}

// equalFold reports whether b is lower, with the ASCII letters of b taken in
// lower case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
