// Package client has what tests of the examples share: a WebSocket client, and
// the example as a process of its own.
package client

import (
	"net"
	"testing"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/mask"
	"wsbench/parse"
)

// Conn is a client's connection. Whatever fails, fails the test.
type Conn struct {
	*net.TCPConn
	t   testing.TB
	buf []byte
}

// patience is how long a test waits for anything.
const patience = 20 * time.Second

// Dial connects to addr.
func Dial(t testing.TB, addr string) *Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	nc.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { nc.Close() })
	return &Conn{TCPConn: nc.(*net.TCPConn), t: t}
}

// Open opens a WebSocket at addr, and sends behind right after the request.
func Open(t testing.TB, addr, target string, behind ...byte) *Conn {
	t.Helper()
	c := Dial(t, addr)
	h := wsclient.NewHandshake(addr, target)
	c.Send(append(h.Append(nil), behind...))
	var err error
	if c.buf, err = wsclient.Await(c, &h); err != nil {
		t.Fatal(err)
	}
	return c
}

// Frame returns a client's frame.
func Frame(op parse.Opcode, payload string) []byte {
	const key = 0xA1B2C3D4
	b := parse.AppendMaskedHeader(nil, parse.FIN|uint8(op), len(payload), key)
	at := len(b)
	b = append(b, payload...)
	mask.Unmask(b[at:], key)
	return b
}

// Send sends bytes as they are.
func (c *Conn) Send(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// Say sends a text.
func (c *Conn) Say(text string) {
	c.t.Helper()
	c.Send(Frame(parse.Text, text))
}

// Next reads a frame.
func (c *Conn) Next() (op parse.Opcode, payload string) {
	c.t.Helper()
	for {
		h, need, err := parse.ParseHeader(c.buf, parse.FromServer)
		if err != nil {
			c.t.Fatal(err)
		}
		if size := int(h.Size) + int(h.Length); need == 0 && len(c.buf) >= size {
			payload = string(c.buf[h.Size:size])
			c.buf = c.buf[size:]
			return h.Opcode(), payload
		}
		c.more()
	}
}

// Want reads texts, which must be these.
func (c *Conn) Want(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		if op, got := c.Next(); op != parse.Text || got != want {
			c.t.Fatalf("got %v %.80q, want the text %.80q", op, got, want)
		}
	}
}

// WantClose reads a close frame with this code, answers it, and awaits EOF.
func (c *Conn) WantClose(code int) {
	c.t.Helper()
	op, payload := c.Next()
	got, _, err := parse.ParseClose([]byte(payload))
	if op != parse.Close || got != code || err != nil {
		c.t.Fatalf("got %v %.80q, want a close frame with code %d", op, payload, code)
	}
	c.Send(Frame(parse.Close, payload))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || len(c.buf) > 0 {
		c.t.Fatalf("%d bytes behind the close frame, %v", n+len(c.buf), err)
	}
	c.Close()
}

func (c *Conn) more() {
	c.t.Helper()
	b := make([]byte, 64<<10)
	n, err := c.Read(b)
	if err != nil {
		c.t.Fatal(err)
	}
	c.buf = append(c.buf, b[:n]...)
}
