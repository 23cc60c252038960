package conform

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"slices"
	"testing"
)

// sink notes the size of each write.
type sink struct {
	bytes.Buffer
	sizes []int
}

func (s *sink) Write(b []byte) (int, error) {
	s.sizes = append(s.sizes, len(b))
	return s.Buffer.Write(b)
}

// wire is what is sent of c, all at once.
func wire(c *Case, masked bool) *sink {
	s := &sink{}
	w := writer{to: s, masked: masked, limit: piece, stream: c.Stream > 0}
	if w.stream {
		w.limit = c.Stream
	}
	jobs := make(chan Step, len(c.Steps)+1)
	for _, step := range c.Steps {
		if step.Frame != nil || step.More > 0 {
			jobs <- step
		}
	}
	jobs <- Step{}
	close(jobs)
	w.run(jobs)
	return s
}

// Bytes on the wire, without masking, as RFC 6455 has them.
func TestWire(t *testing.T) {
	for id, want := range map[string]string{
		"1.1.1":  "8100",
		"2.9":    "8a18" + hex.EncodeToString([]byte("unsolicited pong payload")) + "890c" + hex.EncodeToString([]byte("ping payload")),
		"3.7":    "f800",
		"4.2.1":  "8b00",
		"5.1":    "0909667261676d656e7431" + "8009667261676d656e7432",
		"6.1.2":  "0100" + "0000" + "8000",
		"6.2.4":  "0101ce0001ba0001e10001bd0001b90001cf0001830001ce0001bc0001ce0001b58000",
		"6.4.3":  "0115cebae1bdb9cf83cebcceb5" + "f4908080" + "656469746564" + "8000",
		"6.4.4":  "0115cebae1bdb9cf83cebcceb5f4" + "90" + "8080656469746564" + "8000",
		"7.1.2":  "880203e8" + "8800",
		"7.3.2":  "880161",
		"7.9.1":  "88020000",
		"x.2.1":  "817e0000",
		"x.2.3":  "827f0000000000000000",
		"x.2.12": "887e000203e8",
		"x.6.1":  "0101ff",
	} {
		c := selected(t, id)[0]
		if got := hex.EncodeToString(wire(&c, false).Bytes()); got != want {
			t.Errorf("case %s: %s\nwant %s", id, got, want)
		}
	}
}

// Fragments are as many as that suite sends.
func TestFragmentCounts(t *testing.T) {
	for id, want := range map[string]int{"6.2.3": 30, "6.2.4": 12, "6.3.2": 21, "9.3.1": 65537, "9.3.4": 1025, "10.1.1": 51} {
		c := selected(t, id)[0]
		if n := len(wire(&c, true).sizes); n != want {
			t.Errorf("case %s: %d frames, %d wanted", id, n, want)
		}
	}
}

// Masked or not, in whatever pieces, the payloads come out as they went in.
func TestWireRoundTrip(t *testing.T) {
	for _, c := range selected(t, "1", "5.3", "5.6", "5.8", "6.2", "9.1.1", "9.5.1", "10", "x.4", "x.5.1", "x.9") {
		for _, masked := range []bool{false, true} {
			r := reader{in: bufio.NewReader(bytes.NewReader(wire(&c, masked).Bytes())), masked: masked, left: 16 * mib, tell: refuse}
			var got []byte
			for a, err := r.next(); err == nil; a, err = r.next() {
				if a.op != opPing {
					got = append(got, a.payload...)
				}
			}
			var want []byte
			for _, e := range c.Want {
				if e.Kind != Pong {
					want = e.Data.append(want, 0, e.Data.N)
				}
			}
			if !bytes.Equal(got, want) {
				t.Errorf("case %s, masked %v: %.20q came out of %.20q", c.ID, masked, got, want)
			}
		}
	}
}

func TestPieces(t *testing.T) {
	for id, want := range map[string][]int{
		"2.6":   slices.Repeat([]int{1}, 131),
		"x.4.3": {3, 8},
		"x.4.7": {2, 132},
		"x.7.3": {19 + 8},
		"1.1.8": append(slices.Repeat([]int{997}, 65), 745),
	} {
		c := selected(t, id)[0]
		if got := wire(&c, true).sizes; !slices.Equal(got, want) {
			t.Errorf("case %s is written in pieces of %v, %v wanted", id, got, want)
		}
	}
}

func TestData(t *testing.T) {
	a := Data{"abc", 8}
	for _, tt := range []struct {
		d      Data
		differ int
		equal  bool
	}{
		{literal("abcabcab"), -1, true}, {Data{"abcabc", 8}, -1, true}, {literal("abcabcaB"), 7, false},
		{literal("abca"), -1, false}, {literal(""), -1, false}, {Data{"ab", 8}, 2, false},
	} {
		if a.differ(tt.d) != tt.differ || tt.d.differ(a) != tt.differ || a.equal(tt.d) != tt.equal {
			t.Errorf("%v: differs at %d, equal %v", tt.d, a.differ(tt.d), a.equal(tt.d))
		}
	}
	if got := string(a.append(nil, 2, 7)); got != "cabca" {
		t.Errorf("bytes 2 to 7 are %q", got)
	}
}
