//go:build linux

package reactor

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

const fin = parse.FIN

// The poller of package net has descriptors of its own, from its first use on:
// tests that count descriptors count those before, too.
func init() {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
	}
}

// newLoop makes a loop that listens on a port of its own.
func newLoop(t testing.TB, cfg Config) (*Loop, netip.AddrPort) {
	t.Helper()
	if cfg.Handshake == 0 { // on a busy machine a client may take long to send it
		cfg.Handshake = waiting.Bound
	}
	l, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fd, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Listen(fd); err != nil {
		t.Fatal(err)
	}
	if overTLS != nil {
		overTLS[addr] = l
		t.Cleanup(func() { delete(overTLS, addr) })
	}
	return l, addr
}

// start runs a loop until the test ends, which must leave no descriptor open.
func start(t *testing.T, cfg Config) (*Loop, netip.AddrPort) {
	t.Helper()
	before := descriptors(t)
	l, addr := newLoop(t, cfg)
	ended := make(chan error, 1)
	go func() { ended <- l.Run() }()
	t.Cleanup(func() {
		l.Shutdown(0)
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(waiting.Bound):
			t.Fatal("the loop does not end")
		}
		if n := l.pool.Lent(); n != 0 {
			t.Errorf("the loop has ended, and %d bytes of its pool are not given back", n)
		}
		// Clients close theirs in cleanups that run before, but not at once.
		waiting.For(t, fmt.Sprintf("no more than the %d descriptors of before are open", before), func() bool { return descriptors(t) <= before })
	})
	return l, addr
}

func descriptors(t testing.TB) int {
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}

// client is a WebSocket client for tests.
type client struct {
	*net.TCPConn
	tls io.ReadWriteCloser // nil: plain
	t   testing.TB
	buf []byte
}

func dial(t testing.TB, addr netip.AddrPort) *client {
	t.Helper()
	if l := overTLS[addr]; l != nil {
		return dialTLS(t, l)
	}
	nc, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	nc.SetDeadline(time.Now().Add(waiting.Bound))
	t.Cleanup(func() { nc.Close() })
	return &client{TCPConn: nc.(*net.TCPConn), t: t}
}

func connect(t testing.TB, addr netip.AddrPort) *client {
	t.Helper()
	c := dial(t, addr)
	c.send(opening.AppendRequest(nil, addr.String(), "/", testKey))
	c.accepted()
	return c
}

var testKey = opening.NewKey([16]byte{1, 2, 3})

func (c *client) send(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// accepted reads the answer to the opening handshake.
func (c *client) accepted() {
	c.t.Helper()
	var err error
	in := io.MultiReader(bytes.NewReader(c.buf), c)
	if c.buf, err = wsclient.Await(in, &opening.Handshake{Key: testKey}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) more() {
	c.t.Helper()
	b := make([]byte, 64<<10)
	n, err := c.Read(b)
	if err != nil {
		c.t.Fatalf("read: %v", err)
	}
	c.buf = append(c.buf, b[:n]...)
}

// next reads one frame.
func (c *client) next() (first uint8, payload string) {
	c.t.Helper()
	for {
		h, need, err := parse.ParseHeader(c.buf, parse.FromServer)
		if err != nil {
			c.t.Fatal(err)
		}
		if size := int64(h.Size) + h.Length; need == 0 && int64(len(c.buf)) >= size {
			payload = string(c.buf[h.Size:size])
			c.buf = c.buf[size:]
			return h.First, payload
		}
		c.more()
	}
}

// eof wants the connection to end without another byte.
func (c *client) eof() {
	c.t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) || len(c.buf) > 0 || c.tls != nil && err != io.EOF {
		c.t.Fatalf("want EOF, got %d bytes, %v, and %d unread", n, err, len(c.buf))
	}
}

// frame is a client's frame.
func frame(op parse.Opcode, payload string) []byte {
	const key = 0xA1B2C3D4
	b := parse.AppendMaskedHeader(nil, fin|uint8(op), len(payload), key)
	at := len(b)
	b = append(b, payload...)
	mask.Word.Unmask(b[at:], key)
	return b
}

// prepared is Prepare of what a connection may send.
func prepared(op parse.Opcode, payload []byte) *Prepared {
	p, err := Prepare(op, payload)
	if err != nil {
		panic(err)
	}
	return p
}
