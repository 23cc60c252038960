package engine

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/parse/opening"
)

// door is one connection at an opening: it keeps what was not consumed and
// collects what is answered, as a server does.
type door struct {
	o        *Opening
	g        Greeting
	carry    []byte
	wire     string
	consumed int
	step     Step
	protocol string
}

// arrive hands b to the opening, unless it has ended.
func (d *door) arrive(b []byte) {
	d.carry = append(d.carry, b...)
	for more := d.step == Await; more; {
		r := d.o.Answer(&d.g, d.carry, []byte("before"))
		d.wire += strings.TrimPrefix(string(r.Wire), "before")
		d.carry = append([]byte(nil), d.carry[r.Consumed:]...)
		d.consumed += r.Consumed
		d.step, d.protocol = r.Step, r.Protocol
		more = d.step == Full
	}
}

// appendAsked appends what is asked for, many times where the query is long, and
// refuses to without a query.
func appendAsked(dst, path, query []byte) ([]byte, *opening.Refusal) {
	switch string(query) {
	case "":
		return dst, errAsked
	case "long":
		return append(dst, strings.Repeat(string(path), 10_000)...), nil
	}
	return append(append(append(dst, path...), ' '), query...), nil
}

var errAsked = &opening.Refusal{Status: 400, Text: "Bad Request", Why: "ask for something"}

// httpReply is an HTTP answer in brief.
type httpReply struct {
	Status int
	Body   string
	Close  bool
}

// httpReplies reads what was answered to requests by these methods as a
// client made of net/http does.
func httpReplies(t *testing.T, wire string, methods []string) (list []httpReply) {
	t.Helper()
	in := bufio.NewReader(strings.NewReader(wire))
	for _, m := range methods {
		a, err := http.ReadResponse(in, &http.Request{Method: m})
		if err != nil {
			t.Fatalf("answer %d of %q: %v", len(list)+1, wire, err)
		}
		body, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatalf("answer %d of %q: %v", len(list)+1, wire, err)
		}
		list = append(list, httpReply{a.StatusCode, string(body), a.Close})
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		t.Fatalf("%q follows the answers", rest)
	}
	return list
}

var routed = &Opening{
	Origins:    origins("same,https://a.example"),
	Protocols:  []string{"chat.v2", "chat"},
	MaxRequest: 600,
	Routes: map[string]Route{
		"/healthz": Text("ok"),
		"/empty":   Text(""),
		"/long":    Text(strings.Repeat("l", 5000)),
		"/all/":    {Append: appendAsked, Type: "a/b", Unlimited: true},
	},
	WebSockets: []string{"/", "/chat"},
}

func origins(list string) Origins {
	o, err := ParseOrigins(list)
	if err != nil {
		panic(err)
	}
	return o
}

const (
	upgrade = "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	healthz = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
	ask     = "GET /all/?x HTTP/1.1\r\nHost: a\r\n\r\n"
	askLong = "GET /all/?long HTTP/1.1\r\nHost: a\r\n\r\n"
)

var healthy = httpReply{200, "ok", false}

// visits are what connections send, and what is answered.
var visits = []struct {
	name, wire string
	methods    string // of the requests answered, space between
	want       []httpReply
	step       Step
	left       string // of wire, not consumed; "*": all
}{
	{"nothing", "", "", nil, Await, ""},
	{"a beginning", "GET /healthz HT", "", nil, Await, "GET /healthz HT"},
	{"upgrade", upgrade + "\r\n", "GET", []httpReply{{101, "", false}}, Accepted, ""},
	{"frames behind", upgrade + "\r\n\x81\x80abcd", "GET", []httpReply{{101, "", false}}, Accepted, "\x81\x80abcd"},
	{"what looks like a request behind", upgrade + "\r\n" + healthz, "GET", []httpReply{{101, "", false}}, Accepted, healthz},
	{"route", healthz, "GET", []httpReply{healthy}, Await, ""},
	{"route with a query", "GET /healthz?verbose HTTP/1.1\r\nHost: a\r\n\r\n", "GET", []httpReply{healthy}, Await, ""},
	{"route by its whole URI", "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET", []httpReply{healthy}, Await, ""},
	{"route that offers h2c", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", "GET", []httpReply{healthy}, Await, ""},
	{"no body", "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n", "GET", []httpReply{{200, "", false}}, Await, ""},
	{"long body", "GET /long HTTP/1.1\r\nHost: a\r\n\r\n", "GET", []httpReply{{200, strings.Repeat("l", 5000), false}}, Await, ""},
	{"HEAD", "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", []httpReply{{200, "", false}}, Await, ""},
	{"pipelined", healthz + "HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n" + healthz, "GET HEAD GET", []httpReply{healthy, {200, "", false}, healthy}, Await, ""},
	{"then an upgrade", healthz + healthz + upgrade + "\r\n\x81", "GET GET GET", []httpReply{healthy, healthy, {101, "", false}}, Accepted, "\x81"},
	{"then a beginning", healthz + "GET", "GET", []httpReply{healthy}, Await, "GET"},
	{"body", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\n\r\n" + healthz + healthz, "GET GET", []httpReply{healthy, healthy}, Await, ""},
	{"body in part", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + healthz, "GET", []httpReply{healthy}, Await, ""},
	{"longest body", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n" + strings.Repeat("b", 600) + healthz, "GET GET", []httpReply{healthy, healthy}, Await, ""},
	{"close", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + healthz, "GET", []httpReply{{200, "ok", true}}, Ended, healthz},
	{"HTTP/1.0", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + healthz, "GET", []httpReply{{200, "ok", true}}, Ended, healthz},
	{"HTTP/1.0 has no upgrade", strings.Replace(upgrade, "/chat HTTP/1.1", "/healthz HTTP/1.0", 1) + "\r\n", "GET", []httpReply{{200, "ok", true}}, Ended, ""},
	{"expecting, no body", "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", "GET", []httpReply{healthy}, Await, ""},
	{"expecting, body", "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", "GET", []httpReply{{200, "ok", true}}, Ended, ""},
	{"as many as may be", strings.Repeat(healthz, maxPlain+1), strings.Repeat("GET ", maxPlain), append(times(healthy, maxPlain-1), httpReply{200, "ok", true}), Ended, healthz},

	{"path below a route", "GET /all/a/b?c?d HTTP/1.1\r\nHost: a\r\n\r\n" + healthz, "GET GET", []httpReply{{200, "/all/a/b c?d", false}, healthy}, Await, ""},
	{"path that a route refuses", healthz + "GET /all/ HTTP/1.1\r\nHost: a\r\n\r\n" + healthz, "GET GET", append([]httpReply{healthy}, refusedBy(errAsked)...), Ended, "GET /all/ HTTP/1.1\r\nHost: a\r\n\r\n" + healthz},
	{"HEAD that a route refuses", "HEAD /all/ HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", []httpReply{{400, "", true}}, Ended, "*"},
	{"more than may be, unlimited", strings.Repeat(ask, maxPlain+9) + healthz, strings.Repeat("GET ", maxPlain+10), append(times(httpReply{200, "/all/ x", false}, maxPlain+9), healthy), Await, ""},
	{"more than is answered at once", strings.Repeat(askLong, 4) + healthz + "GET", strings.Repeat("GET ", 5), append(times(httpReply{200, strings.Repeat("/all/", 10_000), false}, 4), healthy), Await, "GET"},
	{"close with more than is answered at once", strings.Repeat(askLong, 3) + strings.Replace(healthz, "Host", "Connection: close\r\nHost", 1) + askLong, strings.Repeat("GET ", 4), append(times(httpReply{200, strings.Repeat("/all/", 10_000), false}, 3), httpReply{200, "ok", true}), Ended, askLong},
	{"no route, and no WebSocket", "GET /all HTTP/1.1\r\nHost: a\r\n\r\n", "GET", refusedBy(opening.ErrNotFound), Ended, "*"},
	{"POST to no route, and no WebSocket", "POST /x/all/ HTTP/1.1\r\nHost: a\r\n\r\n", "POST", refusedBy(opening.ErrNotFound), Ended, "*"},
	{"HEAD, no route, and no WebSocket", "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", []httpReply{{404, "", true}}, Ended, "*"},
	{"upgrade where a plain request is refused", strings.Replace(upgrade, "/chat", "/x/y", 1) + "\r\n", "GET", []httpReply{{101, "", false}}, Accepted, ""},

	{"no route", "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + healthz, "GET", refusedBy(opening.ErrUpgrade), Ended, "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + healthz},
	{"no route, after one", healthz + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET GET", append([]httpReply{healthy}, refusedBy(opening.ErrUpgrade)...), Ended, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"route in capitals", "GET /Healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET", refusedBy(opening.ErrNotFound), Ended, "*"},
	{"HEAD, no route", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", []httpReply{{405, "", true}}, Ended, "*"},
	{"no route, HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET", refusedBy(opening.ErrHTTPVersion), Ended, "*"},
	{"POST to a route", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", "POST", refusedBy(opening.ErrRouteMethod), Ended, "*"},
	{"POST to no route", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", "POST", refusedBy(opening.ErrMethod), Ended, "*"},
	{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS", refusedBy(opening.ErrMethod), Ended, "*"},
	{"upgrade by POST", strings.Replace(upgrade, "GET", "POST", 1) + "\r\n", "POST", refusedBy(opening.ErrMethod), Ended, "*"},
	{"upgrade by HTTP/1.0", strings.Replace(upgrade, "HTTP/1.1", "HTTP/1.0", 1) + "\r\n", "GET", refusedBy(opening.ErrHTTPVersion), Ended, "*"},
	{"upgrade of version 8", strings.Replace(upgrade, "13", "8", 1) + "\r\n", "GET", refusedBy(opening.ErrVersion), Ended, "*"},
	{"upgrade with a body", upgrade + "Content-Length: 1\r\n\r\na", "GET", refusedBy(opening.ErrBody), Ended, "*"},
	{"upgrade from elsewhere", upgrade + "Origin: https://b.example\r\n\r\n", "GET", refusedBy(opening.ErrOrigin), Ended, "*"},
	{"upgrade from the same origin", upgrade + "Origin: http://A.example\r\n\r\n", "GET", []httpReply{{101, "", false}}, Accepted, ""},
	{"upgrade from an origin listed", strings.Replace(upgrade, "a.example", "b.example", 1) + "Origin: https://a.example\r\n\r\n", "GET", []httpReply{{101, "", false}}, Accepted, ""},
	{"host of a whole URI is the one that counts", strings.Replace(upgrade, "/chat", "http://c.example/chat", 1) + "Origin: http://c.example\r\n\r\n", "GET", []httpReply{{101, "", false}}, Accepted, ""},
	{"two lengths", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\nContent-Length: 0\r\n\r\n" + healthz, "GET", refusedBy(opening.ErrFraming), Ended, "*"},
	{"length and chunks", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + healthz, "GET", refusedBy(opening.ErrFraming), Ended, "*"},
	{"chunks", "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET", refusedBy(opening.ErrLength), Ended, "*"},
	{"body too long", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 601\r\n\r\n", "GET", refusedBy(opening.ErrBodyLong), Ended, "*"},
	{"head too long", "GET /healthz HTTP/1.1\r\nX: " + strings.Repeat("x", 600), "GET", refusedBy(opening.ErrLong), Ended, "*"},
	{"head one byte too long", upgrade + "X: " + strings.Repeat("x", 601-len(upgrade)-7) + "\r\n\r\n", "GET", refusedBy(opening.ErrLong), Ended, "*"},
	{"longest head", upgrade + "X: " + strings.Repeat("x", 600-len(upgrade)-7) + "\r\n\r\n\x82", "GET", []httpReply{{101, "", false}}, Accepted, "\x82"},
	{"TLS", "\x16\x03\x01\x02\x00\x01", "GET", refusedBy(opening.ErrBadRequest), Ended, "*"},
	{"LF only", "GET /healthz HTTP/1.1\nHost: a\n\n", "GET", refusedBy(opening.ErrBadRequest), Ended, "*"},
	{"empty line after a body", "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\n", "GET GET", append([]httpReply{healthy}, refusedBy(opening.ErrBadRequest)...), Ended, "\r\n"},
}

func refusedBy(r *opening.Refusal) []httpReply { return []httpReply{{r.Status, r.Why + "\n", true}} }

func times(r httpReply, n int) (list []httpReply) {
	for range n {
		list = append(list, r)
	}
	return list
}

// Every visit is answered the same, cut at any byte, or a byte at a time.
func TestVisits(t *testing.T) {
	for _, v := range visits {
		t.Run(v.name, func(t *testing.T) {
			left := v.left
			if left == "*" {
				left = v.wire
			}
			check := func(d *door, how string) {
				t.Helper()
				if diff := cmp.Diff(v.want, httpReplies(t, d.wire, strings.Fields(v.methods))); diff != "" {
					t.Fatalf("%s: (-want +got)\n%s", how, diff)
				}
				if d.step != v.step || string(d.carry) != left || d.consumed != len(v.wire)-len(left) {
					t.Fatalf("%s: step %v, %d of %d consumed, left %q; want step %v, left %q", how, d.step, d.consumed, len(v.wire), d.carry, v.step, left)
				}
			}
			whole := &door{o: routed}
			whole.arrive([]byte(v.wire))
			check(whole, "at once")
			for n := 0; n < len(v.wire); n += 1 + len(v.wire)/300 {
				d := &door{o: routed}
				d.arrive([]byte(v.wire[:n]))
				d.arrive([]byte(v.wire[n:]))
				check(d, fmt.Sprintf("cut at %d", n))
			}
			d := &door{o: routed}
			for i := range len(v.wire) {
				d.arrive([]byte(v.wire[i : i+1]))
			}
			check(d, "a byte at a time")
		})
	}
}
