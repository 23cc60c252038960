package tls13

import (
	"bytes"
	"testing"
)

// Whatever comes, Open returns a part of the record or an alert, and opens
// nothing but what was sealed.
func FuzzOpen(f *testing.F) {
	for i, suite := range Suites {
		s := newSealer(f, half(suite))
		f.Add(uint8(i), s.Seal(nil, TypeApplicationData, []byte("hello")))
		f.Add(uint8(i), newSealer(f, half(suite)).sealInner(make([]byte, 40)))
	}
	f.Add(uint8(0), []byte{23, 3, 3, 0, 0})
	f.Add(uint8(1), []byte("GET / HTTP/1.1\r\n"))
	f.Fuzz(func(t *testing.T, n uint8, record []byte) {
		suite := Suites[int(n)%len(Suites)]
		o := newOpener(t, half(suite))
		typ, plain, err := o.Open(bytes.Clone(record))
		if _, alert := err.(AlertError); err != nil && !alert {
			t.Fatalf("%v is no alert", err)
		}
		if err != nil {
			return
		}
		if len(plain) > MaxPlaintext || typ != TypeApplicationData && typ != TypeAlert && typ != TypeHandshake {
			t.Fatalf("type %d, %d bytes", typ, len(plain))
		}
		s := newSealer(t, half(suite))
		inner := make([]byte, len(record)-headerLen-tagLen)
		copy(inner, plain)
		inner[len(plain)] = typ
		if again := s.sealInner(inner); !bytes.Equal(again[headerLen:], record[headerLen:]) {
			t.Fatalf("opened what was not sealed: % x, want % x", record, again)
		}
	})
}

// A size is that of a header, within bounds, and needs five bytes.
func FuzzRecordSize(f *testing.F) {
	f.Add([]byte{23, 3, 3, 0x41, 0})
	f.Add([]byte{23, 3, 3, 0x41, 1})
	f.Add([]byte{22, 3, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := RecordSize(b)
		switch {
		case err != nil && (n != 0 || len(b) < headerLen):
			t.Errorf("%d, %v of % x", n, err, b)
		case err == nil && n == 0 && len(b) >= headerLen:
			t.Errorf("a whole header is incomplete: % x", b)
		case n != 0 && (n < headerLen || n > MaxRecord || n-headerLen != int(b[3])<<8|int(b[4])):
			t.Errorf("%d of % x", n, b)
		}
	})
}

// Messages of any bytes, in any pieces, end in a result or an alert.
func FuzzPost(f *testing.F) {
	f.Add(KeyUpdateMessage(true), uint8(2), false)
	f.Add([]byte{4, 0, 0, 2, 9, 9, 24, 0, 0, 1, 0}, uint8(3), true)
	f.Fuzz(func(t *testing.T, b []byte, size uint8, client bool) {
		p := Post{Client: client}
		for len(b) > 0 {
			n := min(int(size)+1, len(b))
			u, err := p.Read(b[:n])
			if _, alert := err.(AlertError); err != nil && (!alert || u.Received) {
				t.Fatalf("%+v, %v", u, err)
			}
			if err != nil {
				return
			}
			b = b[n:]
		}
	})
}
