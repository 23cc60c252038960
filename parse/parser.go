package parse

import "fmt"

// Parser names one implementation of [ParseHeader]. The zero value is Fast.
type Parser uint8

// The parsers. All return the same of the same bytes.
const (
	Fast     Parser = iota // ParseHeader itself: what most frames have is read at once
	General                // field by field
	Bytewise               // byte by byte, by a state machine

	parsers = iota
)

var parserNames = [parsers]string{"fast", "general", "bytewise"}

// String returns the parser's name.
func (p Parser) String() string {
	if int(p) < len(parserNames) {
		return parserNames[p]
	}
	return fmt.Sprintf("Parser(%d)", uint8(p))
}

// Header does what [ParseHeader] does, by this parser; one that is unknown is
// General.
func (p Parser) Header(b []byte, from Sender) (h Header, need int, err error) {
	switch p {
	case Fast:
		return ParseHeader(b, from)
	case Bytewise:
		s := stepper{from: from}
		if _, err := s.write(b); err != nil {
			return s.h, 0, err
		}
		return s.h, s.need(), nil
	}
	return parseAny(b, from)
}

// A stepper reads a header that arrives in parts, byte by byte. Its beginning
// has from set alone.
type stepper struct {
	h     Header
	from  Sender
	field field // of the next byte
	left  uint8 // bytes of the extended length or the masking-key still to come
}

type field uint8

// The fields of a header.
const (
	firstByte field = iota
	secondByte
	length16
	length64
	maskingKey
	wholeHeader // behind the last
)

// write takes bytes up to the header's last and returns how many.
func (s *stepper) write(b []byte) (n int, err error) {
	for n < len(b) && s.field != wholeHeader {
		if err := s.step(b[n]); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// need returns how many bytes are missing at least, 0 behind the last.
func (s *stepper) need() int {
	switch s.field {
	case firstByte, secondByte:
		return int(secondByte-s.field) + 1 + keySize(s.from)
	case length16, length64:
		return int(s.left) + keySize(s.from)
	}
	return int(s.left)
}

// step takes the next byte.
func (s *stepper) step(c byte) error {
	s.h.Size++
	switch s.field {
	case firstByte:
		s.h.First, s.field = c, secondByte
		return bad[c]
	case secondByte:
		return s.second(c)
	case length16, length64:
		return s.extended(c)
	}
	s.h.Key |= uint32(c) << (8 * (KeySize - s.left))
	if s.left--; s.left == 0 {
		s.field = wholeHeader
	}
	return nil
}

// second takes the mask bit and the 7-bit length.
func (s *stepper) second(c byte) error {
	n := c & 0x7F
	switch {
	case c&0x80 != uint8(s.from):
		return wrongMask(s.from)
	case n > MaxControl && s.h.Opcode().Control():
		return ErrControlTooLong
	case n == 126:
		s.field, s.left = length16, 2
	case n == 127:
		s.field, s.left = length64, 8
	default:
		s.h.Length = int64(n)
		s.beginKey()
	}
	return nil
}

// extended takes a byte of the 16-bit or 64-bit length.
func (s *stepper) extended(c byte) error {
	if s.left == 8 && c&0x80 != 0 {
		return ErrLengthTopBit
	}
	s.h.Length = s.h.Length<<8 | int64(c)
	s.left--
	switch {
	case s.field == length64 && s.left == 2 && s.h.Length == 0, s.field == length16 && s.left == 0 && s.h.Length < 126:
		return ErrNotMinimal
	case s.left == 0:
		s.beginKey()
	}
	return nil
}

// beginKey goes on to the masking-key, if there is to be one.
func (s *stepper) beginKey() {
	s.field, s.left = wholeHeader, 0
	if s.from == FromClient {
		s.field, s.left = maskingKey, KeySize
	}
}
