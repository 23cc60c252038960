package tls13

import "encoding/binary"

// Sealer makes records of what is sent. It allocates only where dst has to grow.
type Sealer struct{ state }

// NewSealer returns a Sealer that begins at h, with a copy of its secret.
func NewSealer(h Half) (*Sealer, error) {
	s := new(Sealer)
	if err := s.init(h); err != nil {
		return nil, err
	}
	return s, nil
}

// updateAfter is how many records one key seals before Seal updates it: below
// the 24 million full-size records of AES-GCM (RFC 8446, section 5.5).
const updateAfter = 1 << 24

// SealedSize returns the size of the records that Seal makes of n bytes of content.
func SealedSize(n int) int {
	records := max(1, (n+MaxPlaintext-1)/MaxPlaintext)
	return n + records*Overhead
}

// Seal appends plain to dst as records of at most MaxPlaintext bytes each. An empty
// plain is one empty record. plain must not overlap the capacity of dst. Before a
// key has sealed too many records, Seal also appends a key update. After Wipe it
// appends nothing.
func (s *Sealer) Seal(dst []byte, typ uint8, plain []byte) []byte {
	for len(plain) > MaxPlaintext {
		dst = s.seal(dst, typ, plain[:MaxPlaintext])
		plain = plain[MaxPlaintext:]
	}
	return s.seal(dst, typ, plain)
}

func (s *Sealer) seal(dst []byte, typ uint8, plain []byte) []byte {
	if s.seq >= updateAfter {
		dst = s.SealKeyUpdate(dst, false)
	}
	return s.record(dst, typ, plain)
}

func (s *Sealer) record(dst []byte, typ uint8, plain []byte) []byte {
	if s.aead == nil {
		return dst // wiped
	}
	n := len(plain) + 1 + tagLen
	start := len(dst)
	dst = append(dst, TypeApplicationData, 3, 3, 0, 0)
	header := dst[start:]
	binary.BigEndian.PutUint16(header[3:], uint16(n))
	dst = append(append(dst, plain...), typ)
	content := dst[start+headerLen:]
	return s.aead.Seal(dst[:start+headerLen], s.next(), content, header)
}

// SealKeyUpdate appends a KeyUpdate message to dst and moves on to the next
// keys. request asks the peer for an update of its own.
func (s *Sealer) SealKeyUpdate(dst []byte, request bool) []byte {
	dst = s.record(dst, TypeHandshake, KeyUpdateMessage(request))
	s.Update()
	return dst
}

// SealAlert appends an alert to dst, such as CloseNotify: the last record of
// its direction.
func (s *Sealer) SealAlert(dst []byte, a AlertError) []byte {
	return s.record(dst, TypeAlert, AlertMessage(a))
}
