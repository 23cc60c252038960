package tls13

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// heldConn holds back what is written after the first flight.
type heldConn struct {
	net.Conn
	first int // bytes of the first flight
	held  []byte
	read  bool
}

func (c *heldConn) Read(b []byte) (int, error) {
	c.read = true
	return c.Conn.Read(b)
}

func (c *heldConn) Write(b []byte) (int, error) {
	if c.read {
		c.held = append(c.held, b...)
		return len(b), nil
	}
	c.first += len(b)
	return c.Conn.Write(b)
}

// cutConn ends a read after cut bytes of all.
type cutConn struct {
	net.Conn
	cut int
}

func (c *cutConn) Read(b []byte) (int, error) {
	if c.cut > 0 && len(b) > c.cut {
		b = b[:c.cut]
	}
	n, err := c.Conn.Read(b)
	c.cut -= n
	return n, err
}

// The client's change_cipher_spec, Finished and first data come in one segment,
// read whole and cut at every byte: the data is what the server's next read has.
func TestDataBehindFinished(t *testing.T) {
	cc, sc := clientConfig(), serverConfig()
	cc.CurvePreferences = []tls.CurveID{tls.X25519}
	first, flight := behindFinished(t, cc, sc, 0)
	for cut := first; cut <= first+flight; cut++ {
		behindFinished(t, cc, sc, cut)
	}
}

// behindFinished returns the lengths of the client's flights, the second with
// its data.
func behindFinished(t *testing.T, cc, sc *tls.Config, cut int) (first, second int) {
	t.Helper()
	const data = "first frame"
	client, server := tcpPair(t)
	defer client.Close()
	defer server.Close()
	held, cutting := &heldConn{Conn: client}, &cutConn{Conn: server, cut: cut}
	result := make(chan error, 1)
	var ss *Session
	go func() {
		var err error
		ss, err = Server(context.Background(), cutting, sc)
		result <- err
	}()
	cs, err := Client(context.Background(), held, cc)
	if err != nil {
		t.Fatal(err)
	}
	flight := newSealer(t, cs.Out).Seal(held.held, TypeApplicationData, []byte(data))
	if _, err := client.Write(flight); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Fatalf("cut at %d: %v", cut, err)
	}
	if got := newEnd(t, cutting, ss).receive(t, len(data)); string(got) != data {
		t.Errorf("cut at %d: %q", cut, got)
	}
	return held.first, len(flight)
}

// A handshake that is cut short ends with an error at every byte, and so does
// one with garbage in place of a byte's rest.
func TestHandshakeCut(t *testing.T) {
	client, server := tcpPair(t)
	held := &heldConn{Conn: client}
	go Client(context.Background(), held, clientConfig())
	hello := make([]byte, 5000)
	n, err := server.Read(hello)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	for cut := 0; cut < n; cut += 1 + cut/8 {
		for _, tail := range []string{"", "\xff\xff\xff\xff\xff\xff garbage"} {
			client, server := tcpPair(t)
			client.Write(append(hello[:cut:cut], tail...))
			client.(*net.TCPConn).CloseWrite()
			if _, err := Server(context.Background(), server, serverConfig()); err == nil {
				t.Errorf("a ClientHello of %d bytes and %q is enough", cut, tail)
			}
			client.Close()
			server.Close()
		}
	}
}

// A client that speaks no TLS, or says nothing, gets an error; the end of ctx
// is the end of a handshake.
func TestHandshakeRefused(t *testing.T) {
	old := clientConfig()
	old.MaxVersion = tls.VersionTLS12
	other := clientConfig()
	other.NextProtos = []string{"h3"}
	for name, client := range map[string]func(net.Conn){
		"plain HTTP":  func(c net.Conn) { fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
		"zeros":       func(c net.Conn) { c.Write(make([]byte, 100)) },
		"over-long":   func(c net.Conn) { c.Write([]byte{22, 3, 1, 255, 255, 1}) },
		"TLS 1.2":     func(c net.Conn) { tls.Client(c, old).Handshake() },
		"ALPN h3":     func(c net.Conn) { tls.Client(c, other).Handshake() },
		"EOF":         func(c net.Conn) { c.Close() },
		"end of wait": func(net.Conn) {},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), waiting.Bound)
		c, s := tcpPair(t)
		go func() {
			client(c)
			if name == "end of wait" {
				time.Sleep(time.Millisecond)
				cancel()
			}
		}()
		if session, err := Server(ctx, s, serverConfig()); err == nil || session != nil {
			t.Errorf("%s: a session", name)
		}
		cancel()
		c.Close()
	}
}
