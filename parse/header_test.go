package parse

import (
	"encoding/binary"
	"fmt"
	"testing"
)

var senders = []Sender{FromServer, FromClient}

// checkPrefixes compares every implementation with the oracle on b cut after
// every byte.
func checkPrefixes(t *testing.T, b []byte, from Sender) {
	t.Helper()
	for n := range len(b) + 1 {
		want := oracle(b[:n], from)
		for _, impl := range headerImpls {
			if got := ask(impl, b[:n:n], from); got != want {
				t.Fatalf("%s: % x, %#x\n got %+v\nwant %+v", impl.name, b[:n], uint8(from), got, want)
			}
		}
	}
}

// Every first byte, mask bit, 7-bit length and sender.
func TestParseHeaderShort(t *testing.T) {
	rest := []byte{0, 200, 1, 2, 3, 4, 5, 6, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5}
	for _, from := range senders {
		for i := range 1 << 16 {
			checkPrefixes(t, append([]byte{byte(i >> 8), byte(i)}, rest...), from)
		}
	}
}

var borders = []uint64{0, 1, 124, 125, 126, 127, 128, 255, 256, 1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<24 - 1, 1 << 32, 1 << 56, 1<<63 - 1, 1 << 63, 1<<64 - 1}

func TestParseHeaderExtended(t *testing.T) {
	key := []byte{0xA1, 0xB2, 0xC3, 0xD4, 'p', 'a', 'y'}
	for _, from := range senders {
		for _, first := range []uint8{0x00, 0x01, 0x82, 0x89, 0x41, 0x83} {
			for _, n := range borders {
				long := binary.BigEndian.AppendUint64([]byte{first, 127 | uint8(from)}, n)
				checkPrefixes(t, append(long, key...), from)
				if n < 1<<16 {
					short := binary.BigEndian.AppendUint16([]byte{first, 126 | uint8(from)}, uint16(n))
					checkPrefixes(t, append(short, key...), from)
				}
			}
		}
	}
}

// What the oracle says is spelt out where it matters most.
func TestParseHeader(t *testing.T) {
	long := Header{Length: 1<<63 - 1, Key: 0xD4C3B2A1, Size: 14, First: 0x82}
	for _, c := range []struct {
		wire string
		from Sender
		want answer
	}{
		{"", FromClient, answer{need: 6}},
		{"", FromServer, answer{need: 2}},
		{"\x81", FromClient, answer{need: 5}},
		{"\x81\x85", FromClient, answer{need: 4}},
		{"\x81\xFE", FromClient, answer{need: 6}},
		{"\x81\xFF", FromClient, answer{need: 12}},
		{"\x81\x05", FromServer, answer{h: Header{Length: 5, Size: 2, First: 0x81}}},
		{"\x81\x85\x37\xfa\x21\x3d", FromClient, answer{h: Header{Length: 5, Key: 0x3d21fa37, Size: 6, First: 0x81}}}, // section 5.7
		{"\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xA1\xB2\xC3\xD4", FromClient, answer{h: long}},
		{"\xC1", FromClient, answer{err: ErrReservedBits}},
		{"\x83", FromServer, answer{err: ErrReservedOpcode}},
		{"\x09", FromServer, answer{err: ErrControlFragmented}},
		{"\x89\xFE", FromClient, answer{err: ErrControlTooLong}},
		{"\x81\x05", FromClient, answer{err: ErrNotMasked}},
		{"\x81\x85", FromServer, answer{err: ErrMasked}},
		{"\x81\x7E\x00\x7D", FromServer, answer{err: ErrNotMinimal}},
		{"\x81\x7F\x80", FromServer, answer{err: ErrLengthTopBit}},
		{"\x81\x7F\x00\x00\x00\x00\x00", FromServer, answer{need: 3}},
		{"\x81\x7F\x00\x00\x00\x00\x00\x00", FromServer, answer{err: ErrNotMinimal}},
	} {
		t.Run(fmt.Sprintf("% x", c.wire), func(t *testing.T) {
			for _, impl := range headerImpls {
				if got := ask(impl, []byte(c.wire), c.from); got != c.want {
					t.Errorf("%s: got %+v, want %+v", impl.name, got, c.want)
				}
			}
		})
	}
}

// A reader that takes need bytes at a time ends, at the header's last byte.
func TestParseHeaderByNeed(t *testing.T) {
	for _, from := range senders {
		for _, n := range []int{0, 125, 126, 65535, 65536, 1 << 30} {
			wire := AppendHeader(nil, 0x81, n)
			if from == FromClient {
				wire = AppendMaskedHeader(nil, 0x81, n, 7)
			}
			have, calls := 0, 0
			for h, need, err := ParseHeader(nil, from); need > 0; h, need, err = ParseHeader(wire[:have], from) {
				if have += need; have > len(wire) || err != nil {
					t.Fatalf("length %d: asked for byte %d of %d (%v)", n, have, len(wire), err)
				}
				if calls++; calls > 3 {
					t.Fatalf("length %d: %+v still needs %d after %d calls", n, h, need, calls)
				}
			}
			if have != len(wire) {
				t.Errorf("length %d: ended at byte %d of %d", n, have, len(wire))
			}
		}
	}
}
