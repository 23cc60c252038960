package parse

import (
	"encoding/binary"
	"errors"
)

// Sizes of frame headers and payloads, in bytes (RFC 6455, section 5.2).
const (
	MaxControl      = 125 // payload of a control frame
	MaxHeader       = 14  // header of a masked frame
	MaxServerHeader = 10  // header of a frame without masking-key
	KeySize         = 4   // masking-key
)

// What a frame header may be refused for. Each is a protocol error, close
// code 1002.
var (
	ErrReservedBits      = errors.New("parse: RSV bit set though no extension was negotiated")
	ErrReservedOpcode    = errors.New("parse: reserved opcode")
	ErrControlFragmented = errors.New("parse: fragmented control frame")
	ErrControlTooLong    = errors.New("parse: control frame payload over 125 bytes")
	ErrNotMinimal        = errors.New("parse: payload length not in its shortest form")
	ErrLengthTopBit      = errors.New("parse: most significant bit of the 64-bit payload length set")
	ErrNotMasked         = errors.New("parse: frame from a client not masked")
	ErrMasked            = errors.New("parse: frame from a server masked")
)

// Sender is the end of a connection that sent a frame. It settles whether the
// frame must be masked (section 5.1). Its value is the mask bit that is due.
type Sender uint8

// The two ends of a connection.
const (
	FromServer Sender = 0x00
	FromClient Sender = 0x80
)

// Bits of a header's first byte.
const (
	FIN  = 0x80
	RSV1 = 0x40
	RSV2 = 0x20
	RSV3 = 0x10
)

// Header is a frame header. Its four fields let the compiler keep it in
// registers.
type Header struct {
	Length int64  // payload length in bytes
	Key    uint32 // masking-key, its first byte on the wire lowest; 0 without one
	Size   uint8  // length of the header itself in bytes
	First  uint8  // FIN, RSV1 to RSV3 and the opcode, as on the wire
}

// Opcode returns the frame's opcode.
func (h Header) Opcode() Opcode { return Opcode(h.First & 0x0F) }

// Fin reports whether the frame is the last fragment of its message.
func (h Header) Fin() bool { return h.First&FIN != 0 }

// ParseHeader reads the frame header that b begins with, as sent by from. b may
// go on past the header. If b ends within the header, need is the number of
// bytes that are missing at least, and h is meaningless; else need is 0. An
// error is returned as soon as the bytes of b show it, with need 0.
func ParseHeader(b []byte, from Sender) (h Header, need int, err error) {
	// The header of most frames: nothing wrong with it, and there whole.
	if len(b) >= 2+KeySize && from == FromClient && plain[b[0]] {
		n := int64(b[1] ^ uint8(FromClient))
		if n <= MaxControl {
			return Header{n, binary.LittleEndian.Uint32(b[2:]), 2 + KeySize, b[0]}, 0, nil
		}
		if n == 126 && len(b) >= 4+KeySize && !Opcode(b[0]&0x0F).Control() {
			if n = int64(binary.BigEndian.Uint16(b[2:])); n > 125 {
				return Header{n, binary.LittleEndian.Uint32(b[4:]), 4 + KeySize, b[0]}, 0, nil
			}
		}
		if n == 127 {
			return parseLong(b)
		}
	}
	if from == FromServer {
		return parseUnmasked(b)
	}
	return parseAny(b, from)
}

// parseUnmasked does what ParseHeader does for frames from a server.
func parseUnmasked(b []byte) (h Header, need int, err error) {
	if len(b) >= 2 && plain[b[0]] {
		n := int64(b[1])
		if n <= MaxControl {
			return Header{Length: n, Size: 2, First: b[0]}, 0, nil
		}
		if n == 126 && len(b) >= 4 && !Opcode(b[0]&0x0F).Control() {
			if n = int64(binary.BigEndian.Uint16(b[2:])); n > 125 {
				return Header{Length: n, Size: 4, First: b[0]}, 0, nil
			}
		}
		if n == 127 && len(b) >= MaxServerHeader && !Opcode(b[0]&0x0F).Control() {
			if n = int64(binary.BigEndian.Uint64(b[2:])); n >= 1<<16 {
				return Header{Length: n, Size: MaxServerHeader, First: b[0]}, 0, nil
			}
		}
	}
	return parseAny(b, FromServer)
}

// parseLong does what ParseHeader does for a 64-bit length from a client. It is
// apart so that the code of shorter ones stays small.
func parseLong(b []byte) (h Header, need int, err error) {
	if len(b) >= MaxHeader && !Opcode(b[0]&0x0F).Control() {
		if n := int64(binary.BigEndian.Uint64(b[2:])); n >= 1<<16 {
			return Header{n, binary.LittleEndian.Uint32(b[10:]), MaxHeader, b[0]}, 0, nil
		}
	}
	return parseAny(b, FromClient)
}

// parseAny does what ParseHeader does for every header.
func parseAny(b []byte, from Sender) (h Header, need int, err error) {
	if len(b) < 2 {
		if len(b) == 1 && bad[b[0]] != nil {
			return h, 0, bad[b[0]]
		}
		return h, 2 - len(b) + keySize(from), nil
	}
	h.First = b[0]
	second := b[1]
	if err := bad[h.First]; err != nil {
		return h, 0, err
	}
	if second&0x80 != uint8(from) {
		return h, 0, wrongMask(from)
	}
	h.Length = int64(second & 0x7F)
	h.Size = 2
	if h.Length > MaxControl {
		if h.Opcode().Control() {
			return h, 0, ErrControlTooLong
		}
		if need, err = h.extended(b); err != nil {
			return h, 0, err
		}
		if need != 0 {
			return h, need + keySize(from), nil
		}
	}
	if from == FromClient {
		if short := int(h.Size) + KeySize - len(b); short > 0 {
			return h, short, nil
		}
		h.Key = binary.LittleEndian.Uint32(b[h.Size:])
		h.Size += KeySize
	}
	return h, 0, nil
}

// extended reads the 16-bit or 64-bit payload length, which h.Length (126 or
// 127) announces.
func (h *Header) extended(b []byte) (need int, err error) {
	if h.Length == 126 {
		if len(b) < 4 {
			return 4 - len(b), nil
		}
		h.Size = 4
		if h.Length = int64(binary.BigEndian.Uint16(b[2:])); h.Length < 126 {
			return 0, ErrNotMinimal
		}
		return 0, nil
	}
	if len(b) < 10 {
		return 10 - len(b), checkLong(b[2:])
	}
	h.Size = 10
	n := binary.BigEndian.Uint64(b[2:])
	if n>>63 != 0 {
		return 0, ErrLengthTopBit
	}
	if h.Length = int64(n); h.Length < 1<<16 {
		return 0, ErrNotMinimal
	}
	return 0, nil
}

// checkLong returns what the first bytes of a 64-bit payload length rule out.
func checkLong(b []byte) error {
	switch {
	case len(b) > 0 && b[0]&0x80 != 0:
		return ErrLengthTopBit
	case len(b) >= 6 && [6]byte(b) == [6]byte{}:
		return ErrNotMinimal
	}
	return nil
}

// bad tells of each first byte what is wrong with it, or nil.
var bad = func() (t [256]error) {
	for i := range t {
		first := uint8(i)
		switch op := Opcode(first & 0x0F); {
		case first&(RSV1|RSV2|RSV3) != 0:
			t[i] = ErrReservedBits
		case op.Reserved():
			t[i] = ErrReservedOpcode
		case op.Control() && first&FIN == 0:
			t[i] = ErrControlFragmented
		}
	}
	return t
}()

// plain tells of each first byte that nothing is wrong with it.
var plain = func() (t [256]bool) {
	for i := range t {
		t[i] = bad[i] == nil
	}
	return t
}()

func wrongMask(from Sender) error {
	if from == FromClient {
		return ErrNotMasked
	}
	return ErrMasked
}

func keySize(from Sender) int { return int(from) / 0x80 * KeySize }

// HeaderSize returns the length in bytes of the header of a frame without
// masking-key whose payload has length bytes.
func HeaderSize(length int) int {
	switch {
	case length <= MaxControl:
		return 2
	case length < 1<<16:
		return 4
	}
	return MaxServerHeader
}

// PutHeader writes the header of a frame without masking-key into b and returns
// its length in bytes, HeaderSize(length). first holds FIN, RSV bits and
// opcode; length is the payload's. PutHeader panics if b is shorter than the
// header.
func PutHeader(b []byte, first uint8, length int) int {
	switch {
	case length <= MaxControl:
		_ = b[1]
		b[0] = first
		b[1] = uint8(length)
		return 2
	case length < 1<<16:
		_ = b[3]
		b[0] = first
		b[1] = 126
		binary.BigEndian.PutUint16(b[2:], uint16(length))
		return 4
	}
	_ = b[9]
	b[0] = first
	b[1] = 127
	binary.BigEndian.PutUint64(b[2:], uint64(length))
	return MaxServerHeader
}

// AppendHeader appends the header of a frame without masking-key to dst.
func AppendHeader(dst []byte, first uint8, length int) []byte {
	var h [MaxServerHeader]byte
	return append(dst, h[:PutHeader(h[:], first, length)]...)
}

// AppendMaskedHeader appends the header of a client's frame, masking-key
// included, to dst.
func AppendMaskedHeader(dst []byte, first uint8, length int, key uint32) []byte {
	at := len(dst)
	dst = AppendHeader(dst, first, length)
	dst[at+1] |= uint8(FromClient)
	return binary.LittleEndian.AppendUint32(dst, key)
}
