package parse

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
)

// MaxRequest is the longest opening handshake, in octets, that ParseUpgrade
// reads.
const MaxRequest = 8192

// KeyLength is the length of a Sec-WebSocket-Key: 16 octets in base64.
const KeyLength = 24

// acceptGUID is the fixed string of RFC 6455, section 1.3.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Upgrade is an opening handshake that a server may accept.
type Upgrade struct {
	Size   int    // length of the request, octets; what follows is frames
	Target []byte // the request target; aliases the input
	Key    [KeyLength]byte
}

// ParseUpgrade reads the opening handshake that b begins with (RFC 6455,
// section 4.2.1). Size is 0 where b ends within the request. A refusal is
// returned as soon as the whole head is there, or MaxRequest octets are
// without an end.
func ParseUpgrade(b []byte) (u Upgrade, refused *Refusal) {
	end := bytes.Index(b, headEnd)
	if end < 0 {
		if len(b) >= MaxRequest {
			return u, ErrLong
		}
		return u, nil
	}
	size := end + len(headEnd)
	if size > MaxRequest {
		return u, ErrLong
	}
	line, rest := cutLine(b[:size-2])
	if u.Target, refused = requestLine(line); refused != nil {
		return u, refused
	}
	var f fields
	for len(rest) > 0 {
		if line, rest = cutLine(rest); !f.line(line) {
			return u, ErrBadRequest
		}
	}
	if refused = f.verdict(); refused != nil {
		return u, refused
	}
	copy(u.Key[:], f.key)
	u.Size = size
	return u, nil
}

var headEnd = []byte("\r\n\r\n")

// cutLine takes the first line off b, which ends in CRLF.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.Index(b, headEnd[:2])
	return b[:i], b[i+2:]
}

func requestLine(line []byte) (target []byte, refused *Refusal) {
	method, rest, ok := bytes.Cut(line, space)
	target, version, ok2 := bytes.Cut(rest, space)
	switch {
	case !ok || !ok2 || len(method) == 0 || len(target) == 0 || !isVersion(version):
		return nil, ErrBadRequest
	case !isText(target) || bytes.IndexByte(target, '\t') >= 0:
		return nil, ErrBadRequest
	case string(version) != "HTTP/1.1":
		return nil, ErrHTTPVersion
	case string(method) != "GET":
		return nil, ErrMethod
	}
	return target, nil
}

// isVersion tells whether b is an HTTP version (RFC 9112, section 2.3).
func isVersion(b []byte) bool {
	return len(b) == 8 && bytes.HasPrefix(b, httpName) && isDigit(b[5]) && b[6] == '.' && isDigit(b[7])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

var (
	space    = []byte(" ")
	httpName = []byte("HTTP/")
)

// fields is what the header lines of a request said.
type fields struct {
	key                 []byte
	hosts, keys         int
	versions            int
	upgrade, connection bool
	version, body       bool
}

// line takes one header line; false where it is none.
func (f *fields) line(line []byte) bool {
	name, value, ok := bytes.Cut(line, colon)
	if !ok || !isToken(name) || !isText(value) {
		return false
	}
	value = bytes.Trim(value, " \t")
	switch {
	case equalFold(name, "host"):
		f.hosts++
	case equalFold(name, "upgrade"):
		f.upgrade = f.upgrade || hasToken(value, "websocket")
	case equalFold(name, "connection"):
		f.connection = f.connection || hasToken(value, "upgrade")
	case equalFold(name, "sec-websocket-version"):
		f.version = string(value) == "13"
		f.versions++
	case equalFold(name, "sec-websocket-key"):
		f.key = value
		f.keys++
	case equalFold(name, "content-length"):
		f.body = f.body || string(value) != "0"
	case equalFold(name, "transfer-encoding"):
		f.body = true
	}
	return true
}

var colon = []byte(":")

func (f *fields) verdict() *Refusal {
	switch {
	case f.hosts != 1:
		return ErrHost
	case !f.upgrade:
		return ErrUpgrade
	case !f.connection:
		return ErrConnection
	case f.versions != 1 || !f.version:
		return ErrVersion
	case f.keys != 1 || !validKey(f.key):
		return ErrKey
	case f.body:
		return ErrBody
	}
	return nil
}

// validKey tells whether key is 16 octets in base64.
func validKey(key []byte) bool {
	if len(key) != KeyLength {
		return false
	}
	var b [KeyLength]byte
	n, err := base64.StdEncoding.Decode(b[:], key)
	return err == nil && n == 16
}

// hasToken tells whether the comma-separated list has token, which is in
// lower case, whatever its case there.
func hasToken(list []byte, token string) bool {
	for len(list) > 0 {
		var item []byte
		item, list, _ = bytes.Cut(list, comma)
		if equalFold(bytes.Trim(item, " \t"), token) {
			return true
		}
	}
	return false
}

var comma = []byte(",")

// equalFold tells whether b is lower, ASCII letters of b taken in lower case.
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

// isToken tells whether b may be a header's name (RFC 9110, section 5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !isDigit(c) && bytes.IndexByte(tokenMarks, c) < 0 {
			return false
		}
	}
	return len(b) > 0
}

var tokenMarks = []byte("!#$%&'*+-.^_`|~")

// isText tells whether b has no control characters but tabs, so neither a CR
// or LF alone nor a NUL (RFC 9110, section 5.5).
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

// AppendAccept appends the answer 101 that accepts the handshake with key.
func AppendAccept(dst []byte, key [KeyLength]byte) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = appendAcceptKey(dst, key)
	return append(dst, "\r\n\r\n"...)
}

// appendAcceptKey appends the Sec-WebSocket-Accept of key (section 4.2.2).
func appendAcceptKey(dst []byte, key [KeyLength]byte) []byte {
	var in [KeyLength + len(acceptGUID)]byte
	copy(in[:], key[:])
	copy(in[KeyLength:], acceptGUID)
	sum := sha1.Sum(in[:])
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}
