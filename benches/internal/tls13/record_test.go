package tls13

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func newSealer(t testing.TB, h Half) *Sealer {
	t.Helper()
	s, err := NewSealer(h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newOpener(t testing.TB, h Half) *Opener {
	t.Helper()
	o, err := NewOpener(h)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func half(s Suite) Half {
	return Half{Suite: s, Secret: bytes.Repeat([]byte{byte(s)}, s.parameters().secret)}
}

// pair returns both ends of one direction.
func pair(t testing.TB, h Half) (*Sealer, *Opener) { return newSealer(t, h), newOpener(t, h) }

// openAll opens the records of b and joins their content.
func openAll(t *testing.T, o *Opener, b []byte) (content []byte, records int) {
	t.Helper()
	for len(b) > 0 {
		n, err := RecordSize(b)
		if err != nil || n == 0 || n > len(b) {
			t.Fatalf("record of %d bytes of %d: %v", n, len(b), err)
		}
		_, plain, err := o.Open(b[:n])
		if err != nil {
			t.Fatal(err)
		}
		content, b, records = append(content, plain...), b[n:], records+1
	}
	return content, records
}

// Every suite opens what it sealed, split at 16 KiB, in the size foretold.
func TestSealOpen(t *testing.T) {
	for _, suite := range Suites {
		s, o := pair(t, half(suite))
		for n, want := range map[int]int{0: 1, 1: 1, 20: 1, MaxPlaintext - 1: 1, MaxPlaintext: 1, MaxPlaintext + 1: 2, 2 * MaxPlaintext: 2, 50000: 4} {
			plain := bytes.Repeat([]byte("abc"), n/3+1)[:n]
			b := s.Seal([]byte("before"), TypeApplicationData, plain)
			if len(b) != len("before")+SealedSize(n) || string(b[:6]) != "before" {
				t.Errorf("%v: %d bytes sealed are %d, want %d", suite, n, len(b)-6, SealedSize(n))
			}
			if got, records := openAll(t, o, b[6:]); !bytes.Equal(got, plain) || records != want {
				t.Errorf("%v: %d bytes became %d in %d records, want %d", suite, n, len(got), records, want)
			}
		}
	}
}

func TestRecordSize(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want int
		err  error
	}{
		{nil, 0, nil},
		{[]byte{23, 3, 3, 0}, 0, nil},
		{[]byte{23, 3, 3, 0, 30}, 35, nil},
		{[]byte{23, 3, 3, 0x41, 0}, 5 + 1<<14 + 256, nil},
		{[]byte{23, 3, 3, 0x41, 1}, 0, RecordOverflow},
		{[]byte{20, 3, 3, 0, 1}, 0, UnexpectedMessage},
		{[]byte{21, 3, 3, 0, 2}, 0, UnexpectedMessage},
		{[]byte("GET / HTTP/1.1"), 0, UnexpectedMessage},
		{[]byte{20}, 0, nil},
	} {
		if n, err := RecordSize(c.b); n != c.want || err != c.err {
			t.Errorf("% x: %d, %v; want %d, %v", c.b, n, err, c.want, c.err)
		}
	}
}

// sealInner seals what an honest Sealer would not: any inner plaintext.
func (s *Sealer) sealInner(inner []byte) []byte {
	n := len(inner) + tagLen
	b := []byte{23, 3, 3, byte(n >> 8), byte(n)}
	return append(b, s.aead.Seal(nil, s.next(), inner, b)...)
}

// Padding is stripped, and what is authentic but wrong gets the alert that the
// RFC names.
func TestInner(t *testing.T) {
	long := append(bytes.Repeat([]byte{1}, MaxPlaintext), 23)
	for _, c := range []struct {
		name  string
		inner []byte
		typ   uint8
		plain string
		err   error
	}{
		{"padding", []byte("x\x17\x00\x00\x00"), 23, "x", nil},
		{"zeros before the type", []byte("\x00\x00\x17\x00"), 23, "\x00\x00", nil},
		{"no content but padding", []byte("\x17\x00"), 23, "", nil},
		{"no type", make([]byte, 9), 0, "", UnexpectedMessage},
		{"empty", nil, 0, "", BadRecordMAC},
		{"longest", long, 23, string(long[:MaxPlaintext]), nil},
		{"longest, padded", append(bytes.Clone(long), 0), 0, "", RecordOverflow},
		{"too long", append([]byte{1}, long...), 0, "", RecordOverflow},
		{"empty alert", []byte{21}, 0, "", UnexpectedMessage},
		{"empty handshake", []byte{22, 0}, 0, "", UnexpectedMessage},
		{"change_cipher_spec inside", []byte{1, 20}, 0, "", UnexpectedMessage},
		{"unknown type", []byte{1, 99}, 0, "", UnexpectedMessage},
		{"alert", []byte{1, 0, 21}, 21, "\x01\x00", nil},
	} {
		s, o := pair(t, half(AES128GCM))
		typ, plain, err := o.Open(s.sealInner(c.inner))
		if err != c.err || err == nil && (typ != c.typ || string(plain) != c.plain) {
			t.Errorf("%s: type %d, %d bytes, %v; want %v", c.name, typ, len(plain), err, c.err)
		}
	}
}

// A record with any bit changed, out of its turn, cut or joined to the next is
// refused.
func TestWrongRecords(t *testing.T) {
	for _, suite := range Suites {
		s, o := pair(t, half(suite))
		first := s.Seal(nil, TypeApplicationData, []byte("hello"))
		second := s.Seal(nil, TypeApplicationData, []byte("again"))
		for i := range first {
			*o = *newOpener(t, half(suite))
			wrong := bytes.Clone(first)
			wrong[i] ^= 1
			if _, plain, err := o.Open(wrong); err == nil {
				t.Errorf("%v: byte %d changed: %q", suite, i, plain)
			}
		}
		for name, b := range map[string][]byte{"out of turn": second, "cut": first[:len(first)-1], "cut in the header": first[:4], "joined": append(bytes.Clone(first), second...)} {
			*o = *newOpener(t, half(suite))
			if _, _, err := o.Open(bytes.Clone(b)); err == nil {
				t.Errorf("%v: a record %s is opened", suite, name)
			}
		}
		*o = *newOpener(t, half(suite))
		wrong := bytes.Clone(first)
		wrong[len(wrong)-1] ^= 1
		if _, _, err := o.Open(wrong); err != BadRecordMAC {
			t.Errorf("%v: wrong tag: %v", suite, err)
		}
	}
}

// Both ends move on together, and what the old key sealed is refused then.
func TestUpdate(t *testing.T) {
	for _, suite := range Suites {
		s, o := pair(t, half(suite))
		old := newSealer(t, half(suite))
		for _, request := range []bool{false, true} {
			typ, plain, err := o.Open(s.SealKeyUpdate(nil, request))
			if err != nil || typ != TypeHandshake {
				t.Fatalf("%v: type %d, %v", suite, typ, err)
			}
			if u, err := new(Post).Read(plain); err != nil || u != (Update{true, request}) {
				t.Fatalf("%v: %+v, %v", suite, u, err)
			}
			o.Update()
			if got, _ := openAll(t, o, s.Seal(nil, TypeApplicationData, []byte("new"))); string(got) != "new" {
				t.Errorf("%v: %q after an update", suite, got)
			}
		}
		if _, _, err := o.Open(old.Seal(nil, TypeApplicationData, []byte("old"))); err != BadRecordMAC {
			t.Errorf("%v: a record of the old key: %v", suite, err)
		}
	}
}

// A key seals no more records than it safely can: an update comes between.
func TestUpdateInTime(t *testing.T) {
	h := half(AES128GCM)
	h.Seq = updateAfter - 1
	s, o := pair(t, h)
	if b := s.Seal(nil, TypeApplicationData, []byte("last")); len(b) != SealedSize(4) {
		t.Fatalf("%d bytes, want one record", len(b))
	}
	o.seq++
	b := s.Seal(nil, TypeApplicationData, []byte("next"))
	n, _ := RecordSize(b)
	typ, plain, err := o.Open(b[:n])
	if u, _ := new(Post).Read(plain); err != nil || typ != TypeHandshake || !u.Received {
		t.Fatalf("type %d, % x, %v; want a key update", typ, plain, err)
	}
	o.Update()
	if got, _ := openAll(t, o, b[n:]); string(got) != "next" {
		t.Errorf("%q after the update", got)
	}
}

// The last sequence number is not used again as the first.
func TestSequenceEnds(t *testing.T) {
	h := half(AES256GCM)
	h.Seq = math.MaxUint64
	o := newOpener(t, h)
	if _, _, err := o.Open(newSealer(t, half(AES256GCM)).Seal(nil, TypeApplicationData, []byte("x"))); err != BadRecordMAC || o.seq != math.MaxUint64 {
		t.Errorf("%v, next is %d", err, o.seq)
	}
}

// A peer cannot keep an Opener busy with records that carry nothing.
func TestIdleRecords(t *testing.T) {
	s, o := pair(t, half(AES128GCM))
	empty := func() error {
		_, _, err := o.Open(s.Seal(nil, TypeApplicationData, nil))
		return err
	}
	for range 3 {
		for i := range maxIdle {
			if err := empty(); err != nil {
				t.Fatalf("empty record %d: %v", i, err)
			}
		}
		if _, _, err := o.Open(s.Seal(nil, TypeApplicationData, []byte("x"))); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	for range maxIdle + 1 {
		err = empty()
	}
	if err != UnexpectedMessage {
		t.Errorf("after %d empty records: %v", maxIdle+1, err)
	}
}

func TestAllocs(t *testing.T) {
	for _, suite := range Suites {
		s, o := pair(t, half(suite))
		plain := make([]byte, 40000)
		b := make([]byte, 0, SealedSize(len(plain)))
		if n := testing.AllocsPerRun(20, func() {
			for rest := s.Seal(b, TypeApplicationData, plain); len(rest) > 0; {
				n, _ := RecordSize(rest)
				if _, _, err := o.Open(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations to seal and open %d bytes", suite, n, len(plain))
		}
	}
	s := newSealer(t, half(AES128GCM))
	b := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(20, func() { s.SealAlert(b, CloseNotify) }); n != 0 {
		t.Errorf("%v allocations for an alert", n)
	}
}

// After Wipe the secret is gone and nothing is sealed or opened.
func TestWipe(t *testing.T) {
	h := half(AES128GCM)
	s, o := pair(t, h)
	record := s.Seal(nil, TypeApplicationData, []byte("x"))
	session := Session{In: h, Out: half(AES256GCM)}
	session.Wipe()
	s.Wipe()
	o.Wipe()
	for name, b := range map[string][]byte{"in": session.In.Secret, "out": session.Out.Secret, "sealer": s.buf[:], "opener": o.buf[:], "IV": s.iv[:]} {
		if len(bytes.Trim(b, "\x00")) != 0 {
			t.Errorf("%s: not wiped", name)
		}
	}
	s.Update()
	if b := s.Seal(nil, TypeApplicationData, []byte("x")); len(b) != 0 {
		t.Errorf("a wiped Sealer sealed % x", b)
	}
	if _, _, err := o.Open(record); !errors.Is(err, BadRecordMAC) {
		t.Errorf("a wiped Opener: %v", err)
	}
}
