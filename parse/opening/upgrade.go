package opening

import (
	"crypto/sha1"
	"encoding/base64"
)

// Key is the value of Sec-WebSocket-Key: 16 bytes in base64.
type Key [keyLength]byte

const keyLength = 24

// acceptGUID is the fixed string of RFC 6455, section 1.3.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Upgrade is an opening handshake that a server may accept.
type Upgrade struct {
	Size   int    // length of the request, bytes; what follows is frames
	Target []byte // the request target; aliases the input
	Key    Key
}

// ParseUpgrade reads the opening handshake that b begins with (RFC 6455,
// section 4.2.1), of MaxRequest bytes at most. Size is 0 where b ends within
// the request. It is ParseRequest and Upgrade for servers that speak WebSocket
// only.
func ParseUpgrade(b []byte) (u Upgrade, refused *Refusal) {
	r, refused := ParseRequest(b, 0, MaxRequest)
	if r.Size == 0 || refused != nil {
		return u, refused
	}
	if u.Key, refused = r.Upgrade(); refused != nil {
		return u, refused
	}
	u.Size, u.Target = r.Size, r.Target
	return u, nil
}

// WantsUpgrade reports whether the request asks for WebSocket, rightly or not.
func (r *Request) WantsUpgrade() bool { return r.upgrade }

// Upgrade checks the request as an opening handshake (RFC 6455, section 4.2.1)
// and returns its key. The caller judges Origin and Protocols.
func (r *Request) Upgrade() (key Key, refused *Refusal) {
	switch {
	case string(r.Method) != "GET":
		return key, ErrMethod
	case r.Minor == 0:
		return key, ErrHTTPVersion
	case !r.upgrade:
		return key, ErrUpgrade
	case !r.connection:
		return key, ErrConnection
	case r.twice&versionField != 0:
		return key, ErrTwice
	case string(r.version) != "13":
		return key, ErrVersion
	case r.twice&keyField != 0 || !validKey(r.key):
		return key, ErrKey
	case r.Body > 0 || r.Chunked:
		return key, ErrBody
	case !r.Protocols.valid():
		return key, ErrProtocol
	}
	return Key(r.key), nil
}

// validKey reports whether key is 16 bytes in base64.
func validKey(key []byte) bool {
	if len(key) != keyLength {
		return false
	}
	var b Key
	n, err := base64.StdEncoding.Decode(b[:], key)
	return err == nil && n == 16
}

// AppendAccept appends the answer 101 that accepts the handshake with key.
func AppendAccept(dst []byte, key Key) []byte {
	return AppendAcceptProtocol(dst, key, "")
}

// AppendAcceptProtocol appends what AppendAccept does, with the subprotocol
// that the server chose of those offered; "" is none.
func AppendAcceptProtocol(dst []byte, key Key, protocol string) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = appendAcceptKey(dst, key)
	if protocol != "" {
		dst = append(dst, "\r\nSec-WebSocket-Protocol: "...)
		dst = append(dst, protocol...)
	}
	return append(dst, "\r\n\r\n"...)
}

// appendAcceptKey appends the Sec-WebSocket-Accept of key (section 4.2.2).
func appendAcceptKey(dst []byte, key Key) []byte {
	var in [keyLength + len(acceptGUID)]byte
	copy(in[:], key[:])
	copy(in[len(key):], acceptGUID)
	sum := sha1.Sum(in[:])
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}
