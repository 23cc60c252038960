package parse

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// Close codes (RFC 6455, section 7.4.1, and the IANA registry for 1012 to
// 1014).
const (
	CloseNormal        = 1000
	CloseGoingAway     = 1001
	CloseProtocolError = 1002
	CloseUnsupported   = 1003
	CloseInvalidData   = 1007
	ClosePolicy        = 1008
	CloseTooBig        = 1009
	CloseInternalError = 1011
)

// What a close frame may be refused for.
var (
	ErrCloseShort  = errors.New("parse: close frame payload of one byte")
	ErrCloseCode   = errors.New("parse: close code that may not be sent")
	ErrCloseReason = errors.New("parse: close reason is not UTF-8")
)

// ParseClose reads a close frame's payload, unmasked: its code, 0 where the
// payload is empty, and its reason, which aliases payload.
func ParseClose(payload []byte) (code int, reason []byte, err error) {
	switch len(payload) {
	case 0:
		return 0, nil, nil
	case 1:
		return 0, nil, ErrCloseShort
	}
	code = int(binary.BigEndian.Uint16(payload))
	reason = payload[2:]
	if !ValidCloseCode(code) {
		return code, reason, ErrCloseCode
	}
	if !utf8.Valid(reason) {
		return code, reason, ErrCloseReason
	}
	return code, reason, nil
}

// ValidCloseCode reports whether an endpoint may send code (section 7.4).
func ValidCloseCode(code int) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code < 1000 || code > 1014:
		return false
	}
	return code != 1004 && code != 1005 && code != 1006
}

// AppendClose appends the payload of a close frame to dst. The reason is cut
// to what a control frame holds, at a code point's boundary.
func AppendClose(dst []byte, code int, reason string) []byte {
	if limit := MaxControl - 2; len(reason) > limit {
		for limit > 0 && !utf8.RuneStart(reason[limit]) {
			limit--
		}
		reason = reason[:limit]
	}
	return append(binary.BigEndian.AppendUint16(dst, uint16(code)), reason...)
}
