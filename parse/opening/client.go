package opening

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrResponse is wrapped by every error of ParseResponse: a client must not take
// the server's answer to its opening handshake (RFC 6455, section 4.1).
var ErrResponse = errors.New("opening handshake refused")

// NewKey returns the key for 16 bytes, which should be random.
func NewKey(nonce [16]byte) (key Key) {
	base64.StdEncoding.Encode(key[:], nonce[:])
	return key
}

// Handshake is a client's opening handshake. Its strings are sent as they are;
// the caller makes sure that they hold neither spaces nor control characters.
type Handshake struct {
	Host      string // the server, host[:port]
	Target    string // path and query
	Key       Key
	Origin    string   // of the page that the client shows; "" sends none
	Protocols []string // subprotocols to offer, tokens, the preferred one first
	Header    []string // more header lines, Name: value
}

// Append appends the request.
func (h *Handshake) Append(dst []byte) []byte {
	dst = append(dst, "GET "...)
	dst = append(dst, h.Target...)
	dst = append(dst, " HTTP/1.1\r\nHost: "...)
	dst = append(dst, h.Host...)
	dst = append(dst, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "...)
	dst = append(dst, h.Key[:]...)
	if h.Origin != "" {
		dst = append(dst, "\r\nOrigin: "...)
		dst = append(dst, h.Origin...)
	}
	before := "\r\nSec-WebSocket-Protocol: "
	for _, p := range h.Protocols {
		dst = append(dst, before...)
		dst = append(dst, p...)
		before = ", "
	}
	for _, line := range h.Header {
		dst = append(dst, "\r\n"...)
		dst = append(dst, line...)
	}
	return append(dst, "\r\n\r\n"...)
}

// AppendRequest appends the opening handshake of a client that offers no
// subprotocol.
func AppendRequest(dst []byte, host, target string, key Key) []byte {
	h := Handshake{Host: host, Target: target, Key: key}
	return h.Append(dst)
}

// ParseResponse reads a server's answer to h. size is the answer's length in
// bytes, 0 where b ends within it; frames follow it. protocol is the subprotocol
// that the server chose of those offered, "" if none. An answer that opens no
// WebSocket, or one with an extension, is an error that quotes it.
func (h *Handshake) ParseResponse(b []byte) (size int, protocol string, err error) {
	size, refused := headSize(b, 0, MaxRequest)
	switch {
	case refused == ErrLong:
		return 0, "", fmt.Errorf("%w: no end of the answer's head within %d bytes", ErrResponse, MaxRequest)
	case refused != nil:
		return 0, "", fmt.Errorf("%w: the server answered %.40q, which is not HTTP", ErrResponse, b)
	case size == 0:
		return 0, "", nil
	}
	status, rest := cutLine(b[:size-2])
	if !switches(status) {
		return 0, "", fmt.Errorf("%w: the server answered %.200q", ErrResponse, status)
	}
	if protocol, err = h.check(rest); err != nil {
		return 0, "", err
	}
	return size, protocol, nil
}

// switches reports whether a status line says 101 (RFC 9112, section 4).
func switches(line []byte) bool {
	version, rest, _ := bytes.Cut(line, space)
	status, _, _ := bytes.Cut(rest, space)
	return isVersion(version) && string(status) == "101"
}

// accepting is what the header lines of an answer say.
type accepting struct {
	upgrade, connection, accept bool
	accepts, chosen             int
	protocol                    string
}

// check judges the header lines of an answer.
func (h *Handshake) check(head []byte) (protocol string, err error) {
	var a accepting
	var room [28]byte // a SHA-1 in base64
	want := appendAcceptKey(room[:0], h.Key)
	for len(head) > 0 {
		var line []byte
		line, head = cutLine(head)
		if err := h.header(&a, line, want); err != nil {
			return "", err
		}
	}
	switch {
	case !a.upgrade:
		return "", fmt.Errorf("%w: no header Upgrade: websocket", ErrResponse)
	case !a.connection:
		return "", fmt.Errorf("%w: no header Connection: Upgrade", ErrResponse)
	case a.accepts != 1 || !a.accept:
		return "", fmt.Errorf("%w: Sec-WebSocket-Accept is not the one for this key", ErrResponse)
	case a.chosen > 1:
		return "", fmt.Errorf("%w: Sec-WebSocket-Protocol came %d times", ErrResponse, a.chosen)
	}
	return a.protocol, nil
}

// header reads one header line; want is the right Sec-WebSocket-Accept.
func (h *Handshake) header(a *accepting, line, want []byte) error {
	n := prefix(line, tokenOctet)
	if n == 0 || n == len(line) || line[n] != ':' || !isText(line[n+1:]) {
		return fmt.Errorf("%w: %.200q is not a header line", ErrResponse, line)
	}
	name, value := line[:n], trim(line[n+1:])
	switch {
	case equalFold(name, "upgrade"):
		a.upgrade = a.upgrade || hasToken(value, "websocket")
	case equalFold(name, "connection"):
		a.connection = a.connection || hasToken(value, "upgrade")
	case equalFold(name, "sec-websocket-accept"):
		a.accept = bytes.Equal(value, want)
		a.accepts++
	case equalFold(name, protocolName):
		a.chosen++
		a.protocol = h.offered(value)
		if a.protocol == "" {
			return fmt.Errorf("%w: subprotocol %.200q was not offered", ErrResponse, value)
		}
	case equalFold(name, "sec-websocket-extensions") && len(value) > 0:
		return fmt.Errorf("%w: extension %.200q was not offered", ErrResponse, value)
	}
	return nil
}

// offered returns protocol if it was offered, else "".
func (h *Handshake) offered(protocol []byte) string {
	for _, p := range h.Protocols {
		if string(protocol) == p {
			return p
		}
	}
	return ""
}
