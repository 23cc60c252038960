//go:build linux

package echo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/engine"
	"wsbench/benches/internal/waiting"
)

// asked is what GET /json/{count}?m={m} is asked for: the pairs of the published
// load, and those of its validation.
var asked = []struct{ count, m int64 }{{1, 3}, {5, 7}, {10, 2}, {15, 5}, {25, 4}, {40, 8}, {50, 6}, {7, 2}, {23, 11}, {50, 1}}

// catalogue is an answer as the schema has it.
type catalogue struct {
	Items []struct {
		item
		Total int64 `json:"total"`
	} `json:"items"`
	Count int64 `json:"count"`
}

// readCatalogue decodes an answer, which must be as encoding/json writes it, and
// checks its arithmetic.
func readCatalogue(t *testing.T, body string, m int64) (c catalogue) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%v in %.200q", err, body)
	}
	if c.Count != int64(len(c.Items)) {
		t.Errorf("count %d, of %d items", c.Count, len(c.Items))
	}
	for i, it := range c.Items {
		if it.ID != int64(i+1) || it.Total != it.Price*it.Quantity*m || it.Tags == nil {
			t.Errorf("m %d: item %d: %+v", m, i, it)
		}
	}
	if again, err := json.Marshal(c); err != nil || string(again) != body {
		t.Errorf("encoding/json writes %.200q, %v; got %.200q", again, err, body)
	}
	return c
}

// The data set is varied: an answer that confuses its fields does not pass.
func TestItems(t *testing.T) {
	seen := map[any]int{}
	active, tags := map[bool]int{}, map[int]int{}
	for _, it := range items {
		for _, key := range []any{it.ID, it.Name} {
			if seen[key]++; seen[key] > 1 {
				t.Errorf("%v comes twice", key)
			}
		}
		active[it.Active]++
		tags[len(it.Tags)]++
	}
	if len(items) != 50 || active[true] < 10 || active[false] < 10 || len(tags) < 4 {
		t.Errorf("%d items, active %v, tags %v", len(items), active, tags)
	}
}

func TestJSON(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		c := newHTTPClient(t, s)
		for _, a := range asked {
			path := fmt.Sprintf("/json/%d?m=%d", a.count, a.m)
			answer, body := c.do("GET", path, "")
			if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "application/json" || answer.ContentLength != int64(len(body)) {
				t.Fatalf("%s: %+v", path, answer)
			}
			if got := readCatalogue(t, body, a.m); got.Count != a.count {
				t.Errorf("%s: count %d", path, got.Count)
			}
			head, none := c.do("HEAD", path, "")
			if diff := cmp.Diff(answer.Header, head.Header); diff != "" || none != "" || head.ContentLength != int64(len(body)) {
				t.Errorf("HEAD %s: %+v, %q", path, head, none)
			}
		}
		if _, body := c.do("GET", "/json/2?x=9&m=3&y", ""); readCatalogue(t, body, 3).Count != 2 {
			t.Error("parameters besides m have an effect")
		}
		if c.new != 1 {
			t.Errorf("%d connections, want one that is kept", c.new)
		}
	})
}

func TestJSONRefuses(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		for target, want := range map[string]struct {
			status int
			says   string
		}{
			"/json":                    {400, errCount.Why},
			"/json/":                   {400, errCount.Why},
			"/json/?m=3":               {400, errCount.Why},
			"/json/0?m=3":              {400, errCount.Why},
			"/json/51?m=3":             {400, errCount.Why},
			"/json/-1?m=3":             {400, errCount.Why},
			"/json/05?m=3":             {400, errCount.Why},
			"/json/5.0?m=3":            {400, errCount.Why},
			"/json/5/5?m=3":            {400, errCount.Why},
			"/json/99999999999999?m=3": {400, errCount.Why},
			"/json/5":                  {400, errFactor.Why},
			"/json/5?":                 {400, errFactor.Why},
			"/json/5?m":                {400, errFactor.Why},
			"/json/5?m=":               {400, errFactor.Why},
			"/json/5?m=0":              {400, errFactor.Why},
			"/json/5?m=1001":           {400, errFactor.Why},
			"/json/5?m=+3":             {400, errFactor.Why},
			"/json/5?m=3&m=3":          {400, errFactor.Why},
			"/json/5?m=3&x=1&m=4":      {400, errFactor.Why},
			"/json/5?m=99999999999999": {400, errFactor.Why},
			"/json/5?M=3":              {400, errFactor.Why},
			"/jsons":                   {404, "nothing is read at this path"},
			"/jsons/5?m=3":             {404, "nothing is read at this path"},
			"/x/json/5?m=3":            {404, "nothing is read at this path"},
			"/ws":                      {426, "WebSocket"},
		} {
			c := arrive(t, s, "GET "+target+" HTTP/1.1\r\nHost: a\r\n\r\n")
			answer := c.answered(want.status)
			if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), want.says) || !answer.Close {
				t.Errorf("%s: %q, close %v; want %q", target, body, answer.Close, want.says)
			}
			c.end()
		}
	})
}

// script is requests of all kinds, many more than what an ordinary route
// answers on one connection, and the last ends it.
func script() (wire string, requests int) {
	for range 13 {
		for i, a := range asked {
			method := []string{"GET", "GET", "HEAD"}[i%3]
			wire += fmt.Sprintf("%s /json/%d?m=%d HTTP/1.1\r\nHost: a\r\n\r\n", method, a.count, a.m)
			requests++
		}
	}
	return wire + "GET /json/3?m=9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", requests + 1
}

// Whatever the backend, and however the requests are cut, the answers are the same
// bytes. They are longer than any buffer.
func TestJSONPipelined(t *testing.T) {
	wire, requests := script()
	var want []byte
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		for _, part := range []int{len(wire), 1000, 7} {
			c := arrive(t, s, "")
			go func() {
				for rest := wire; len(rest) > 0; rest = rest[min(part, len(rest)):] {
					c.Write([]byte(rest[:min(part, len(rest))]))
				}
			}()
			got, err := io.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			if want == nil {
				want = got
			}
			if n := bytes.Count(got, []byte("HTTP/1.1 200 OK\r\n")); n != requests || !bytes.Equal(got, want) {
				t.Errorf("parts of %d bytes: %d answers of %d bytes; want %d of %d", part, n, len(got), requests, len(want))
			}
			if n := bytes.Count(got, []byte("Connection: close\r\n")); n != 1 {
				t.Errorf("the end is announced %d times", n)
			}
		}
	})
}

// Over TLS the answers are the same bytes as without it.
func TestJSONOverTLS(t *testing.T) {
	wire, _ := script()
	want := answerOf(t, wire)
	everyTLS(t, unchanged, func(t *testing.T, s *Server) {
		for _, part := range []int{len(wire), 1000} {
			c := arrive(t, s, "").secure(clientConfig(s))
			go func() {
				for rest := wire; len(rest) > 0; rest = rest[min(part, len(rest)):] {
					c.Write([]byte(rest[:min(part, len(rest))]))
				}
			}()
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
				t.Errorf("parts of %d bytes: %d bytes, %v; want %d", part, len(got), err, len(want))
			}
			c.Close()
		}
	})
}

// A peer that asks and does not read makes the server keep a bounded part of the
// answers; it gets them all once it reads.
func TestJSONUnread(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		everyIO(t, unchanged, func(t *testing.T, s *Server) { unread(t, s, arrive(t, s, "")) })
	})
	t.Run("TLS", func(t *testing.T) {
		everyTLS(t, unchanged, func(t *testing.T, s *Server) { unread(t, s, arrive(t, s, "").secure(clientConfig(s))) })
	})
}

// unread has c ask for much more than sockets hold, and read it late.
func unread(t *testing.T, s *Server, c *client) {
	const requests = 1500 // 15 MB of answers
	one := "GET /json/50?m=1 HTTP/1.1\r\nHost: a\r\n\r\n"
	last := strings.Replace(one, "Host", "Connection: close\r\nHost", 1)
	before := heap()
	go c.Write([]byte(strings.Repeat(one, requests) + last))
	for end := time.Now().Add(waiting.Bound); s.opt.IO != Net && s.Counters().Pauses == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server does not pause")
		}
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if grown := int64(heap()) - int64(before); grown > 4<<20 {
		t.Errorf("%d bytes are kept of answers that the peer does not read", grown)
	}
	c.SetDeadline(time.Now().Add(waiting.Bound))
	want := bytes.Repeat(answerOf(t, one), requests)
	want = append(want, answerOf(t, last)...)[1:]
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v; want %d, and those", n, err, len(want))
	}
	if n, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%d bytes more, %v", n, err)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// answerOf returns what the routes answer to requests.
func answerOf(t *testing.T, requests string) []byte {
	t.Helper()
	o, g := engine.Opening{Routes: routes}, engine.Greeting{}
	var wire []byte
	for rest := []byte(requests); len(rest) > 0; {
		r := o.Answer(&g, rest, wire)
		if r.Consumed == 0 {
			t.Fatalf("%q is not answered", rest)
		}
		wire, rest = r.Wire, rest[r.Consumed:]
	}
	return wire
}

func TestJSONAllocatesNothing(t *testing.T) {
	o := engine.Opening{Routes: routes, WebSockets: webSockets}
	dst := make([]byte, 0, 1<<20)
	wire, _ := script()
	asking := []byte(wire)
	if n := testing.AllocsPerRun(10, func() {
		var g engine.Greeting
		for in := asking; len(in) > 0; {
			in = in[o.Answer(&g, in, dst).Consumed:]
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever is asked for, it is refused, or answered with the right totals.
func FuzzJSON(f *testing.F) {
	for _, a := range asked {
		f.Add(fmt.Sprintf("/json/%d", a.count), fmt.Sprintf("m=%d", a.m))
	}
	f.Add("/json/", "m=3")
	f.Add("1", "m=3")
	f.Add("/json/1/1", "m=3&m=4")
	f.Fuzz(func(t *testing.T, path, query string) {
		body, refused := jsonRoute.Append(nil, []byte(path), []byte(query))
		if refused != nil {
			if refused.Status != http.StatusBadRequest {
				t.Fatal(refused)
			}
			return
		}
		var m int64
		for pair := range strings.SplitSeq(query, "&") {
			fmt.Sscanf(pair, "m=%d", &m)
		}
		if got := readCatalogue(t, string(body), m); path != fmt.Sprintf("/json/%d", got.Count) || m < 1 || m > MaxFactor {
			t.Fatalf("%q %q: %d items", path, query, got.Count)
		}
	})
}

// Strings are written as encoding/json does.
func TestAppendString(t *testing.T) {
	for _, s := range []string{"", "a", `"`, `\`, "a\"b\\c", "é\x01\x1f!", "crème \"brûlée\"\\"} {
		var got string
		if wire := appendString(nil, s); json.Unmarshal(wire, &got) != nil || got != s {
			t.Errorf("%q is written as %s", s, wire)
		}
	}
}

// BenchmarkJSON is the server's work of one request besides the network.
func BenchmarkJSON(b *testing.B) {
	o := engine.Opening{Routes: routes, WebSockets: webSockets}
	for _, a := range asked[:7] {
		b.Run(fmt.Sprintf("items=%d", a.count), func(b *testing.B) {
			wire := fmt.Appendf(nil, "GET /json/%d?m=%d HTTP/1.1\r\nHost: a\r\n\r\n", a.count, a.m)
			dst := make([]byte, 0, 1<<16)
			b.ReportAllocs()
			for b.Loop() {
				var g engine.Greeting
				dst = o.Answer(&g, wire, dst[:0]).Wire
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}
