package peers

import (
	"encoding/binary"
	"testing"
)

// All read the same, and that is what the streams say.
func TestReadHeader(t *testing.T) {
	const n = 2*streamed + 7
	for _, f := range Forms() {
		stream := f.Stream()
		if len(stream) != streamed*f.Size {
			t.Fatalf("form %s: %d octets", f.Name, len(stream))
		}
		var want uint64
		for i := range n {
			at := i % streamed * f.Size
			want += uint64(f.payload) + uint64(binary.LittleEndian.Uint32(stream[at+f.Size-4:]))
		}
		for _, r := range HeaderReaders() {
			if got, err := r.Read(f, stream, n); got != want || err != nil {
				t.Errorf("%s, form %s: %#x, %v; want %#x", r.Name(), f.Name, got, err, want)
			}
			if r.Lib == "floor" {
				continue
			}
			if got, err := r.Read(f, stream[:len(stream)-1], n); err == nil {
				t.Errorf("%s, form %s, cut off: %#x is no error", r.Name(), f.Name, got)
			}
		}
	}
}

func TestReadHeaderAllocs(t *testing.T) {
	for _, f := range Forms() {
		stream := f.Stream()
		if n := testing.AllocsPerRun(20, func() { readOwnHeaders(f, stream, 100) }); n != 0 {
			t.Errorf("form %s: %v allocations", f.Name, n)
		}
	}
}

// BenchmarkReadHeader reads client's headers one behind another. b.Loop would
// cost as much as a header; an op is one still.
func BenchmarkReadHeader(b *testing.B) {
	for _, r := range HeaderReaders() {
		for _, f := range Forms() {
			b.Run(r.Name()+"/form="+f.Name, func(b *testing.B) {
				stream := f.Stream()
				b.ReportAllocs()
				if _, err := r.Read(f, stream, b.N); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
