package parse

import "testing"

func TestOpcode(t *testing.T) {
	names := map[Opcode]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
	for op := range Opcode(16) {
		name, defined := names[op]
		if !defined {
			name = "reserved"
		}
		if op.String() != name || op.Reserved() == defined || op.Control() != (op >= 8) {
			t.Errorf("opcode %d: %q, reserved %v, control %v", op, op, op.Reserved(), op.Control())
		}
	}
}

func TestHeaderBits(t *testing.T) {
	for first := range 256 {
		h := Header{First: uint8(first)}
		if h.Fin() != (first >= 0x80) || int(h.Opcode()) != first%16 {
			t.Errorf("first byte %#x: FIN %v, opcode %d", first, h.Fin(), h.Opcode())
		}
	}
}
