package parse

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var lengths = []struct{ n, size int }{
	{0, 2}, {1, 2}, {125, 2}, {126, 4}, {127, 4}, {255, 4}, {256, 4}, {65535, 4}, {65536, 10}, {65537, 10}, {1<<31 - 1, 10},
}

func TestWrittenHeaderIsParsed(t *testing.T) {
	const key = 0x04030201
	for _, first := range []uint8{0x00, 0x01, 0x82} {
		for _, l := range lengths {
			if got := HeaderSize(l.n); got != l.size {
				t.Errorf("HeaderSize(%d) = %d, want %d", l.n, got, l.size)
			}
			want := answer{h: Header{Length: int64(l.n), Size: uint8(l.size), First: first}}
			if got := oracle(AppendHeader(nil, first, l.n), FromServer); got != want {
				t.Errorf("AppendHeader(%#x, %d): %+v, want %+v", first, l.n, got, want)
			}
			want.h.Size, want.h.Key = want.h.Size+KeySize, key
			if got := oracle(AppendMaskedHeader(nil, first, l.n, key), FromClient); got != want {
				t.Errorf("AppendMaskedHeader(%#x, %d): %+v, want %+v", first, l.n, got, want)
			}
		}
	}
}

func TestPutHeaderTouchesOnlyTheHeader(t *testing.T) {
	for _, l := range lengths {
		b := bytes.Repeat([]byte{0xEE}, MaxHeader)
		n := PutHeader(b, 0x82, l.n)
		want := append(AppendHeader(nil, 0x82, l.n), bytes.Repeat([]byte{0xEE}, MaxHeader-l.size)...)
		if diff := cmp.Diff(want, b); n != l.size || diff != "" {
			t.Errorf("length %d: %d bytes, %s", l.n, n, diff)
		}
		PutHeader(make([]byte, l.size), 0x82, l.n) // room for the header is enough
	}
}

func TestAppendHeaderKeepsWhatIsThere(t *testing.T) {
	if diff := cmp.Diff([]byte("ab\x81\x03"), AppendHeader([]byte("ab"), 0x81, 3)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]byte("ab\x81\x83\x01\x02\x03\x04"), AppendMaskedHeader([]byte("ab"), 0x81, 3, 0x04030201)); diff != "" {
		t.Error(diff)
	}
}
