package tls13

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"

	"wsbench/syscalls"
)

// Suite is a TLS 1.3 cipher suite, by its number in crypto/tls.
type Suite uint16

const (
	AES128GCM        = Suite(tls.TLS_AES_128_GCM_SHA256)
	AES256GCM        = Suite(tls.TLS_AES_256_GCM_SHA384)
	ChaCha20Poly1305 = Suite(tls.TLS_CHACHA20_POLY1305_SHA256)
)

// Suites are those of TLS 1.3 that this package has.
var Suites = []Suite{AES128GCM, AES256GCM, ChaCha20Poly1305}

// String returns the name of the RFC, such as TLS_AES_128_GCM_SHA256.
func (s Suite) String() string { return tls.CipherSuiteName(uint16(s)) }

type parameters struct {
	hash        func() hash.Hash
	secret, key int // lengths
	cipher      syscalls.TLSCipher
}

const (
	ivLen     = 12
	maxSecret = sha512.Size384
)

// parameters returns zero lengths for an unknown suite.
func (s Suite) parameters() parameters {
	switch s {
	case AES128GCM:
		return parameters{sha256.New, sha256.Size, 16, syscalls.TLSAES128GCM}
	case AES256GCM:
		return parameters{sha512.New384, sha512.Size384, 32, syscalls.TLSAES256GCM}
	case ChaCha20Poly1305:
		return parameters{sha256.New, sha256.Size, chacha20poly1305.KeySize, syscalls.TLSChaCha20Poly1305}
	}
	return parameters{}
}

// check refuses unknown suites and secrets of another suite's length.
func (s Suite) check(secret []byte) error {
	want := s.parameters().secret
	if want == 0 {
		return fmt.Errorf("cipher suite %#04x is none of TLS 1.3 that is known here", uint16(s))
	}
	if len(secret) != want {
		return fmt.Errorf("a traffic secret of %d bytes; %v has %d", len(secret), s, want)
	}
	return nil
}

// Keys derives the key and the IV of a traffic secret (RFC 8446, section 7.3).
// It returns nil for a secret that is none of the suite's.
func (s Suite) Keys(secret []byte) (key, iv []byte) {
	if s.check(secret) != nil {
		return nil, nil
	}
	return s.expand(secret, "key", s.parameters().key), s.expand(secret, "iv", ivLen)
}

// Next derives the traffic secret after a key update (RFC 8446, section 7.2).
// It returns nil for a secret that is none of the suite's.
func (s Suite) Next(secret []byte) []byte {
	if s.check(secret) != nil {
		return nil
	}
	return s.expand(secret, "traffic upd", len(secret))
}

// expand is HKDF-Expand-Label with an empty context (RFC 8446, section 7.1).
func (s Suite) expand(secret []byte, label string, n int) []byte {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(n))
	info = append(info, byte(len(label)))
	info = append(append(info, label...), 0)
	b, err := hkdf.Expand(s.parameters().hash, secret, string(info), n)
	if err != nil {
		panic(err) // the lengths are the suites', far below HKDF's bound
	}
	return b
}

// aead returns the cipher of a key of the suite's length.
func (s Suite) aead(key []byte) (cipher.AEAD, error) {
	if s == ChaCha20Poly1305 {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
