package conform

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"wsbench/benches/internal/allocs"
	"wsbench/parse"
)

// refuse has a violation end the reading.
func refuse(v *violation) error { return v }

func newReader(octets string, masked bool) *reader {
	return &reader{in: bufio.NewReader(strings.NewReader(octets)), masked: masked, left: mib, tell: refuse}
}

// What breaks RFC 6455 is refused, by its code.
func TestReaderRefuses(t *testing.T) {
	for _, tt := range []struct {
		octets string
		masked bool
		code   int
		what   string
	}{
		{"\xC1\x00", false, 1002, "RSV bits set, 0xc1"},
		{"\x83\x00", false, 1002, "reserved opcode 3"},
		{"\x8F\x00", false, 1002, "reserved opcode 15"},
		{"\x81\x80\x00\x00\x00\x00", false, 1002, "a server's frame that is masked"},
		{"\x81\x00", true, 1002, "a client's frame that is not masked"},
		{"\x09\x00", false, 1002, "a fragmented control frame"},
		{"\x89\x7E\x00\x7E", false, 1002, "a control frame of more than 125 bytes"},
		{"\x80\x00", false, 1002, "a continuation frame of no message"},
		{"\x01\x00\x81\x00", false, 1002, "a message within another"},
		{"\x82\x7E\x00\x7D", false, 1002, "payload length 125 in 16 bits"},
		{"\x82\x7F\x00\x00\x00\x00\x00\x00\xFF\xFF", false, 1002, "payload length 0xffff in 64 bits"},
		{"\x82\x7F\x80\x00\x00\x00\x00\x01\x00\x00", false, 1002, "payload length 0x8000000000010000 in 64 bits"},
		{"\x82\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", false, 1009, "bytes of messages more than were due"},
		{"\x81\x01\xC0", false, 1007, "a text message that is not UTF-8"},
		{"\x01\x01\xCE\x80\x00", false, 1007, "a text message that is not UTF-8"},
	} {
		r := newReader(tt.octets, tt.masked)
		a, err := r.next()
		v, bad := asViolation(err)
		if !bad || v.code != tt.code || !strings.Contains(v.what, tt.what) {
			t.Errorf("%x: %v, %v; want %d %s", tt.octets, a, err, tt.code, tt.what)
		}
	}
}

func TestReaderTakes(t *testing.T) {
	for _, tt := range []struct {
		octets  string
		masked  bool
		op      uint8
		payload string
	}{
		{"\x81\x02hi", false, opText, "hi"},
		{"\x81\x82\x01\x02\x03\x04\x69\x6B", true, opText, "hi"},
		{"\x02\x01a\x00\x00\x80\x01b", false, opBinary, "ab"},
		{"\x01\x01\xCE\x80\x01\xBA", false, opText, "κ"},
		{"\x8A\x01p", false, opPong, "p"},
		{"\x82\x7E\x00\x7E" + strings.Repeat("x", 126), false, opBinary, strings.Repeat("x", 126)},
		{"\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("x", 1<<16), false, opBinary, strings.Repeat("x", 1<<16)},
	} {
		r := newReader(tt.octets, tt.masked)
		a, err := r.next()
		if err != nil || a.op != tt.op || string(a.payload) != tt.payload {
			t.Errorf("%.20x: %v, %v", tt.octets, a, err)
		}
		if _, err := r.next(); err != io.EOF {
			t.Errorf("%.20x: %v at the end", tt.octets, err)
		}
		for cut := 1; cut < min(len(tt.octets), 20); cut++ {
			_, err := newReader(tt.octets[:cut], tt.masked).next()
			if err != io.ErrUnexpectedEOF && !(err == io.EOF && tt.octets[0]&fin == 0) {
				t.Errorf("%.20x cut off at %d: %v", tt.octets, cut, err)
			}
		}
	}
}

func TestParseClose(t *testing.T) {
	for code := range 1 << 16 {
		_, err := parseClose([]byte(closePayload(code, "")))
		if valid := parse.ValidCloseCode(code); valid != (err == nil) {
			t.Fatalf("code %d: %v", code, err)
		}
	}
	for payload, want := range map[string]string{"": "", "a": "one byte", "\x03\xE8ok": "", "\x03\xE8\xC0": "not UTF-8"} {
		if _, err := parseClose([]byte(payload)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", payload, err)
		}
	}
}

// An announced length allocates nothing.
func TestReaderMemory(t *testing.T) {
	r := newReader("\x82\x7F\x00\x00\x00\x7F\xFF\xFF\xFF\xFF", false)
	r.left = math.MaxInt
	var err error
	if n := allocs.Bytes(1, func() { _, err = r.next() }); n > mib {
		t.Errorf("%d bytes allocated", n)
	}
	if err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}

// Two readers of headers that have nothing in common agree: this one and
// package parse.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"\x81\x05", "\x82\x7E\x01\x00", "\x89\x7F", "\xF1\xFF\xFF", "\x00\x85\x01\x02\x03\x04", "\x82\xFE\x00\x7D"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, b []byte, masked bool) {
		b = append(b, make([]byte, parse.MaxHeader)...)
		from := parse.FromServer
		if masked {
			from = parse.FromClient
		}
		want, need, wantErr := parse.ParseHeader(b, from)
		r := reader{in: bufio.NewReader(bytes.NewReader(b)), masked: masked, left: math.MaxInt, tell: refuse, inside: b[0]&0x0F == 0}
		h, err := r.header()
		_, bad := asViolation(err)
		switch {
		case need != 0 || (wantErr != nil) != bad || err != nil && !bad:
			t.Fatalf("%x: %v; parse: need %d, %v", b, err, need, wantErr)
		case err == nil && (h.first != want.First || int64(h.length) != want.Length):
			t.Fatalf("%x: %+v; parse: %+v", b, h, want)
		}
	})
}

// Whatever comes, the reader ends.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\x81\x02hi\x01\x01a\x89\x01p\x80\x01b\x88\x02\x03\xE8"), false)
	f.Fuzz(func(t *testing.T, b []byte, masked bool) {
		r := newReader(string(b), masked)
		for {
			a, err := r.next()
			if err != nil {
				_, bad := asViolation(err)
				if !bad && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatal(err)
				}
				return
			}
			if len(a.payload) > len(b) {
				t.Fatalf("%d bytes out of %d", len(a.payload), len(b))
			}
		}
	})
}
