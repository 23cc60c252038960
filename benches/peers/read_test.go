package peers

import (
	"bytes"
	"fmt"
	"testing"

	"wsbench/mask"
)

// times has a client send n bursts.
func times(n int) func() bool {
	return func() bool { n--; return n >= 0 }
}

// The libraries read what mask.Octet makes of the frames' payloads.
func TestRead(t *testing.T) {
	for _, r := range Readers() {
		for _, n := range []int{1, 20, 125, 126, 300, 4 << 10, 65535, 65536, 1 << 20} {
			masked, seen := random(n), 0
			want := bytes.Clone(masked)
			mask.Octet.Unmask(want, wireKey)
			f := feeding(want, wireKey)
			if !bytes.Equal(f.burst[len(f.burst)-n:], masked) {
				t.Fatalf("n=%d: the frame is not masked as it should be", n)
			}
			l, err := r.open(f, func(got []byte) {
				if seen++; !bytes.Equal(got, want) {
					t.Errorf("%s n=%d: not what mask.Octet gives", r.Name, n)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.serve(l, times(3)); err != nil || seen != 3 {
				t.Errorf("%s n=%d: %d messages, %v", r.Name, n, seen, err)
			}
		}
	}
}

// BenchmarkRead reads messages through a library's public API, since its mask
// is not exported. Besides unmasking, a figure holds: copying the frame out of
// memory into the library's buffer and from there into the message's, the
// parsing of the header, and what the library does for each message (coder:
// contexts and locks; gws: its pool and the call of the handler). An octet's
// place in memory is the library's, so there is no align. impl=wsbench is its
// parts without a server around them; impl=feed is the copy out of memory
// alone.
func BenchmarkRead(b *testing.B) {
	feedOnly := Reader{"feed", func(f *feed, message func([]byte)) (loop, error) {
		room := make([]byte, len(f.burst))
		return func() error {
			for {
				n, err := f.Read(room)
				if err != nil {
					return err
				}
				message(room[:n])
			}
		}, nil
	}}
	for _, r := range append(Readers(), feedOnly) {
		for _, size := range benchSizes[:10] {
			b.Run(fmt.Sprintf("impl=%s/size=%d", r.Name, size), func(b *testing.B) {
				f := feeding(random(size), wireKey)
				l, err := r.open(f, func([]byte) {})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(size))
				if err := f.serve(l, b.Loop); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
