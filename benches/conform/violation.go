package conform

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// violation is what the peer sent against RFC 6455, and the close code it is
// answered with.
type violation struct {
	code int
	what string
}

func (v *violation) Error() string { return v.what }

func breach(format string, args ...any) *violation {
	return &violation{1002, fmt.Sprintf(format, args...)}
}

var (
	errText   = &violation{1007, "a text message that is not UTF-8"}
	errReason = &violation{1007, "a close frame whose reason is not UTF-8"}
)

// parseClose reads a close frame's payload; 0 is no code.
func parseClose(payload []byte) (code int, err error) {
	if len(payload) == 0 {
		return 0, nil
	}
	if len(payload) == 1 {
		return 0, breach("a close frame of one byte")
	}
	code = int(binary.BigEndian.Uint16(payload))
	switch {
	case code < 1000 || code > 1014 && code < 3000 || code > 4999 || code >= 1004 && code <= 1006:
		return code, breach("a close frame with code %d", code)
	case !utf8.Valid(payload[2:]):
		return code, errReason
	}
	return code, nil
}

// asViolation returns err where it is one.
func asViolation(err error) (v *violation, ok bool) {
	ok = errors.As(err, &v)
	return v, ok
}
