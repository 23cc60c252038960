package parse

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
)

// ErrResponse is wrapped by every reason why a client must not take a server's
// answer to its opening handshake (RFC 6455, section 4.1).
var ErrResponse = errors.New("parse: opening handshake refused")

// NewKey is the Sec-WebSocket-Key for 16 octets, which should be random.
func NewKey(nonce [16]byte) (key [KeyLength]byte) {
	base64.StdEncoding.Encode(key[:], nonce[:])
	return key
}

// AppendRequest appends a client's opening handshake.
func AppendRequest(dst []byte, host, target string, key [KeyLength]byte) []byte {
	dst = append(dst, "GET "...)
	dst = append(dst, target...)
	dst = append(dst, " HTTP/1.1\r\nHost: "...)
	dst = append(dst, host...)
	dst = append(dst, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "...)
	dst = append(dst, key[:]...)
	return append(dst, "\r\n\r\n"...)
}

// ParseResponse reads a server's answer to the opening handshake with key.
// size is the answer's length in octets, 0 where b ends within it; what
// follows it is frames. An answer that does not open a WebSocket without
// extension and subprotocol is an error that quotes it.
func ParseResponse(b []byte, key [KeyLength]byte) (size int, err error) {
	end := bytes.Index(b[:min(len(b), MaxRequest)], headEnd)
	if end < 0 {
		if len(b) >= MaxRequest {
			return 0, fmt.Errorf("%w: no end of the answer's head within %d octets", ErrResponse, MaxRequest)
		}
		return 0, nil
	}
	size = end + len(headEnd)
	status, rest := cutLine(b[:size-2])
	if code, ok := statusCode(status); !ok || code != 101 {
		return 0, fmt.Errorf("%w: the server answered %q", ErrResponse, status)
	}
	if err := checkAnswer(rest, key); err != nil {
		return 0, err
	}
	return size, nil
}

func statusCode(line []byte) (int, bool) {
	version, rest, ok := bytes.Cut(line, space)
	number, _, _ := bytes.Cut(rest, space)
	if !ok || !isVersion(version) || len(number) != 3 {
		return 0, false
	}
	code, err := strconv.ParseUint(string(number), 10, 16)
	return int(code), err == nil
}

func checkAnswer(head []byte, key [KeyLength]byte) error {
	var upgrade, connection, accept bool
	accepts := 0
	want := appendAcceptKey(nil, key)
	for len(head) > 0 {
		var line []byte
		line, head = cutLine(head)
		name, value, _ := bytes.Cut(line, colon)
		value = bytes.Trim(value, " \t")
		switch {
		case equalFold(name, "upgrade"):
			upgrade = upgrade || hasToken(value, "websocket")
		case equalFold(name, "connection"):
			connection = connection || hasToken(value, "upgrade")
		case equalFold(name, "sec-websocket-accept"):
			accept = bytes.Equal(value, want)
			accepts++
		case equalFold(name, "sec-websocket-protocol"):
			return fmt.Errorf("%w: subprotocol %q was not offered", ErrResponse, value)
		case equalFold(name, "sec-websocket-extensions") && len(value) > 0:
			return fmt.Errorf("%w: extension %q was not offered", ErrResponse, value)
		}
	}
	switch {
	case !upgrade:
		return fmt.Errorf("%w: no header Upgrade: websocket", ErrResponse)
	case !connection:
		return fmt.Errorf("%w: no header Connection: Upgrade", ErrResponse)
	case accepts != 1 || !accept:
		return fmt.Errorf("%w: Sec-WebSocket-Accept is not the one for this key", ErrResponse)
	}
	return nil
}
