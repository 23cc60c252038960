package conform

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// violation is what the peer sent against RFC 6455, and the close code it is
// answered with.
type violation struct {
	code int
	what string
}

func (v *violation) Error() string { return v.what }

func breach(format string, args ...any) error { return &violation{1002, fmt.Sprintf(format, args...)} }

var (
	errText   = &violation{1007, "a text message that is not UTF-8"}
	errReason = &violation{1007, "a close frame whose reason is not UTF-8"}
)

// arrival is a whole message or control frame.
type arrival struct {
	op      uint8 // of a message its first frame's
	payload []byte
}

// reader takes messages and control frames off a connection and refuses what
// breaks RFC 6455. It allocates no more than has arrived.
type reader struct {
	in     *bufio.Reader
	masked bool // the peer is a client
	left   int  // octets of messages that may still come

	msg    []byte
	op     uint8 // of the message under assembly
	inside bool  // one is
}

// header is a frame's header.
type header struct {
	first  uint8
	length uint64
	key    [4]byte
}

// next is what comes next. The error is io.EOF only behind a whole frame, and
// a violation where the peer's octets are at fault.
func (r *reader) next() (arrival, error) {
	for {
		h, err := r.header()
		if err != nil {
			return arrival{}, err
		}
		if h.first&0x08 != 0 {
			payload, err := r.payload(nil, h)
			return arrival{h.first & 0x0F, payload}, err
		}
		if err := r.fragment(h); err != nil {
			return arrival{}, err
		}
		if h.first&fin == 0 {
			continue
		}
		whole := arrival{r.op, r.msg}
		r.msg, r.inside = nil, false
		if whole.op == opText && !utf8.Valid(whole.payload) {
			return arrival{}, errText
		}
		return whole, nil
	}
}

func (r *reader) header() (h header, err error) {
	if h.first, err = r.in.ReadByte(); err != nil {
		return h, err
	}
	second, err := r.in.ReadByte()
	if err != nil {
		return h, cutOff(err)
	}
	if err := r.admit(h.first, second); err != nil {
		return h, err
	}
	if h.length, err = r.length(second & 0x7F); err != nil {
		return h, cutOff(err)
	}
	if h.first&0x08 == 0 && h.length > uint64(r.left) {
		return h, &violation{1009, fmt.Sprintf("%d octets of messages more than were due", h.length-uint64(r.left))}
	}
	if r.masked {
		_, err = io.ReadFull(r.in, h.key[:])
	}
	return h, cutOff(err)
}

// cutOff is the error of a read within a frame.
func cutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// admit refuses a frame by its first two octets.
func (r *reader) admit(first, second uint8) error {
	op := first & 0x0F
	switch masked := second&0x80 != 0; {
	case first&0x70 != 0:
		return breach("RSV bits set, %#02x", first)
	case op > opBinary && op < opClose || op > opPong:
		return breach("reserved opcode %d", op)
	case masked && !r.masked:
		return breach("a server's frame that is masked")
	case !masked && r.masked:
		return breach("a client's frame that is not masked")
	case op >= opClose && first&fin == 0:
		return breach("a fragmented control frame")
	case op >= opClose && second&0x7F > 125:
		return breach("a control frame of more than 125 octets")
	case op == opContinuation && !r.inside:
		return breach("a continuation frame of no message")
	case (op == opText || op == opBinary) && r.inside:
		return breach("a message within another")
	}
	return nil
}

// length reads what follows the 7-bit payload length.
func (r *reader) length(short uint8) (uint64, error) {
	var b [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(r.in, b[6:])
		n := binary.BigEndian.Uint64(b[:])
		if err == nil && n < 126 {
			err = breach("payload length %d in 16 bits", n)
		}
		return n, err
	case 127:
		_, err := io.ReadFull(r.in, b[:])
		n := binary.BigEndian.Uint64(b[:])
		if err == nil && (n < 1<<16 || n>>63 != 0) {
			err = breach("payload length %#x in 64 bits", n)
		}
		return n, err
	}
	return uint64(short), nil
}

// fragment adds a frame's payload to the message under assembly.
func (r *reader) fragment(h header) (err error) {
	if !r.inside {
		r.inside, r.op = true, h.first&0x0F
	}
	r.left -= int(h.length)
	r.msg, err = r.payload(r.msg, h)
	return err
}

// payload appends h's payload to b, unmasked.
func (r *reader) payload(b []byte, h header) ([]byte, error) {
	const step = 64 << 10
	for left := int(h.length); left > 0; {
		n := min(left, step)
		at := len(b)
		b = append(b, make([]byte, n)...)
		if _, err := io.ReadFull(r.in, b[at:]); err != nil {
			return b, cutOff(err)
		}
		left -= n
	}
	if r.masked {
		begin := len(b) - int(h.length)
		xor(b[begin:], h.key, 0)
	}
	return b, nil
}

// xor masks b, whose first octet is number at of its payload (section 5.3).
func xor(b []byte, key [4]byte, at int) {
	for i := range b {
		b[i] ^= key[(at+i)&3]
	}
}

// discard reads to the end of the connection: how many octets still came.
func (r *reader) discard() (n int64, err error) {
	n, err = io.Copy(io.Discard, r.in)
	if err == nil {
		err = io.EOF
	}
	return n, err
}

// closeCode reads a close frame's payload; 0 is no code.
func parseClose(payload []byte) (code int, err error) {
	if len(payload) == 0 {
		return 0, nil
	}
	if len(payload) == 1 {
		return 0, breach("a close frame of one octet")
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

// asViolation is err where it is one.
func asViolation(err error) (v *violation, ok bool) {
	ok = errors.As(err, &v)
	return v, ok
}
