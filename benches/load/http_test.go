//go:build linux

package load

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
	"wsbench/syscalls"
)

// catalogue returns what GET /json/{count}?m={m} is answered by a server of few
// items.
func catalogue(p Pair) []byte {
	items := []any{}
	for i := range p.Count {
		items = append(items, map[string]any{
			"id": i + 1, "name": "n", "category": "c", "price": 10 + i, "quantity": 3 * i, "active": i%2 == 0, "tags": []string{"t"},
			"rating": map[string]any{"score": 1, "count": 2}, "total": (10 + i) * 3 * i * p.M,
		})
	}
	b, _ := json.Marshal(map[string]any{"items": items, "count": p.Count})
	return b
}

// asks reads requests of in and has answer write to each.
func asks(s *server, c net.Conn, answer func(n int, p Pair) []byte) {
	in := bufio.NewReader(c)
	for n := 1; ; n++ {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		var p Pair
		if k, _ := fmt.Sscanf(r.RequestURI, "/json/%d?m=%d", &p.Count, &p.M); k != 2 {
			return
		}
		if _, err := c.Write(answer(n, p)); err != nil {
			return
		}
		s.echoed.Add(1)
	}
}

// right is the right answer to p, with a header that differs from answer to answer.
func right(n int, p Pair) []byte {
	body := catalogue(p)
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nDate: %d\r\ncontent-length:%d\r\nContent-Type: application/json\r\n\r\n%s", n/3, len(body), body)
}

func serveHTTP(t *testing.T, answer func(n int, p Pair) []byte) *server {
	s := &server{}
	s.url = listen(t, func(c net.Conn) { asks(s, c, answer) })
	return s
}

// exchanging is a load of exchanges, whose right answers are known.
func exchanging(url string) Config {
	cfg := Config{URL: url, Conns: 3, Depth: 1, Seed: 1}
	for _, p := range Pairs {
		cfg.Exchanges = append(cfg.Exchanges, Exchange{fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", p.target()), catalogue(p)})
	}
	return cfg
}

// Right answers are counted as such, however they are cut and however many are
// awaited, plain and over TLS.
func TestExchanges(t *testing.T) {
	leaks(t)
	secure := &server{}
	secure.url = listenTLS(t, func(c net.Conn) { asks(secure, c, right) })
	crumbs := &server{}
	crumbs.url = listen(t, func(c net.Conn) {
		asks(crumbs, c, func(n int, p Pair) []byte {
			b := right(n, p)
			for ; n%5 == 0 && len(b) > 40; b = b[1+n%30:] {
				c.Write(b[:1+n%30])
			}
			return b
		})
	})
	for name, s := range map[string]*server{"whole": serveHTTP(t, right), "in parts": crumbs, "TLS": secure} {
		for _, depth := range []int{1, 16} {
			t.Run(fmt.Sprintf("%s/%d", name, depth), func(t *testing.T) {
				cfg := exchanging(s.url)
				cfg.Depth, cfg.Offer.TLS.Insecure, cfg.Endure = depth, true, true
				r, err := measure(t, s, cfg, 100)
				if err != nil || len(r.Errors) > 0 || r.Messages == 0 || r.Latency.TotalCount() == 0 {
					t.Fatalf("%v, %d answers, warnings %q", err, r.Messages, r.Warnings)
				}
				if len(r.Statuses) != 1 || r.Statuses[200] != r.Echoes {
					t.Errorf("statuses %v of %d answers", r.Statuses, r.Echoes)
				}
				v := r.Values(nil)
				if v["req/s"] == 0 || v["B/s"] < 100*v["req/s"] || v["msg/s"] != 0 {
					t.Errorf("%v", v)
				}
			})
		}
	}
}

// Answers that are wrong are counted, and name the first; connections that break
// HTTP are lost by kind.
func TestExchangesFail(t *testing.T) {
	spoiled := func(old, new string) func(int, Pair) []byte {
		return func(n int, p Pair) []byte {
			b := string(right(n, p))
			if n == 9 {
				b = strings.Replace(b, old, new, 1)
			}
			return []byte(b)
		}
	}
	for name, c := range map[string]struct {
		answer func(int, Pair) []byte
		kind   ErrorKind
		says   string
	}{
		"wrong total":  {spoiled(`"total":0`, `"total":1`), Corrupted, "of its body is"},
		"wrong length": {spoiled(`"count":`, `"count": `), Corrupted, "of its body is"},
		"another body": {func(n int, p Pair) []byte { return right(n, Pair{p.Count, p.M + int64(n/9)}) }, Corrupted, "corrupted answer"},
		"status":       {spoiled("200 OK", "503 Busy"), Status, "errors: 1 answered by another status than 200 ("},
		"chunks":       {spoiled("content-length:", "transfer-encoding: chunked\r\nX:"), Protocol, ""},
		"no length":    {spoiled("content-length:", "X:"), Protocol, ""},
		"two lengths":  {spoiled("content-length:", "content-length: 3\r\ncontent-length:"), Protocol, ""},
		"no number":    {spoiled("content-length:", "content-length: -"), Protocol, ""},
		"HTTP/1.0":     {spoiled("HTTP/1.1", "HTTP/1.0"), Protocol, ""},
		"no HTTP":      {spoiled("HTTP/1.1 200", "SSH-2.0-open"), Protocol, ""},
		"no header":    {spoiled("Date:", "Date"), Protocol, ""},
		"long head":    {spoiled("Date:", "Date: "+strings.Repeat("x", longestHead)), Protocol, ""},
		"more answers": {func(n int, p Pair) []byte { return append(right(n, p), right(n, p)...) }, Protocol, ""},
		"more than due": {func(n int, p Pair) []byte {
			return append(right(n, p), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"...)
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveHTTP(t, c.answer)
			cfg := exchanging(s.url)
			cfg.Conns, cfg.Endure, cfg.Timeout = 1, true, waiting.Bound
			r, _ := measure(t, s, cfg, 12)
			if c.kind == "" {
				if len(r.Errors) == 0 {
					t.Error("no error")
				}
				return
			}
			if r.Errors[c.kind] == 0 || r.Invalid == nil || !strings.Contains(strings.Join(r.Warnings, " "), c.says) && (r.Corruption == nil || !strings.Contains(r.Corruption.Error(), c.says)) {
				t.Errorf("errors %v, warnings %q; want %s, %q", r.Errors, r.Warnings, c.kind, c.says)
			}
			if c.kind == Status && r.Statuses[503] == 0 {
				t.Errorf("statuses %v", r.Statuses)
			}
		})
	}
}

// The exchanges are read from the server, on one connection, and are judged.
func TestReadJSON(t *testing.T) {
	conns := 0
	s := &server{}
	s.url = listen(t, func(c net.Conn) { conns++; asks(s, c, right) })
	cfg := Config{URL: s.url}
	cfg.Offer.Header = []string{"Host: other", "X-Y: z"}
	list, err := cfg.ReadJSON(t.Context(), append(ValidationPairs, Pairs...))
	if err != nil || len(list) != 10 || conns != 1 {
		t.Fatalf("%d exchanges on %d connections, %v", len(list), conns, err)
	}
	if want := "GET /json/7?m=2 HTTP/1.1\r\nHost: other\r\nX-Y: z\r\n\r\n"; string(list[0].Request) != want || string(list[0].Body) != string(catalogue(Pair{7, 2})) {
		t.Errorf("%q, %q", list[0].Request, list[0].Body)
	}
	for old, c := range map[string]struct{ new, want string }{
		"application/json":   {"text/plain", `Content-Type "text/plain", want application/json`},
		"200 OK":             {"404 Not Found", "GET /json/1?m=3: status 404 Not Found"},
		`"total":0`:          {`"total":1`, "item 1: total 1, want 10 × 0 × 3"},
		`,"total":0`:         {``, "item 1 lacks one of"},
		`"count":1`:          {`"count":2`, "1 items came, want 1, and a count"},
		`{"count":1,"items"`: {`{"count":1,"itemz"`, "0 items came"},
		`"price":10`:         {`"price":"x`, "not the JSON wanted"},
		"Date":               {"Connection: close\r\nDate", "does not keep the connection"},
	} {
		bad := serveHTTP(t, func(n int, p Pair) []byte {
			b := strings.Replace(string(right(n, p)), old, c.new, 1)
			head, body, _ := strings.Cut(b, "\r\n\r\n")
			i := strings.Index(head, "content-length:")
			head = head[:i] + fmt.Sprintf("content-length: %d", len(body)) + head[i+strings.Index(head[i:], "\r\n"):]
			return []byte(head + "\r\n\r\n" + body)
		})
		cfg := Config{URL: bad.url}
		if _, err := cfg.ReadJSON(context.Background(), Pairs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", old, err, c.want)
		}
	}
}

// A server whose answers have no end is refused before they fill the memory.
func TestEndlessAnswers(t *testing.T) {
	line := "X: " + strings.Repeat("x", 1000) + "\r\n"
	for want, head := range map[error]string{
		errLongHead: "HTTP/1.1 200 OK\r\n",
		errLongBody: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2000000000\r\n\r\n",
	} {
		s := &server{}
		s.url = listen(t, func(c net.Conn) {
			asks(s, c, func(n int, p Pair) []byte {
				c.Write([]byte(head))
				for _, err := c.Write([]byte(line)); err == nil; _, err = c.Write([]byte(line)) {
				}
				return nil
			})
		})
		cfg := Config{URL: s.url}
		if _, err := cfg.ReadJSON(t.Context(), Pairs); !errors.Is(err, want) {
			t.Errorf("read: %v, want %v", err, want)
		}
		cfg = exchanging(s.url)
		u, err := cfg.check()
		if err != nil {
			t.Fatal(err)
		}
		d, err := cfg.Offer.DialRaw(t.Context(), u, waiting.Bound)
		if err != nil {
			t.Fatal(err)
		}
		if err := cfg.newKeeper().exchange(t.Context(), &kept{Raw: d}); !errors.Is(err, want) {
			t.Errorf("kept: %v, want %v", err, want)
		}
		syscalls.Close(d.FD)
	}
}

func TestCheckHTTP(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"want one or more":     func(c *Config) { c.Exchanges = []Exchange{} },
		"neither a size":       func(c *Config) { c.Size = 1 },
		"connections of excha": func(c *Config) { c.Turns = 2 },
	} {
		cfg := exchanging("ws://127.0.0.1:1/")
		if err := cfg.Check(); err != nil {
			t.Fatal(err)
		}
		change(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// An answer costs no allocation, whole or in parts.
func TestExchangesAllocateNothing(t *testing.T) {
	cfg := exchanging("")
	cfg.Depth = 7
	b := newBench(t, cfg)
	var wire []byte
	for i, p := range Pairs {
		wire = append(wire, right(i, p)...)
	}
	for _, part := range []int{len(wire), 1000, 77} {
		if n := testing.AllocsPerRun(50, func() {
			c := &b.thread.conns[0]
			c.credit = 7
			if err := b.thread.send(c, 0); err != nil {
				t.Fatal(err)
			}
			if n, errno := syscalls.Recv(b.peer, b.in); errno != 0 || n != len(b.frames.run(0, 7)) {
				t.Fatal(n, errno)
			}
			for rest := wire; len(rest) > 0; rest = rest[min(part, len(rest)):] {
				if err := b.thread.consume(c, rest[:min(part, len(rest))]); err != nil {
					t.Fatal(err)
				}
			}
		}); n != 0 {
			t.Errorf("parts of %d bytes: %v allocations", part, n)
		}
	}
}

// While others are opened, connections of exchanges ask: once each before the next
// one is.
func TestKeeper(t *testing.T) {
	defer func(d time.Duration) { keepEvery = d }(keepEvery)
	keepEvery = 0
	secure := &server{}
	secure.url = listenTLS(t, func(c net.Conn) { asks(secure, c, right) })
	for _, s := range []*server{serveHTTP(t, right), secure} {
		cfg := exchanging(s.url)
		cfg.Offer.TLS.Insecure = true
		u, err := cfg.check()
		if err != nil {
			t.Fatal(err)
		}
		k := cfg.newKeeper()
		for n := range 4 {
			d, err := k.dial(t.Context(), func() (wsclient.Raw, error) { return cfg.Offer.DialRaw(t.Context(), u, waiting.Bound) })
			if err != nil {
				t.Fatal(err)
			}
			defer syscalls.Close(d.FD)
			want := int64(n * (n + 1) / 2)
			waiting.For(t, fmt.Sprintf("%d answers", want), func() bool { return s.echoed.Load() == want })
		}
	}
	gone := serveHTTP(t, func(int, Pair) []byte { return []byte("HTTP/1.1 200 OK\r\n\r\n") })
	cfg := exchanging(gone.url)
	cfg.Conns = 2 * dialers
	if _, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), errNoLength.Error()) {
		t.Error(err)
	}
}
