package load

import (
	"testing"
	"time"
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

// Messages that leave in segments come back whole, with a send for each
// segment.
func TestSegments(t *testing.T) {
	for _, cut := range []Segment{{Bytes: 7}, {Bytes: 50, Gap: time.Millisecond}} {
		for _, rate := range []float64{0, 200} {
			s := serve(t, faithful)
			cfg := config(s.url)
			cfg.Conns, cfg.Size, cfg.Depth, cfg.Rate, cfg.Segment = 3, 100, 2, rate, cut
			r := good(t, s, cfg)
			if least := r.Completed * int64(100/cut.Bytes); r.Sends < least/2 {
				t.Errorf("%v: %d sends for %d messages of 100 bytes", cut, r.Sends, r.Completed)
			}
		}
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
