package wsclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse/opening"
)

// listen has a server for one connection at a time, and returns its address.
func listen(t *testing.T, serve func(net.Conn)) *url.URL {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			c.Close()
		}
	}()
	return &url.URL{Scheme: "ws", Host: l.Addr().String(), Path: "/chat", RawQuery: "a=b"}
}

// accept reads a request and answers it, with more right behind.
func accept(more string) func(net.Conn) {
	return func(c net.Conn) {
		var head []byte
		for b := make([]byte, 512); ; {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			head = append(head, b[:n]...)
			u, refused := opening.ParseUpgrade(head)
			switch {
			case refused != nil || u.Size > 0 && string(u.Target) != "/chat?a=b":
				c.Write(opening.ErrBadRequest.Append(nil))
				return
			case u.Size > 0:
				c.Write(append(opening.AppendAccept(nil, u.Key), more...))
				io.Copy(c, c)
				return
			}
		}
	}
}

func answer(text string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, text)
	}
}

func silent(c net.Conn) { io.Copy(io.Discard, c) }

// What comes behind the answer is returned, and the connection outlives both
// the context and the time of its opening.
func TestDial(t *testing.T) {
	for _, more := range []string{"", "\x81\x01a"} {
		ctx, cancel := context.WithCancel(t.Context())
		conn, early, err := Dial(ctx, listen(t, accept(more)), waiting.Bound)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		cancel()
		if _, err := io.WriteString(conn, "hello"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(more)+len("hello"))
		n := copy(got, early)
		if _, err := io.ReadFull(conn, got[n:]); err != nil || string(got) != more+"hello" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestDialFails(t *testing.T) {
	gone := listen(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Host = l.Addr().String()
	l.Close()
	for name, c := range map[string]struct {
		url    *url.URL
		within time.Duration
		want   string
		is     error
	}{
		"refused":     {gone, waiting.Bound, "is the server running?", syscall.ECONNREFUSED},
		"403":         {listen(t, answer("HTTP/1.1 403 Forbidden\r\n\r\n")), waiting.Bound, `the server answered "HTTP/1.1 403 Forbidden"`, opening.ErrResponse},
		"not HTTP":    {listen(t, answer("220 smtp.example ESMTP\r\n\r\n")), waiting.Bound, `the server answered "220 smtp.example ESMTP"`, opening.ErrResponse},
		"endless":     {listen(t, answer("HTTP/1.1 101 "+strings.Repeat("x", opening.MaxRequest))), waiting.Bound, "no end of the answer's head", opening.ErrResponse},
		"another key": {listen(t, answer(string(opening.AppendAccept(nil, opening.Key{})))), waiting.Bound, "Sec-WebSocket-Accept", opening.ErrResponse},
		"closed":      {listen(t, answer("HTTP/1.1 101")), waiting.Bound, "opening handshake not answered", nil},
		"silent":      {listen(t, silent), 20 * time.Millisecond, "no opening handshake within 20ms", nil},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _, err := Dial(t.Context(), c.url, c.within)
			if conn != nil || err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

// Who gives up is told that, and not that the server was slow.
func TestDialCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := listen(t, func(c net.Conn) { cancel(); silent(c) })
	if _, _, err := Dial(ctx, u, waiting.Bound); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if _, _, err := Dial(ctx, u, waiting.Bound); err != context.Canceled {
		t.Errorf("before it began: %v", err)
	}
}

// An answer may come in any parts.
func TestAwait(t *testing.T) {
	h := NewHandshake("a", "/")
	wire := string(opening.AppendAccept(nil, h.Key)) + "\x81\x01a"
	if early, err := Await(strings.NewReader(wire), &h); string(early) != "\x81\x01a" || err != nil {
		t.Errorf("%q, %v", early, err)
	}
	if early, err := Await(iotest.OneByteReader(strings.NewReader(wire)), &h); len(early) > 0 || err != nil {
		t.Errorf("byte by byte: %q, %v", early, err)
	}
	if _, err := Await(iotest.DataErrReader(strings.NewReader(wire[:20])), &h); !errors.Is(err, io.EOF) {
		t.Errorf("cut: %v", err)
	}
}

func TestNewHandshake(t *testing.T) {
	a, b := NewHandshake("a", "/"), NewHandshake("a", "/")
	if a.Key == b.Key {
		t.Error("two handshakes have the same key")
	}
}

func TestParseURL(t *testing.T) {
	for _, s := range []string{"ws://a", "ws://[::1]:80/p?q", "ws://a:1/p%20q?r=%20", "wss://a/"} {
		if _, err := ParseURL(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for s, want := range map[string]string{
		"ws://a b\x00/":     "no URL",
		"ws://a:port/":      "no URL",
		"https://a/":        "does not begin with ws:// or wss://",
		"http://a/":         "does not begin with ws:// or wss://",
		"localhost:80":      "does not begin with ws:// or wss://",
		"":                  "does not begin with ws:// or wss://",
		"ws:///chat":        "names no host",
		"ws://a/?q=one two": "space in its query",
	} {
		if _, err := ParseURL(s); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want an error with %q", s, err, want)
		}
	}
}

func TestAdvise(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "is the server running?"},
		{syscall.EADDRNOTAVAIL, "lower the connections"},
		{io.EOF, "EOF"},
	} {
		if err := Advise(c.err); !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.err, err)
		}
	}
}
