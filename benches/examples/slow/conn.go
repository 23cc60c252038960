package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"wsbench/mask"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// maxMessage bounds a frame's payload, bytes.
const maxMessage = 16 << 20

// conn is one connection.
type conn struct {
	net.Conn
	in      *bufio.Reader
	fixed   bool
	payload []byte // of a frame as it came, reused
	out     []byte // the answer, reused
	next    func(byte) byte
}

func newConn(nc net.Conn, fixed bool) *conn {
	return &conn{Conn: nc, in: bufio.NewReaderSize(nc, 64<<10), fixed: fixed}
}

// serve answers the opening handshake, then frame by frame until the client takes
// leave or breaks a rule.
func (c *conn) serve() {
	for ok := c.greet(); ok; {
		h, err := c.header()
		if err != nil || h.Length > maxMessage {
			return
		}
		payload, err := c.read(h)
		ok = err == nil && c.answer(h, payload)
	}
}

// greet answers the opening handshake; false if it is refused.
func (c *conn) greet() bool {
	for n := 1; ; n = c.in.Buffered() + 1 {
		if _, err := c.in.Peek(n); err != nil {
			return false
		}
		b, _ := c.in.Peek(c.in.Buffered())
		u, refused := opening.ParseUpgrade(b)
		switch {
		case refused != nil:
			c.Write(refused.Append(nil))
			return false
		case u.Size > 0:
			c.in.Discard(u.Size)
			_, err := c.Write(opening.AppendAccept(nil, u.Key))
			return err == nil
		}
	}
}

// header reads the header of a frame.
func (c *conn) header() (parse.Header, error) {
	for n := 2; ; {
		b, err := c.in.Peek(n)
		if err != nil {
			return parse.Header{}, err
		}
		h, need, err := parse.ParseHeader(b, parse.FromClient)
		if need == 0 {
			c.in.Discard(int(h.Size))
			return h, err
		}
		n += need
	}
}

// read returns the payload of the frame h, unmasked. It is valid until the next
// read.
func (c *conn) read(h parse.Header) ([]byte, error) {
	if cap(c.payload) < int(h.Length) {
		c.payload = make([]byte, h.Length)
	}
	c.payload = c.payload[:h.Length]
	if _, err := io.ReadFull(c.in, c.payload); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	if c.fixed {
		mask.Unmask(c.payload, h.Key)
		return c.payload, nil
	}
	c.next = unmasker(h.Key)
	return c.unmaskBytewise(), nil
}

// unmaskBytewise is the fault: a call and a division for each byte, and a new
// slice for each message. Where it is not inlined, profiles name it.
//
//go:noinline
func (c *conn) unmaskBytewise() []byte {
	payload := make([]byte, 0, len(c.payload))
	for _, b := range c.payload {
		payload = append(payload, c.next(b))
	}
	return payload
}

// unmasker returns a function that unmasks the payload's next byte.
//
//go:noinline
func unmasker(key uint32) func(byte) byte {
	keys, i := binary.LittleEndian.AppendUint32(nil, key), 0
	return func(b byte) byte {
		b ^= keys[i%len(keys)]
		i++
		return b
	}
}

// answer answers a frame: it echoes data frames as they are, fragments one by one.
// It reports whether the connection goes on.
func (c *conn) answer(h parse.Header, payload []byte) bool {
	first := h.First
	switch h.Opcode() {
	case parse.Pong:
		return true
	case parse.Ping:
		first = parse.FIN | byte(parse.Pong)
	}
	c.out = append(parse.AppendHeader(c.out[:0], first, len(payload)), payload...)
	_, err := c.Write(c.out)
	return err == nil && h.Opcode() != parse.Close
}
