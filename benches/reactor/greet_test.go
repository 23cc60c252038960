//go:build linux

package reactor

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// wantStatus reads one HTTP answer and returns its body.
func (c *client) wantStatus(method string, status int) string {
	c.t.Helper()
	in := bytes.NewReader(c.buf)
	r := bufio.NewReaderSize(io.MultiReader(in, c), 16) // reads ahead of an answer as little as it may
	answer, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		c.t.Fatalf("status %d, body %.40q, %v; want %d", answer.StatusCode, body, err, status)
	}
	ahead, _ := r.Peek(r.Buffered())
	c.buf = append(bytes.Clone(ahead), c.buf[len(c.buf)-in.Len():]...)
	return string(body)
}

var routes = map[string]engine.Route{
	"/healthz": engine.Text("ok"),
	"/large":   engine.Text(string(make([]byte, 1<<20))),
}

const healthz = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

// Plain requests and frames follow one another on one connection, all sent at
// once or byte by byte, in every way to work.
func TestRoutesThenUpgrade(t *testing.T) {
	for name, cfg := range configs() {
		t.Run(name, func(t *testing.T) {
			cfg.Opening.Routes = routes
			_, addr := start(t, cfg)
			wire := []byte(healthz + healthz)
			wire = opening.AppendRequest(wire, "a", "/", testKey)
			wire = append(wire, frame(parse.Text, "hello")...)
			for _, part := range []int{len(wire), len(healthz) + 7, 1} {
				c := dial(t, addr)
				go func() {
					for rest := wire; len(rest) > 0; rest = rest[min(part, len(rest)):] {
						c.Write(rest[:min(part, len(rest))])
					}
				}()
				for range 2 {
					if body := c.wantStatus("GET", 200); body != "ok" {
						t.Errorf("body %q", body)
					}
				}
				c.accepted()
				c.wantFrame(parse.Text, "hello")
			}
		})
	}
}

// A request never exceeds what one receive buffer holds.
func TestRequestOverBuffer(t *testing.T) {
	_, addr := start(t, Config{BufferSize: 1 << 10, Opening: engine.Opening{MaxRequest: 4 << 10}})
	c := dial(t, addr)
	c.send([]byte("GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 2<<10)))
	c.wantStatus("GET", 431)
	c.eof()
}

// A connection that does no more after a plain request ends like one that
// never did anything, and so does one whose body does not come.
func TestIdleAfterRoute(t *testing.T) {
	_, addr := start(t, Config{Handshake: 300 * time.Millisecond, Opening: engine.Opening{Routes: routes}})
	var idle []*client
	for _, wire := range []string{healthz, "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", healthz + "GET"} {
		c := dial(t, addr)
		c.send([]byte(wire))
		idle = append(idle, c)
	}
	for _, c := range idle {
		c.wantStatus("GET", 200)
	}
	idle[2].wantStatus("GET", 408)
	for _, c := range idle {
		c.eof()
	}
}

// A peer that asks and does not read is dropped when its time is over, with
// answers unsent, whether or not it has begun to ask once more.
func TestUnreadAnswers(t *testing.T) {
	const asked = 12
	for _, more := range []string{"", "GET"} {
		l, addr := start(t, Config{Handshake: 300 * time.Millisecond, Linger: 50 * time.Millisecond, Opening: engine.Opening{Routes: routes}})
		c := dial(t, addr)
		c.SetReadBuffer(256 << 10) // a window below one segment makes TCP crawl
		c.send([]byte(strings.Repeat("GET /large HTTP/1.1\r\nHost: a\r\n\r\n", asked) + more))
		for n := make(chan Counters, 1); ; time.Sleep(5 * time.Millisecond) {
			l.Do(func() { n <- l.Counters() })
			if (<-n).Done == 1 {
				break
			}
		}
		if n, err := io.Copy(io.Discard, c); n == 0 || n >= asked<<20 || os.IsTimeout(err) {
			t.Errorf("%d bytes of answers arrived, %v; want a part of %d", n, err, asked<<20)
		}
	}
}
