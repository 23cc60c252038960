package syscalls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
)

// tlsCiphers are those of the kernel, with keys that no handshake made.
var tlsCiphers = []struct {
	name string
	keys TLSKeys
}{
	{"aes-128-gcm", TLSKeys{TLSAES128GCM, ascending(1, 16), ascending(50, 12), 3}},
	{"aes-256-gcm", TLSKeys{TLSAES256GCM, ascending(2, 32), ascending(60, 12), 1 << 40}},
	{"chacha20-poly1305", TLSKeys{TLSChaCha20Poly1305, ascending(3, 32), ascending(70, 12), 0}},
}

// userTLS is one direction of a connection in userspace: what the kernel's
// records are compared with. A server's record layer is benches/internal/tls13,
// which this package's tests may not import.
type userTLS struct {
	aead  cipher.AEAD
	keys  TLSKeys
	nonce []byte
}

func newUserTLS(t testing.TB, k TLSKeys) *userTLS {
	t.Helper()
	u := &userTLS{keys: k, nonce: make([]byte, 12)}
	var err error
	if k.Cipher == TLSChaCha20Poly1305 {
		u.aead, err = chacha20poly1305.New(k.Key)
	} else {
		var block cipher.Block
		block, err = aes.NewCipher(k.Key)
		noError(t, err)
		u.aead, err = cipher.NewGCM(block)
	}
	noError(t, err)
	return u
}

// next returns the nonce of the next record (RFC 8446, section 5.3).
func (u *userTLS) next() []byte {
	copy(u.nonce, u.keys.IV)
	low := u.nonce[4:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^u.keys.Seq)
	u.keys.Seq++
	return u.nonce
}

func (u *userTLS) seal(dst []byte, typ uint8, plain []byte) []byte {
	n := len(plain) + 1 + u.aead.Overhead()
	dst = append(dst, 23, 3, 3, byte(n>>8), byte(n))
	head := len(dst)
	dst = append(append(dst, plain...), typ)
	return u.aead.Seal(dst[:head], u.next(), dst[head:], dst[head-5:head])
}

// open opens one record in place.
func (u *userTLS) open(record []byte) (typ uint8, plain []byte, err error) {
	inner, err := u.aead.Open(record[5:5], u.next(), record[5:], record[:5])
	if err != nil {
		return 0, nil, err
	}
	return inner[len(inner)-1], inner[:len(inner)-1], nil
}

func TestUserTLS(t *testing.T) {
	for _, c := range tlsCiphers {
		record := newUserTLS(t, c.keys).seal(nil, 23, []byte("hello"))
		typ, plain, err := newUserTLS(t, c.keys).open(record)
		if typ != 23 || !bytes.Equal(plain, []byte("hello")) || err != nil {
			t.Errorf("%s: type %d, %q, %v", c.name, typ, plain, err)
		}
	}
}
