package echo

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/internal/waiting"
	"wsbench/parse/opening"
	"wsbench/scratch"
)

// arrive opens a connection that sends wire.
func arrive(t *testing.T, s *Server, wire string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(waiting.Bound))
	c := &client{Conn: nc, t: t}
	c.write([]byte(wire))
	return c
}

// answered reads one HTTP answer to GET; what follows it is read next.
func (c *client) answered(status int) *http.Response {
	c.t.Helper()
	for {
		if head, _, whole := strings.Cut(string(c.buf), "\r\n\r\n"); whole {
			in := bufio.NewReader(strings.NewReader(string(c.buf)))
			answer, err := http.ReadResponse(in, nil)
			if err != nil {
				c.t.Fatal(err)
			}
			length := max(int(answer.ContentLength), 0)
			if end := len(head) + 4 + length; len(c.buf) >= end {
				c.buf = c.buf[end:]
				if answer.StatusCode != status {
					c.t.Fatalf("status %s, want %d", answer.Status, status)
				}
				return answer
			}
		}
		c.more()
	}
}

// end wants the server to have closed, with nothing left to read.
func (c *client) end() {
	c.t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) || len(c.buf) > 0 {
		c.t.Fatalf("want the end, got %d bytes, %v, and %d unread", n, err, len(c.buf))
	}
	c.Close()
}

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

// lines is a request by GET with these header lines.
func lines(list ...string) string {
	return "GET /chat?room=1 HTTP/1.1\r\n" + strings.Join(list, "\r\n") + "\r\n\r\n"
}

// handshake is an opening handshake with more header lines.
func handshake(more ...string) string {
	return lines(append([]string{"Host: example.com", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + sampleKey, "Sec-WebSocket-Version: 13"}, more...)...)
}

// What a handshake looks like does not matter, nor how it arrives; the frame
// behind it, sent along, comes back.
func TestUpgradeVariants(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		want := "frame"
		if s.opt.IO == Raw {
			want = masked(want)
		}
		for name, request := range map[string]string{
			"plain":                    handshake(),
			"reverse order":            lines("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: "+sampleKey, "Connection: Upgrade", "Upgrade: websocket", "Host: a"),
			"lower case":               lines("host: a", "upgrade: websocket", "connection: upgrade", "sec-websocket-key: "+sampleKey, "sec-websocket-version: 13"),
			"upper case":               lines("HOST: A", "UPGRADE: WEBSOCKET", "CONNECTION: UPGRADE", "SEC-WEBSOCKET-KEY: "+sampleKey, "SEC-WEBSOCKET-VERSION: 13"),
			"kept alive":               lines("Host: a", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: "+sampleKey, "Sec-WebSocket-Version: 13"),
			"several Connection lines": handshake("Connection: keep-alive", "connection: x"),
			"no spaces":                lines("Host:a", "Upgrade:websocket", "Connection:x,Upgrade", "Sec-WebSocket-Key:"+sampleKey, "Sec-WebSocket-Version:13"),
			"of a browser":             handshake("Origin: https://example.com", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Sec-WebSocket-Protocol: chat", "Cookie: a=b"),
			"whole URI":                strings.Replace(handshake(), "/chat", "ws://example.com/chat", 1),
			"after plain requests":     strings.Repeat("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 3) + handshake(),
		} {
			wire := request + string(frame(text, "frame"))
			for _, cut := range []int{0, 1, len(wire) / 2, len(request) - 1, len(request), len(request) + 1} {
				c := arrive(t, s, wire[:cut])
				c.write([]byte(wire[cut:]))
				for range strings.Count(request, "/healthz") {
					c.answered(200)
				}
				answer := c.answered(101)
				if got := answer.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
					t.Errorf("%s: accept %q", name, got)
				}
				if p, e := answer.Header["Sec-Websocket-Protocol"], answer.Header["Sec-Websocket-Extensions"]; p != nil || e != nil {
					t.Errorf("%s: subprotocol %q, extension %q", name, p, e)
				}
				c.want(text, want)
				c.Close()
			}
		}
	})
}

func TestOriginAndSubprotocol(t *testing.T) {
	change := func(o *Options) {
		var err error
		if o.Opening.Origins, err = engine.ParseOrigins("same,https://good.example"); err != nil {
			t.Fatal(err)
		}
		o.Opening.Protocols = ParseProtocols("chat.v2, chat")
	}
	everyIO(t, change, func(t *testing.T, s *Server) {
		for _, tt := range []struct {
			header string
			status int
			chosen string
		}{
			{"X: y", 101, ""},
			{"Origin: https://good.example", 101, ""},
			{"Origin: http://example.com", 101, ""},
			{"Origin: https://evil.example", 403, ""},
			{"Origin: null", 403, ""},
			{"Origin: https://good.example\r\nOrigin: https://evil.example", 400, ""},
			{"Sec-WebSocket-Protocol: chat", 101, "chat"},
			{"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: x, chat.v2", 101, "chat.v2"},
			{"Sec-WebSocket-Protocol: x", 101, ""},
			{"Sec-WebSocket-Protocol: x y", 400, ""},
		} {
			c := arrive(t, s, handshake(tt.header))
			answer := c.answered(tt.status)
			if got := answer.Header.Get("Sec-WebSocket-Protocol"); got != tt.chosen {
				t.Errorf("%q: subprotocol %q, want %q", tt.header, got, tt.chosen)
			}
			if tt.status != 101 {
				c.end()
			}
			c.Close()
		}
		ours := opening.Handshake{Host: "example.com", Target: "/", Key: opening.NewKey([16]byte{7}), Origin: "https://example.com", Protocols: []string{"chat", "chat.v2"}}
		c := arrive(t, s, string(ours.Append(nil)))
		for size := 0; size == 0; {
			c.more()
			var chosen string
			var err error
			if size, chosen, err = ours.ParseResponse(c.buf); err != nil || size > 0 && chosen != "chat.v2" {
				t.Fatalf("our client: %q, %v", chosen, err)
			}
		}
		c.Close()
	})
}

// Several requests in one segment get as many answers, in order.
func TestPipelined(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		c := arrive(t, s, strings.Repeat("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 50)+"GET /no HTTP/1.1\r\nHost: a\r\n\r\n"+handshake())
		for range 50 {
			c.answered(200)
		}
		c.answered(404)
		c.end()
	})
}

func TestMaxRequest(t *testing.T) {
	everyIO(t, func(o *Options) { o.Opening.MaxRequest = 300 }, func(t *testing.T, s *Server) {
		fits := handshake("X: " + strings.Repeat("x", 300-len(handshake("X: "))))
		c := arrive(t, s, fits)
		c.answered(101)
		c.Close()
		c = arrive(t, s, strings.Replace(fits, "X: ", "X: x", 1))
		c.answered(431)
		c.end()
	})
}

// Who says nothing in time is left without a word, who has begun is told.
func TestHandshakeTimeout(t *testing.T) {
	everyIO(t, func(o *Options) { o.Handshake = 300 * time.Millisecond }, func(t *testing.T, s *Server) {
		cases := []struct {
			wire   string
			status []int
		}{
			{"", nil},
			{"GET / HTTP/1.1\r\nHost: a\r\n", []int{408}},
			{"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", []int{200}},
			{"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody", []int{200}},
			{"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nG", []int{200, 408}},
		}
		open := arrive(t, s, handshake())
		open.answered(101)
		var late []*client
		for _, tt := range cases {
			late = append(late, arrive(t, s, tt.wire))
		}
		for i, tt := range cases {
			for _, status := range tt.status {
				late[i].answered(status)
			}
			late[i].end()
		}
		open.write(frame(bin, "")) // the time of a handshake is not that of a connection
		open.want(bin, "")
		open.Close()
	})
}

func TestOpeningSwitches(t *testing.T) {
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Opening.MaxRequest = o.BufferSize + 1 }, "the buffer-size: a request is read whole"},
		{func(o *Options) { o.Opening.MaxRequest = 255 }, "max-request 255: want"},
		{func(o *Options) { o.Handshake = -1 }, "handshake-timeout -1ns: want more than 0"},
		{func(o *Options) { o.Opening.Protocols = ParseProtocols("a,,b") }, `subprotocol "": want a token`},
	} {
		o := options(Epoll)
		tt.change(&o)
		if _, err := Listen(o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q in it", err, tt.want)
		}
	}
	o := options(Epoll)
	o.Opening.Protocols = ParseProtocols("b,a")
	s, _ := serve(t, o)
	if line := fmt.Sprint(s); !strings.HasSuffix(line, " max-request=8192 handshake-timeout=5s subprotocol=b,a") {
		t.Error(line)
	}
}

// A plain request that is answered begins the net backend's time anew; a part
// of one does not.
func TestNetTimeRenewed(t *testing.T) {
	o := options(Net)
	o.Opening.Routes = routes
	ours, theirs := net.Pipe()
	defer ours.Close()
	c := newNetConn(&netServer{opt: o, pool: scratch.NewShared(), count: &netCounters{}}, ours)
	if rest, ok := c.greet([]byte("GET /healthz HTTP/1.1\r\n")); rest != nil || !ok || !c.bound.IsZero() {
		t.Errorf("part of a request: %q, %v, bound %v", rest, ok, c.bound)
	}
	c.carry.Drop(c.s.pool)
	answered := make(chan error)
	go func() {
		_, err := http.ReadResponse(bufio.NewReader(theirs), nil)
		answered <- err
	}()
	if _, ok := c.greet([]byte("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")); !ok || c.bound.IsZero() {
		t.Errorf("a whole request: %v, bound %v", ok, c.bound)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
