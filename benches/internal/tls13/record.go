package tls13

import (
	"crypto/cipher"
	"crypto/tls"
	"encoding/binary"
	"fmt"
)

// Types of records (RFC 8446, section 5.1).
const (
	TypeChangeCipherSpec = 20
	TypeAlert            = 21
	TypeHandshake        = 22
	TypeApplicationData  = 23
)

const (
	MaxPlaintext = 1 << 14 // bytes of content in one record
	MaxRecord    = headerLen + maxCiphertext
	HeaderSize   = headerLen // bytes in front of a record's content
	// Overhead is how many bytes a record has besides its content: header, content
	// type and tag.
	Overhead = headerLen + 1 + tagLen

	headerLen     = 5
	tagLen        = 16
	maxCiphertext = MaxPlaintext + 256 // RFC 8446, section 5.2
)

// Errors about what a peer sent are alerts: the answers to it.
const (
	CloseNotify       = tls.AlertError(0)
	UnexpectedMessage = tls.AlertError(10)
	BadRecordMAC      = tls.AlertError(20)
	RecordOverflow    = tls.AlertError(22)
	IllegalParameter  = tls.AlertError(47)
	DecodeError       = tls.AlertError(50)
	InternalError     = tls.AlertError(80)
	UserCanceled      = tls.AlertError(90)
)

// RecordSize returns the size of the record at the start of b, header included, or
// 0 while the header is incomplete. It refuses records of a handshake: after it,
// the outer type of all records is application data.
func RecordSize(b []byte) (n int, err error) {
	if len(b) < headerLen {
		return 0, nil
	}
	if b[0] != TypeApplicationData {
		return 0, UnexpectedMessage
	}
	n = int(binary.BigEndian.Uint16(b[3:]))
	if n > maxCiphertext {
		return 0, RecordOverflow
	}
	return headerLen + n, nil
}

// state is what a Sealer and an Opener have in common.
type state struct {
	aead  cipher.AEAD
	iv    [ivLen]byte
	nonce [ivLen]byte // here because arguments of an interface's methods escape
	seq   uint64
	n     int // bytes of secret
	suite Suite
	buf   [maxSecret]byte
}

func (s *state) init(h Half) error {
	if err := h.Suite.check(h.Secret); err != nil {
		return err
	}
	s.suite, s.seq, s.n = h.Suite, h.Seq, copy(s.buf[:], h.Secret)
	return s.rekey()
}

// Format writes the suite and the next record, with any verb of fmt, as
// Half.Format does.
func (s state) Format(f fmt.State, verb rune) { Half{Suite: s.suite, Seq: s.seq}.Format(f, verb) }

func (s *state) rekey() (err error) {
	key, iv := s.suite.Keys(s.buf[:s.n])
	copy(s.iv[:], iv)
	s.aead, err = s.suite.aead(key)
	clear(key)
	clear(iv)
	return err
}

// Update moves on to the next keys. Call it on an Opener that has opened a
// KeyUpdate message. A Sealer's SealKeyUpdate calls it.
func (s *state) Update() {
	if s.aead == nil {
		return // wiped
	}
	h := Half{Suite: s.suite, Secret: s.buf[:s.n]}
	h.Update()
	s.seq = 0
	s.rekey() // fails for no key of the length that the first one had
}

// next returns the nonce of the next record (RFC 8446, section 5.3), valid
// until the one after it.
func (s *state) next() []byte {
	s.nonce = s.iv
	low := s.nonce[ivLen-8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^s.seq)
	s.seq++
	return s.nonce[:]
}

// Wipe overwrites the secret and drops the cipher, whose copy of the key stays
// in memory until the garbage collector reuses it. Nothing is sealed or opened
// after it.
func (s *state) Wipe() {
	clear(s.buf[:])
	clear(s.iv[:])
	clear(s.nonce[:])
	s.aead = nil
}
