package parse

import (
	"bufio"
	"bytes"
	"io"
)

// answer is what ParseHeader says: h only of a whole header, need only of an
// incomplete one.
type answer struct {
	h    Header
	need int
	err  error
}

// A headerImpl is one implementation of ParseHeader.
type headerImpl struct {
	name string
	read func(b []byte, from Sender) (h Header, need int, err error)
}

// headerImpls lists them all: the parsers, the state machine in two parts, and
// reading as libraries do.
var headerImpls = func() (all []headerImpl) {
	for p := range Parser(parsers) {
		all = append(all, headerImpl{p.String(), p.Header})
	}
	r := newBufioReader(nil)
	return append(all, headerImpl{"state", readInTwo}, headerImpl{"bufio", func(b []byte, from Sender) (Header, int, error) {
		r.buf.Reset(bytes.NewReader(b))
		return r.read(from)
	}})
}()

// readInTwo has the state machine resume amid b.
func readInTwo(b []byte, from Sender) (h Header, need int, err error) {
	s := stepper{from: from}
	n, err := s.write(b[:len(b)/2])
	if err == nil {
		_, err = s.write(b[n:])
	}
	if err != nil {
		return s.h, 0, err
	}
	return s.h, s.need(), nil
}

// A bufioReader reads headers through package bufio, as libraries do: two bytes,
// then what these announce.
type bufioReader struct {
	buf  *bufio.Reader
	head [MaxHeader]byte
}

func newBufioReader(r io.Reader) *bufioReader { return &bufioReader{buf: bufio.NewReader(r)} }

func (r *bufioReader) read(from Sender) (h Header, need int, err error) {
	n, err := io.ReadFull(r.buf, r.head[:2])
	if err == nil {
		more, _ := io.ReadFull(r.buf, r.head[2:2+extendedSize(r.head[1])+keySize(from)])
		n += more
	}
	return parseAny(r.head[:n], from)
}

// extendedSize returns the bytes of the length that the second byte announces.
func extendedSize(second byte) int {
	switch second & 0x7F {
	case 126:
		return 2
	case 127:
		return 8
	}
	return 0
}

func ask(impl headerImpl, b []byte, from Sender) answer {
	h, need, err := impl.read(b, from)
	if need != 0 || err != nil {
		h = Header{}
	}
	return answer{h, need, err}
}

// oracle reads a header byte by byte, as the figure of RFC 6455, section
// 5.2, draws it.
func oracle(b []byte, from Sender) answer {
	key := 0
	if from == FromClient {
		key = 4
	}
	if len(b) == 0 {
		return answer{need: 2 + key}
	}
	if err := oracleFirst(b[0]); err != nil {
		return answer{err: err}
	}
	if len(b) == 1 {
		return answer{need: 1 + key}
	}
	if err := oracleSecond(b[0], b[1], from); err != nil {
		return answer{err: err}
	}
	h := Header{First: b[0], Length: int64(b[1] % 128)}
	extra := map[int64]int{126: 2, 127: 8}[h.Length]
	if extra > 0 {
		n, err := oracleLength(b[2:min(len(b), 2+extra)], extra)
		if err != nil {
			return answer{err: err}
		}
		h.Length = int64(n)
	}
	whole := 2 + extra + key
	if len(b) < whole {
		return answer{need: whole - len(b)}
	}
	for i := range key {
		h.Key |= uint32(b[2+extra+i]) << (8 * i)
	}
	h.Size = uint8(whole)
	return answer{h: h}
}

func oracleFirst(first uint8) error {
	if first&0x70 != 0 {
		return ErrReservedBits
	}
	switch first % 16 {
	case 0, 1, 2:
		return nil
	case 8, 9, 10:
		if first < 0x80 {
			return ErrControlFragmented
		}
		return nil
	}
	return ErrReservedOpcode
}

func oracleSecond(first, second uint8, from Sender) error {
	switch {
	case from == FromClient && second < 0x80:
		return ErrNotMasked
	case from == FromServer && second >= 0x80:
		return ErrMasked
	case first%16 >= 8 && second%128 > 125:
		return ErrControlTooLong
	}
	return nil
}

// oracleLength refuses a length of size bytes as soon as no bytes that may
// follow b can make it a good one.
func oracleLength(b []byte, size int) (low uint64, err error) {
	high := uint64(0)
	for i := range size {
		low, high = low<<8, high<<8|0xFF
		if i < len(b) {
			low |= uint64(b[i])
			high = high&^0xFF | uint64(b[i])
		}
	}
	switch {
	case size == 2 && high < 126, size == 8 && high < 1<<16:
		return 0, ErrNotMinimal
	case low >= 1<<63:
		return 0, ErrLengthTopBit
	}
	return low, nil
}
