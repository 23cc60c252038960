package main

import (
	"strings"
	"testing"

	"wsbench/benches/examples/internal/client"
	"wsbench/mask"
	"wsbench/parse"
)

func TestMain(m *testing.M) { client.Main(m, main) }

// The fault costs time, and changes nothing else.
func TestEcho(t *testing.T) {
	for _, flags := range [][]string{nil, {"-fixed"}, {"-pprof", "127.0.0.1:0"}} {
		p := client.Start(t, flags...)
		c := client.Open(t, p.Addr, "/")
		for _, n := range []int{0, 1, 125, 126, 5000, 65_535, 65_536, 300_000} {
			text := strings.Repeat("slow", n/4+1)[:n]
			c.Say(text)
			c.Want(text)
		}
		c.Send(client.Frame(parse.Pong, "nobody asked"))
		c.Send(client.Frame(parse.Ping, "there?"))
		if op, text := c.Next(); op != parse.Pong || text != "there?" {
			t.Errorf("%q: a ping got %v %q", flags, op, text)
		}
		c.Send(client.Frame(parse.Close, "\x03\xe8"))
		if op, text := c.Next(); op != parse.Close || text != "\x03\xe8" {
			t.Errorf("%q: a close frame got %v %q", flags, op, text)
		}
		client.Open(t, p.Addr, "/") // is no obstacle
		p.Terminate()
		p.Wait()
	}
}

func TestUnmaskBytewise(t *testing.T) {
	const key = 0x04030201
	c := &conn{payload: []byte("payload of a frame"), next: unmasker(key)}
	got := c.unmaskBytewise()
	mask.Unmask(got, key)
	if string(got) != string(c.payload) {
		t.Errorf("unmasked twice: %q", got)
	}
}

// What is no opening handshake gets an HTTP answer, and a frame that breaks a
// rule ends the connection.
func TestRefused(t *testing.T) {
	p := client.Start(t)
	b := make([]byte, 4096)
	c := client.Dial(t, p.Addr)
	c.Send([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	if n, err := c.Read(b); !strings.HasPrefix(string(b[:n]), "HTTP/1.1 426") {
		t.Errorf("got %q, %v", b[:n], err)
	}
	c = client.Open(t, p.Addr, "/")
	c.Send(parse.AppendHeader(nil, parse.FIN|byte(parse.Text), 1)) // not masked
	if n, err := c.Read(b); n > 0 || err == nil {
		t.Errorf("got %q, %v", b[:n], err)
	}
}

func TestWrongUsage(t *testing.T) {
	for want, args := range map[string]string{"not defined: -x": "-x", "flags only": "now", "of loopback": "-pprof=0.0.0.0:80"} {
		client.WrongUsage(t, want, args)
	}
}
