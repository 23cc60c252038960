package tls13

import "crypto/tls"

// AlertError is an alert, with the text of crypto/tls.
type AlertError = tls.AlertError

// Handshake messages after the handshake (RFC 8446, section 4).
const (
	newSessionTicket = 4
	keyUpdate        = 24
)

// AlertMessage returns the content of a record of an alert.
func AlertMessage(a AlertError) []byte {
	const warning, fatal = 1, 2
	level := byte(fatal)
	if a == CloseNotify || a == UserCanceled {
		level = warning
	}
	return []byte{level, byte(a)}
}

// ParseAlert returns the alert in the content of a record. CloseNotify ends the
// peer's stream, UserCanceled says nothing by itself, and any other alert ends the
// connection (RFC 8446, section 6).
func ParseAlert(plain []byte) (AlertError, error) {
	if len(plain) != 2 {
		return 0, DecodeError
	}
	return AlertError(plain[1]), nil
}

// KeyUpdateMessage returns the content of a record of a KeyUpdate. request asks
// the peer for an update of its own.
func KeyUpdateMessage(request bool) []byte {
	if request {
		return []byte{keyUpdate, 0, 0, 1, 1}
	}
	return []byte{keyUpdate, 0, 0, 1, 0}
}

// Post reads the handshake messages that come after the handshake, which may be
// split over records: it finds key updates and skips session tickets.
type Post struct {
	// Client takes session tickets, which only servers send.
	Client bool

	head [4]byte
	n    int // bytes of head
	left int // bytes of a ticket to skip
}

// Update is a key update that a peer has announced. After Received, the peer's
// next record has its next keys: call Opener.Update. After Requested, answer
// with Sealer.SealKeyUpdate(dst, false).
type Update struct{ Received, Requested bool }

// Read reads the content of one handshake record. Its error is the AlertError
// to answer with.
func (p *Post) Read(plain []byte) (u Update, err error) {
	for len(plain) > 0 {
		if p.left > 0 {
			skip := min(p.left, len(plain))
			p.left, plain = p.left-skip, plain[skip:]
			continue
		}
		n := copy(p.head[p.n:], plain)
		p.n, plain = p.n+n, plain[n:]
		if p.n < len(p.head) {
			return u, nil
		}
		length := int(p.head[1])<<16 | int(p.head[2])<<8 | int(p.head[3])
		switch {
		case p.head[0] == newSessionTicket && p.Client && length <= maxTicket:
			p.n, p.left = 0, length
		case p.head[0] == keyUpdate && length == 1:
			return p.keyUpdate(plain)
		case p.head[0] == keyUpdate:
			return u, DecodeError
		default:
			return u, UnexpectedMessage
		}
	}
	return u, nil
}

// Partial reports whether a message has come in part: a record of another type
// may not come before the rest (RFC 8446, section 5.1).
func (p *Post) Partial() bool { return p.n > 0 || p.left > 0 }

// maxTicket bounds a NewSessionTicket message: more than its fields can have,
// but for extensions.
const maxTicket = 1 << 17

// keyUpdate reads the one byte of a KeyUpdate, which must end its record, as
// the next has other keys (RFC 8446, section 5.1).
func (p *Post) keyUpdate(body []byte) (u Update, err error) {
	switch {
	case len(body) == 0:
		return u, nil
	case len(body) > 1:
		return u, UnexpectedMessage
	case body[0] > 1:
		return u, IllegalParameter
	}
	p.n = 0
	return Update{Received: true, Requested: body[0] == 1}, nil
}
