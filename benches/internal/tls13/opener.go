package tls13

import "math"

// Opener opens the records that are received, in place and without allocation.
type Opener struct {
	state
	idle int // records in a row that carried no application data
}

// NewOpener returns an Opener that begins at h, with a copy of its secret.
func NewOpener(h Half) (*Opener, error) {
	o := new(Opener)
	if err := o.init(h); err != nil {
		return nil, err
	}
	return o, nil
}

// maxIdle is how many records without application data may follow each other.
const maxIdle = 32

// Open opens record in place: plain is a part of it. record has the size that
// RecordSize returns. The error is the AlertError to answer with; it ends the
// connection.
func (o *Opener) Open(record []byte) (typ uint8, plain []byte, err error) {
	n, err := RecordSize(record)
	switch {
	case err != nil:
		return 0, nil, err
	case n == 0 || n != len(record):
		return 0, nil, DecodeError
	case n < Overhead || o.seq == math.MaxUint64 || o.aead == nil:
		return 0, nil, BadRecordMAC
	}
	content := record[headerLen:]
	inner, err := o.aead.Open(content[:0], o.next(), content, record[:headerLen])
	if err != nil {
		return 0, nil, BadRecordMAC
	}
	typ, plain = unpad(inner)
	return typ, plain, o.check(typ, len(plain), len(inner))
}

// unpad removes the padding, and returns the content and its type. typ is 0 if
// inner has nothing but zeros.
func unpad(inner []byte) (typ uint8, plain []byte) {
	for i := len(inner) - 1; i >= 0; i-- {
		if inner[i] != 0 {
			return inner[i], inner[:i]
		}
	}
	return 0, nil
}

// check returns the alert that answers a record of this type, with so many bytes of
// content and of content, type and padding.
func (o *Opener) check(typ uint8, plain, inner int) error {
	switch {
	case inner > MaxPlaintext+1:
		return RecordOverflow
	case typ == TypeApplicationData && plain > 0:
		o.idle = 0
		return nil
	case typ != TypeApplicationData && typ != TypeHandshake && typ != TypeAlert:
		return UnexpectedMessage
	case typ != TypeApplicationData && plain == 0:
		return UnexpectedMessage // RFC 8446, section 5.4
	}
	if o.idle++; o.idle > maxIdle {
		return UnexpectedMessage
	}
	return nil
}
