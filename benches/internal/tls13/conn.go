package tls13

import (
	"encoding/binary"
	"io"
	"net"
)

// recordConn hands out one record at a time, its header first. crypto/tls reads as
// much as its buffer has room for, and would otherwise take what follows Finished.
type recordConn struct {
	net.Conn
	header [headerLen]byte
	give   []byte // what is left of header to hand out
	left   int    // bytes of the record after its header
}

func (c *recordConn) Read(b []byte) (int, error) {
	if len(c.give) == 0 && c.left == 0 {
		if err := c.readHeader(); err != nil {
			return 0, err
		}
	}
	if len(c.give) > 0 {
		n := copy(b, c.give)
		c.give = c.give[n:]
		return n, nil
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}

// readHeader reads a whole header, or what comes of it before an error. It checks
// nothing: crypto/tls refuses what is not a record.
func (c *recordConn) readHeader() error {
	n, err := io.ReadFull(c.Conn, c.header[:])
	if c.give = c.header[:n]; err == nil {
		c.left = int(binary.BigEndian.Uint16(c.header[3:]))
	} else if n > 0 {
		err = nil // again with the next Read
	}
	return err
}
