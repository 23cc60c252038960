//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"wsbench/benches/examples/internal/client"
	"wsbench/parse"
	"wsbench/parse/opening"
)

func TestMain(m *testing.M) { client.Main(m, main) }

// wantPage reads the page, which net/http serves, until it says so.
func wantPage(t *testing.T, addr, want string) {
	t.Helper()
	var body []byte
	for range 1000 {
		answer, err := http.Get("http://" + addr + "/")
		if err != nil {
			t.Fatal(err)
		}
		body, _ = io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(body) == want {
			return
		}
	}
	t.Fatalf("the page says %q, want %q", body, want)
}

// WebSockets and pages are served side by side; what was sent behind the
// request is not lost, however much of it net/http had read.
func TestHandover(t *testing.T) {
	p := client.Start(t)
	wantPage(t, p.Addr, "0 WebSockets are open\n")
	var clients []*client.Conn
	var early []string
	for _, n := range []int{-1, 0, 1, 100, 3000, 4096, 100_000, 3_000_000} {
		var behind []byte
		text := strings.Repeat("e", max(n, 0))
		if n >= 0 {
			behind = append(client.Frame(parse.Text, "first"), client.Frame(parse.Text, text)...)
			behind = append(behind, client.Frame(parse.Text, "cut")[:7]...)
		}
		c := client.Open(t, p.Addr, "/ws?any", behind...)
		if n >= 0 {
			c.Want("first", text)
			c.Send(client.Frame(parse.Text, "cut")[7:])
			c.Want("cut")
		}
		clients, early = append(clients, c), append(early, text)
	}
	wantPage(t, p.Addr, fmt.Sprintf("%d WebSockets are open\n", len(clients)))
	for i, c := range clients {
		c.Say("hello")
		c.Say(early[i])
		c.Want("hello", early[i])
	}
	clients[0].Close()
	wantPage(t, p.Addr, fmt.Sprintf("%d WebSockets are open\n", len(clients)-1))
	p.Terminate()
	for _, c := range clients[1:] {
		c.WantClose(parse.CloseGoingAway)
	}
	p.Wait()
}

// A connection that served pages may become a WebSocket.
func TestPageThenUpgrade(t *testing.T) {
	p := client.Start(t)
	c := client.Dial(t, p.Addr)
	c.Send([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	wire := opening.AppendRequest(nil, "x", "/ws", opening.NewKey([16]byte{}))
	c.Send(append(wire, client.Frame(parse.Text, "hello")...))
	var got []byte
	for b := make([]byte, 4096); !strings.HasSuffix(string(got), "\x81\x05hello"); {
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		got = append(got, b[:n]...)
	}
	if s := string(got); !strings.HasPrefix(s, "HTTP/1.1 200") || !strings.Contains(s, "HTTP/1.1 101") {
		t.Errorf("got %q", s)
	}
}

// What is no opening handshake, or comes from a page of elsewhere, gets an
// HTTP answer.
func TestRefused(t *testing.T) {
	p := client.Start(t)
	good := string(opening.AppendRequest(nil, p.Addr, "/ws", opening.NewKey([16]byte{})))
	for _, tt := range []struct{ request, status string }{
		{"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", "426"},
		{"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
		{strings.Replace(good, "Version: 13", "Version: 12", 1), "426"},
		{strings.Replace(good, "GET", "PUT", 1), "405"},
		{strings.Replace(good, "\r\n\r\n", "\r\nOrigin: http://evil.example\r\n\r\n", 1), "403"},
		{strings.Replace(good, "\r\n\r\n", "\r\nOrigin: http://"+p.Addr+"\r\n\r\n", 1), "101"},
	} {
		c := client.Dial(t, p.Addr)
		c.Send([]byte(tt.request))
		b := make([]byte, 4096)
		if n, err := c.Read(b); !strings.HasPrefix(string(b[:n]), "HTTP/1.1 "+tt.status) {
			t.Errorf("%q: %q, %v; want status %s", tt.request, b[:n], err, tt.status)
		}
	}
}

// A client that never takes leave does not keep the server from ending.
func TestTerminate(t *testing.T) {
	p := client.Start(t, "-grace", "100ms")
	client.Open(t, p.Addr, "/ws")
	p.Terminate()
	p.Wait()
}

func TestWrongUsage(t *testing.T) {
	for want, args := range map[string]string{
		"not defined: -x": "-x",
		"origin":          "-origin=example.com",
		"flags only":      "now",
		"-grace":          "-grace=0s",
	} {
		client.WrongUsage(t, want, args)
	}
}
