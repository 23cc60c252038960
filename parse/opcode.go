package parse

// Opcode is a frame's opcode (RFC 6455, section 5.2).
type Opcode uint8

// The opcodes that RFC 6455 defines. 3 to 7 and 11 to 15 are reserved.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// Control reports whether frames of this opcode are control frames (section
// 5.5): never fragmented, at most MaxControl bytes of payload.
func (o Opcode) Control() bool { return o&0x8 != 0 }

// Reserved reports whether RFC 6455 leaves this opcode undefined.
func (o Opcode) Reserved() bool { return reserved>>o&1 != 0 }

const reserved = 0xF8F8 // bits 3 to 7 and 11 to 15

// String returns the opcode's name.
func (o Opcode) String() string {
	switch o {
	case Continuation:
		return "continuation"
	case Text:
		return "text"
	case Binary:
		return "binary"
	case Close:
		return "close"
	case Ping:
		return "ping"
	case Pong:
		return "pong"
	}
	return "reserved"
}
