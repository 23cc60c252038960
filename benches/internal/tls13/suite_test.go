package tls13

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	rfc8448Client = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
	rfc8448Server = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
)

// Keys and IVs are those of RFC 8448, section 3.
func TestKeysOfRFC8448(t *testing.T) {
	for _, c := range []struct{ name, secret, key, iv string }{
		{"server handshake", "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30"},
		{"client handshake", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f"},
		{"server application", rfc8448Server, "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984"},
		{"client application", rfc8448Client, "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9"},
	} {
		key, iv := AES128GCM.Keys(unhex(t, c.secret))
		if hex.EncodeToString(key) != c.key || hex.EncodeToString(iv) != c.iv {
			t.Errorf("%s: key %x, IV %x; want %s, %s", c.name, key, iv, c.key, c.iv)
		}
	}
}

// Records are those of RFC 8448, section 3: the client's 50 bytes and alert, and
// the server's after its session ticket.
func TestRecordsOfRFC8448(t *testing.T) {
	data := make([]byte, 50)
	for i := range data {
		data[i] = byte(i)
	}
	for _, c := range []struct {
		name, secret, record string
		seq                  uint64
		typ                  uint8
		plain                []byte
	}{
		{"client data", rfc8448Client, `17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f
			2b 98 19 a8 a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4`, 0, TypeApplicationData, data},
		{"server data", rfc8448Server, `17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc 32 25 d0 5f 82 aa 1b 36
			e3 0e fa f9 7d 90 e6 df fc 60 2d cb 50 1a 59 a8 fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54 0d d0 32 e1 67 c2 95 5d`, 1, TypeApplicationData, data},
		{"client alert", rfc8448Client, "17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3", 1, TypeAlert, []byte{1, 0}},
		{"server alert", rfc8448Server, "17 03 03 00 13 b5 8f d6 71 66 eb f5 99 d2 47 20 cf be 7e fa 7a 88 64 a9", 2, TypeAlert, []byte{1, 0}},
	} {
		half := Half{Suite: AES128GCM, Secret: unhex(t, c.secret), Seq: c.seq}
		s, o := newSealer(t, half), newOpener(t, half)
		record := unhex(t, c.record)
		if got := s.Seal(nil, c.typ, c.plain); !bytes.Equal(got, record) {
			t.Errorf("%s sealed: % x\nwant % x", c.name, got, record)
		}
		if typ, plain, err := o.Open(record); err != nil || typ != c.typ || !bytes.Equal(plain, c.plain) {
			t.Errorf("%s opened: type %d, % x, %v", c.name, typ, plain, err)
		}
	}
}

// The secret after a key update is as long as the one before, and another.
func TestNext(t *testing.T) {
	for _, suite := range Suites {
		h := half(suite)
		key, iv := suite.Keys(h.Secret)
		next := suite.Next(h.Secret)
		nextKey, _ := suite.Keys(next)
		if len(next) != len(h.Secret) || len(key) != suite.parameters().key || len(iv) != 12 {
			t.Errorf("%v: lengths of secret %d, key %d, IV %d", suite, len(next), len(key), len(iv))
		}
		if bytes.Equal(next, h.Secret) || bytes.Equal(key, nextKey) {
			t.Errorf("%v: an update changes nothing", suite)
		}
		h.Seq = 7
		if h.Update(); !bytes.Equal(h.Secret, next) || h.Seq != 0 {
			t.Errorf("%v: updated to % x, record %d; want % x, 0", suite, h.Secret, h.Seq, next)
		}
	}
}

// Unknown suites and secrets of another length are errors, not panics.
func TestSuiteRefused(t *testing.T) {
	for _, h := range []Half{{}, {Suite: 0x1304, Secret: make([]byte, 32)}, {Suite: AES256GCM, Secret: make([]byte, 32)}, {Suite: AES128GCM}} {
		s, err := NewSealer(h)
		o, err2 := NewOpener(h)
		if s != nil || o != nil || err == nil || err2 == nil || h.ToKernel(-1, 1) == nil {
			t.Errorf("suite %#x with %d bytes: %v, %v", uint16(h.Suite), len(h.Secret), err, err2)
		}
		if key, iv := h.Suite.Keys(h.Secret); key != nil || iv != nil || h.Suite.Next(h.Secret) != nil {
			t.Errorf("suite %#x derives keys", uint16(h.Suite))
		}
		h.Update()
	}
}

// Whatever prints a session, a Sealer or an Opener, secrets do not show.
func TestSecretsUnprinted(t *testing.T) {
	h := half(AES128GCM)
	h.Seq = 7
	s, o := pair(t, h)
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
		for _, value := range []any{h, &h, Session{In: h, Out: h}, &Session{In: h, Out: h}, s, *s, o, *o} {
			got := fmt.Sprintf(verb, value)
			if !strings.Contains(got, "TLS_AES_128_GCM_SHA256 at record 7") || strings.Contains(got, fmt.Sprintf(verb, h.Secret)) {
				t.Errorf("%s of %T: %s", verb, value, got)
			}
		}
	}
}
