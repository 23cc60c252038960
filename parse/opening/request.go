package opening

import "bytes"

// MaxRequest is the longest request head, in bytes, that a server takes
// unless told otherwise.
const MaxRequest = 8192

// Request is the head of an HTTP/1 request (RFC 9112). Its slices alias the
// input.
type Request struct {
	Size      int   // length of the head, bytes; what follows is the body
	Body      int64 // length of the body, bytes
	Chunked   bool  // the body is in chunks instead
	KeepAlive bool  // the connection may go on after the answer
	Continue  bool  // the client awaits an answer before it sends the body (RFC 9110, section 10.1.1)
	Minor     uint8 // the version is HTTP/1.Minor: 0 or 1
	Method    []byte
	Target    []byte // as sent
	Path      []byte // of Target, without the query; nil in a form that is not for GET
	Query     []byte // of Target, behind the first question mark
	Host      []byte // whom the request is for, host[:port]; nil: HTTP/1.0 need not say
	Origin    []byte // the web page's origin (RFC 6454, section 7); nil: none was sent
	Protocols Offer  // the subprotocols offered

	seen, twice         field // headers that come at most once
	key, version        []byte
	length, encoding    []byte
	expect              []byte
	upgrade, connection bool // names websocket; names upgrade
}

// field is a set of headers.
type field uint8

const (
	hostField field = 1 << iota
	originField
	keyField
	versionField
	lengthField
	encodingField
	expectField
)

// ParseRequest reads the request head that b begins with. Size is 0 where b
// ends within it. It refuses a request as soon as that is certain, whatever
// follows.
//
// A head has at most limit bytes. An earlier call has found that the first seen
// bytes of b hold no end of the head; ParseRequest does not search them again, so
// that a head in many parts costs no more to scan than in one.
func ParseRequest(b []byte, seen, limit int) (r Request, refused *Refusal) {
	size, refused := headSize(b, seen, limit)
	if size == 0 || refused != nil {
		return Request{}, refused
	}
	if refused = r.head(b[:size-2]); refused != nil {
		return Request{}, refused
	}
	r.Size = size
	return r, nil
}

// headSize returns the length of the head that b begins with, to the end of the
// first empty line; 0 where b ends within it. Lines end in CRLF. RFC 9112, section
// 2.2, allows to take LF alone, which has let requests be smuggled.
func headSize(b []byte, seen, limit int) (int, *Refusal) {
	b = b[:min(len(b), limit)]
	if len(b) > 0 && octets[b[0]]&tokenOctet == 0 {
		return 0, ErrBadRequest // TLS, or another protocol: no need to await its end
	}
	for at := min(seen, len(b)); ; at++ {
		i := bytes.IndexByte(b[at:], '\n')
		switch {
		case i < 0 && len(b) >= limit:
			return 0, ErrLong
		case i < 0:
			return 0, nil
		}
		at += i
		if b[at-1] != '\r' { // not at 0, which is a token's byte
			return 0, ErrBadRequest
		}
		if at >= 2 && b[at-2] == '\n' {
			return at + 1, nil
		}
	}
}

// cutLine takes the first line off b, which ends in CRLF.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	return b[:i-1], b[i+1:]
}

// head reads a head without its empty line.
func (r *Request) head(b []byte) *Refusal {
	line, rest := cutLine(b)
	if refused := r.line(line); refused != nil {
		return refused
	}
	for len(rest) > 0 {
		from := rest
		line, rest = cutLine(rest)
		if !r.header(line, from) {
			return ErrBadRequest
		}
	}
	return r.check()
}

// line reads the request line.
func (r *Request) line(line []byte) *Refusal {
	method, rest, ok := bytes.Cut(line, space)
	target, version, ok2 := bytes.Cut(rest, space)
	switch {
	case !ok || !ok2 || len(target) == 0 || !isToken(method) || !isVersion(version):
		return ErrBadRequest
	case !isText(target) || bytes.IndexByte(target, '\t') >= 0:
		return ErrBadRequest
	case version[5] != '1' || version[7] > '1':
		return ErrHTTPVersion
	}
	r.Method, r.Target, r.Minor = method, target, version[7]-'0'
	r.KeepAlive = r.Minor > 0
	return nil
}

// isVersion reports whether b is an HTTP version (RFC 9112, section 2.3).
func isVersion(b []byte) bool {
	return len(b) == 8 && string(b[:5]) == "HTTP/" && isDigit(b[5]) && b[6] == '.' && isDigit(b[7])
}

var space = []byte(" ")

// header reads one header line, with which from begins, and reports whether it is
// one. A line that continues the one before it (RFC 9112, section 5.2) is not.
func (r *Request) header(line, from []byte) bool {
	n := prefix(line, tokenOctet)
	if n == 0 || n == len(line) || line[n] != ':' || !isText(line[n+1:]) {
		return false
	}
	name, value := line[:n], trim(line[n+1:])
	switch n {
	case 4:
		if equalFold(name, "host") {
			r.once(hostField, &r.Host, value)
		}
	case 6:
		if equalFold(name, "origin") {
			r.once(originField, &r.Origin, value)
		} else if equalFold(name, "expect") {
			r.once(expectField, &r.expect, value)
		}
	case 7:
		if equalFold(name, "upgrade") {
			r.upgrade = r.upgrade || hasToken(value, "websocket")
		}
	case 10:
		if equalFold(name, "connection") {
			r.connection = r.connection || hasToken(value, "upgrade")
			r.KeepAlive = r.KeepAlive && !hasToken(value, "close")
		}
	case 14:
		if equalFold(name, "content-length") {
			r.once(lengthField, &r.length, value)
		}
	case 17:
		if equalFold(name, "sec-websocket-key") {
			r.once(keyField, &r.key, value)
		} else if equalFold(name, "transfer-encoding") {
			r.once(encodingField, &r.encoding, value)
		}
	case 21:
		if equalFold(name, "sec-websocket-version") {
			r.once(versionField, &r.version, value)
		}
	case len(protocolName):
		if r.Protocols.lines == nil && equalFold(name, protocolName) {
			r.Protocols.lines = from
		}
	}
	return true
}

// once keeps the value of a header that comes at most once.
func (r *Request) once(f field, to *[]byte, value []byte) {
	r.twice |= r.seen & f
	r.seen |= f
	*to = value
}
