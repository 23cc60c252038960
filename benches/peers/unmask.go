package peers

import (
	"crypto/subtle"
	"encoding/binary"
	"math/bits"

	"github.com/gobwas/ws"

	"wsbench/mask"
)

// An Impl unmasks b in place with the masking-key, whose low octet is first on
// the wire. Its result has no meaning. Each is called through one function
// of its own, which weighs in figures of a few nanoseconds: for short payloads
// cmd/compare, which calls directly, is the comparison.
type Impl struct {
	Name   string
	Unmask func(b []byte, key uint32) uint32
}

// Impls lists those that can be called with a payload of any alignment.
func Impls() []Impl {
	return append([]Impl{
		{"wsbench", Wsbench},
		{"gobwas", Gobwas},
		{"xorbytes", XORBytes},
	}, experiments...)
}

// experiments are those that need a GOEXPERIMENT of the toolchain.
var experiments []Impl

// Wsbench calls mask.Unmask.
func Wsbench(b []byte, key uint32) uint32 { return mask.Unmask(b, key) }

// Floor calls mask.Floor: what bounds them all, and no unmask itself.
func Floor(b []byte, _ uint32) uint32 {
	mask.Floor(b)
	return 0
}

// Gobwas calls ws.Cipher.
func Gobwas(b []byte, key uint32) uint32 {
	var wire [4]byte
	binary.LittleEndian.PutUint32(wire[:], key)
	ws.Cipher(b, wire, 0)
	return 0
}

// The bytes of repeated key that XORBytes makes, on the stack: few for short
// payloads, since Go clears them first.
const (
	shortPad  = 128
	middlePad = 512
	longPad   = 1 << 10
)

// XORBytes unmasks by the standard library: crypto/subtle.XORBytes with the key
// repeated. A masking-key is a frame's own, so that making the pad is part of
// what it costs.
func XORBytes(b []byte, key uint32) uint32 {
	switch {
	case len(b) <= shortPad:
		var pad [shortPad]byte
		xorPad(b, pad[:], key)
	case len(b) <= middlePad:
		var pad [middlePad]byte
		xorPad(b, pad[:], key)
	default:
		var pad [longPad]byte
		xorPad(b, pad[:], key)
	}
	return 0
}

// xorPad fills as much of pad as b needs, of a multiple of 8 bytes.
func xorPad(b, pad []byte, key uint32) {
	double := uint64(key)<<32 | uint64(key)
	pad = pad[:min((len(b)+7)&^7, len(pad))]
	for i := 0; i+8 <= len(pad); i += 8 {
		binary.LittleEndian.PutUint64(pad[i:], double)
	}
	for len(b) > 0 {
		n := subtle.XORBytes(b, b, pad[:min(len(b), len(pad))])
		b = b[n:]
	}
}

// words does what is left behind vectors.
func words(b []byte, key uint32) {
	for ; len(b) >= 4; b = b[4:] {
		binary.LittleEndian.PutUint32(b, binary.LittleEndian.Uint32(b)^key)
	}
	for i := range b {
		b[i] ^= byte(key)
		key = bits.RotateLeft32(key, -8)
	}
}
