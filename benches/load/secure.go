package load

import (
	"io"

	"wsbench/benches/internal/wsclient"
)

// secured is what a connection of TLS has besides: its records, and what is left of
// those of a short send.
type secured struct {
	*wsclient.Records
	kept  []byte
	ended bool // nothing more is received
}

// secures allocates what records are received and sealed in.
func (t *thread) secures(cfg *Config) {
	t.space = make([]byte, wsclient.Headroom+len(t.buf))
	t.buf = t.space[wsclient.Headroom:]
	t.sealed = make([]byte, 0, wsclient.SealedSize(cfg.Depth*t.frames.frame))
}

// over reports whether TLS has ended on c, which TCP may not have.
func (c *conn) over() bool { return c.tls != nil && c.tls.ended }

// seal returns b as records of c, valid until the next call. They are sent before
// anything else on c.
func (t *thread) seal(c *conn, b []byte) []byte {
	t.sealed = c.tls.Seal(t.sealed[:0], b)
	return t.sealed
}

// keep returns b, which waits for room in the socket, where it outlasts other sends.
func (c *conn) keep(b []byte) []byte {
	if c.tls == nil {
		return b
	}
	c.tls.kept = append(c.tls.kept[:0], b...)
	return c.tls.kept
}

// decrypt takes the n bytes that were received last, of c, as consume takes plain
// ones.
func (t *thread) decrypt(c *conn, n int) error {
	plain, ended := c.tls.Open(t.space, n)
	if err := t.consume(c, plain); err != nil {
		return err
	}
	if ended == nil {
		return nil
	}
	c.tls.ended = true
	if ended == io.EOF {
		ended = errEOF
	}
	return c.lost(ended)
}
