package echo

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"wsbench/parse/opening"
)

// errPlain answers plain HTTP on a port of TLS.
var errPlain = &opening.Refusal{Status: 400, Text: "Bad Request", Why: "this port speaks TLS: use https:// or wss://"}

// plainHTTP reports whether a TLS handshake failed with err because the peer
// speaks plain HTTP.
func plainHTTP(err error) bool {
	var header tls.RecordHeaderError
	if !errors.As(err, &header) {
		return false
	}
	method, _, _ := bytes.Cut(header.RecordHeader[:], []byte(" "))
	return bytes.IndexFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
}

// secured does the TLS handshake, if there is one to do. It returns false if that
// failed.
func (c *netConn) secured() bool {
	if c.secure == nil {
		return true
	}
	c.s.count.begun()
	err := c.secure.Handshake()
	c.s.count.ended(c.secure.ConnectionState().DidResume, err)
	switch {
	case err == nil:
		c.s.count.user.Add(1)
		c.await()
		return true
	case errors.Is(err, os.ErrDeadlineExceeded):
		return false
	case plainHTTP(err):
		c.raw.Write(errPlain.Append(nil))
	}
	c.finish()
	return false
}

// unreadable counts err, for which crypto/tls reads no more. If crypto/tls has sent
// an alert for wrong records, it lets the peer receive that before the connection
// is closed.
func (c *netConn) unreadable(err error) {
	var own *net.OpError
	switch {
	case errors.As(err, new(tls.RecordHeaderError)), errors.As(err, &own) && own.Op == "local error":
		c.s.count.tlsRefused.Add(1)
		c.finish()
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.s.count.tlsTruncated.Add(1)
	}
}

// hasty is a connection whose write deadlines are at most netLinger away. crypto/tls
// gives its close_notify five seconds.
type hasty struct{ net.Conn }

func (h hasty) SetWriteDeadline(t time.Time) error {
	if most := time.Now().Add(netLinger); t.After(most) {
		t = most
	}
	return h.Conn.SetWriteDeadline(t)
}
