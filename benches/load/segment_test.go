//go:build linux

package load

import (
	"bytes"
	"testing"
	"time"

	"wsbench/syscalls"
)

func TestParseSegment(t *testing.T) {
	for s, want := range map[string]Segment{
		"1448": {Bytes: 1448}, "1/1ms": {1, time.Millisecond}, "20/0s": {Bytes: 20},
		"": {}, "0": {}, "-1": {}, "1448/": {}, "1448/2s": {}, "1448/-1ms": {}, "/1ms": {}, "1k": {},
	} {
		g, err := ParseSegment(s)
		if g != want || (err == nil) != (want != Segment{}) {
			t.Errorf("%q: %v, %v", s, g, err)
		}
		if back, err := ParseSegment(g.String()); err == nil && back != g {
			t.Errorf("%v is read back as %v", g, back)
		}
	}
}

// Messages that leave in segments come back whole, with at least a send for each
// segment and the gaps between those of a message.
func TestSegments(t *testing.T) {
	for _, cut := range []Segment{{Bytes: 7}, {Bytes: 50, Gap: time.Millisecond}} {
		for _, rate := range []float64{0, 200} {
			s := serve(t, faithful)
			cfg := config(s.url)
			cfg.Conns, cfg.Size, cfg.Depth, cfg.Rate, cfg.Segment = 3, 100, 2, rate, cut
			r := good(t, s, cfg)
			const frame = 106                                 // bytes
			whole := r.Completed - int64(cfg.Conns*cfg.Depth) // sent in the window, too
			if least := whole * frame / int64(cut.Bytes); r.Sends < least || whole <= 0 {
				t.Errorf("%v: %d sends for %d messages of 100 bytes, want %d", cut, r.Sends, r.Completed, least)
			}
			gaps := time.Duration((frame - 1) / cut.Bytes)
			if n, least := r.Latency.Min(), gaps*cut.Gap*99/100; n < least.Nanoseconds() { // of three digits
				t.Errorf("%v: an echo came after %d ns, want %v", cut, n, least)
			}
		}
	}
}

// A socket that is full is waited for, not tried again and again, and gets the rest
// in segments.
func TestSegmentsOnFullSocket(t *testing.T) {
	const bytesOf = 5000
	b := newBench(t, Config{Size: 1 << 20, Depth: 4, Verify: VerifyAll, Segment: Segment{Bytes: bytesOf}})
	want := bytes.Clone(b.frames.run(int(b.conns[0].next), 4))
	if err := b.launch(); err != nil {
		t.Fatal(err)
	}
	c := &b.conns[0]
	var got []byte
	buf := make([]byte, 1<<20)
	for len(got) < len(want) {
		for len(b.pieces) > 0 {
			if err := b.further(); err != nil {
				t.Fatal(err)
			}
		}
		if c.unsent && !c.full {
			t.Fatalf("%d bytes are left that nothing sends", len(c.out))
		}
		if c.full {
			if n, _ := b.poll.WaitRaw(b.events, 0); n != 0 {
				t.Fatalf("%d events, but the socket is full", n)
			}
		}
		for n, errno := syscalls.Recv(b.peer, buf); errno == 0; n, errno = syscalls.Recv(b.peer, buf) {
			got = append(got, buf[:n]...)
		}
		if c.full {
			b.round(t)
		}
	}
	if !bytes.Equal(got, want) || c.unsent || c.full || c.out != nil {
		t.Errorf("%d bytes arrived, %d are left", len(got), len(c.out))
	}
	if least := int64(len(want) / bytesOf); b.count.sends < least {
		t.Errorf("%d sends, want %d", b.count.sends, least)
	}
}

// The name of a case tells how its messages are cut.
func TestSegmentKey(t *testing.T) {
	for want, g := range map[string]Segment{
		"": {}, "/segment=1448": {Bytes: 1448}, "/segment=1/gap=200us": {1, 200 * time.Microsecond},
	} {
		if got := g.Key(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
