package conform

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"
)

// arrival is a whole message or control frame.
type arrival struct {
	op      uint8 // of a message its first frame's
	payload []byte
}

// reader takes messages and control frames off a connection and tells what
// breaks RFC 6455. It allocates no more than has arrived.
type reader struct {
	in     *bufio.Reader
	masked bool // the peer is a client
	left   int  // bytes that may still come, of messages and long control frames

	// tell gets the violations, behind which reading goes on as Autobahn's does,
	// until tell returns an error, which ends reading.
	tell func(*violation) error

	msg    []byte
	op     uint8 // of the message under assembly
	inside bool  // one is
	good   int   // bytes of msg, if it is text, that are whole code points
}

// header is a frame's header.
type header struct {
	first  uint8
	masked bool
	length uint64
	key    [4]byte
}

// next returns what comes next. The error is io.EOF only behind a whole frame,
// and a violation where the peer's bytes are at fault and reading ends.
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
		if h.first&fin != 0 {
			return r.whole()
		}
	}
}

// whole ends the message under assembly. A text that was refused on its way is
// refused again.
func (r *reader) whole() (a arrival, err error) {
	a = arrival{r.op, r.msg}
	if r.op == opText && r.good < len(r.msg) {
		err = r.tell(errText)
	}
	r.msg, r.inside, r.good = nil, false, 0
	return a, err
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
	if long := h.first&0x08 == 0 || h.length > 125; long && h.length > uint64(r.left) {
		return h, &violation{1009, fmt.Sprintf("%d bytes of messages more than were due", h.length-uint64(r.left))}
	} else if long {
		r.left -= int(h.length)
	}
	if h.masked = second&0x80 != 0; h.masked {
		_, err = io.ReadFull(r.in, h.key[:])
	}
	return h, cutOff(err)
}

// cutOff returns the error of a read within a frame.
func cutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// admit refuses a frame by its first two bytes, for each rule that it breaks.
func (r *reader) admit(first, second uint8) (err error) {
	op, masked := first&0x0F, second&0x80 != 0
	control := op >= opClose
	check := func(broken bool, what string) {
		if broken && err == nil {
			err = r.tell(breach("%s", what))
		}
	}
	if first&0x70 != 0 {
		check(true, fmt.Sprintf("RSV bits set, %#02x", first))
	}
	check(masked && !r.masked, "a server's frame that is masked")
	check(!masked && r.masked, "a client's frame that is not masked")
	check(control && first&fin == 0, "a fragmented control frame")
	check(control && second&0x7F > 125, "a control frame of more than 125 bytes")
	if op > opBinary && !control || op > opPong {
		check(true, fmt.Sprintf("reserved opcode %d", op))
	}
	check(op == opContinuation && !r.inside, "a continuation frame of no message")
	check(!control && op != opContinuation && r.inside, "a message within another")
	return err
}

// length reads what follows the 7-bit payload length.
func (r *reader) length(short uint8) (uint64, error) {
	switch short {
	case 126:
		return r.extended(2, 126, "payload length %d in 16 bits")
	case 127:
		return r.extended(8, 1<<16, "payload length %#x in 64 bits")
	}
	return uint64(short), nil
}

// extended reads a payload length of size bytes, of which least is the smallest
// that needs them.
func (r *reader) extended(size int, least uint64, wrong string) (uint64, error) {
	var b [8]byte
	_, err := io.ReadFull(r.in, b[8-size:])
	n := binary.BigEndian.Uint64(b[:])
	if err == nil && (n < least || n>>63 != 0) {
		err = r.tell(breach(wrong, n))
	}
	return n, err
}

// fragment adds a frame's payload to the message under assembly. A text is
// checked as far as it has come.
func (r *reader) fragment(h header) (err error) {
	if !r.inside {
		r.inside, r.op = true, h.first&0x0F
	}
	r.msg, err = r.payload(r.msg, h)
	if err == nil && r.op == opText && !r.valid() {
		err = r.tell(errText)
	}
	return err
}

// valid reports whether what has come of a text may be its beginning.
func (r *reader) valid() bool {
	for r.good < len(r.msg) && utf8.FullRune(r.msg[r.good:]) {
		c, size := utf8.DecodeRune(r.msg[r.good:])
		if c == utf8.RuneError && size == 1 {
			return false
		}
		r.good += size
	}
	return true
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
	if h.masked {
		begin := len(b) - int(h.length)
		xor(b[begin:], h.key, 0)
	}
	return b, nil
}

// xor masks b, whose first byte is number at of its payload (section 5.3).
func xor(b []byte, key [4]byte, at int) {
	for i := range b {
		b[i] ^= key[(at+i)&3]
	}
}

// discard reads to the end of the connection, and returns how it ended.
func (r *reader) discard() error {
	if _, err := io.Copy(io.Discard, r.in); err != nil {
		return err
	}
	return io.EOF
}
