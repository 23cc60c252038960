package opening

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// offered are the subprotocols of o.
func offered(o Offer) (list []string) {
	for p := range o.All() {
		list = append(list, string(p))
	}
	return list
}

// summary is what a request says, in comparable form.
type summary struct {
	Method, Target, Path, Host, Origin    string
	Body                                  int64
	Chunked, KeepAlive, Continue, Upgrade bool
	Minor                                 uint8
	Protocols                             []string
}

func summarize(r *Request) summary {
	return summary{string(r.Method), string(r.Target), string(r.Path), string(r.Host), string(r.Origin),
		r.Body, r.Chunked, r.KeepAlive, r.Continue, r.WantsUpgrade(), r.Minor, offered(r.Protocols)}
}

func TestParseRequestAccepts(t *testing.T) {
	base := summary{Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true}
	for _, c := range []struct {
		name, request string
		want          func(w *summary)
	}{
		{"least", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) {}},
		{"query", "GET /p/q?r=/s?t HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Target, w.Path = "/p/q?r=/s?t", "/p/q" }},
		{"whole URI", "GET HTTP://b:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Target, w.Path, w.Host = "HTTP://b:81/p?q", "/p", "b:81" }},
		{"whole URI without a path", "GET wss://b?q HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Target, w.Path, w.Host = "wss://b?q", "/", "b" }},
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Method = "HEAD" }},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Method, w.Target, w.Path = "OPTIONS", "*", "" }},
		{"CONNECT", "CONNECT b:1 HTTP/1.1\r\nHost: a\r\n\r\n", func(w *summary) { w.Method, w.Target, w.Path = "CONNECT", "b:1", "" }},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", func(w *summary) { w.Minor, w.KeepAlive, w.Host = 0, false, "" }},
		{"HTTP/1.0 kept alive", "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", func(w *summary) { w.Minor, w.KeepAlive = 0, false }},
		{"close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", func(w *summary) { w.KeepAlive = false }},
		{"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", func(w *summary) { w.Host = "" }},
		{"IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", func(w *summary) { w.Host = "[::1]:80" }},
		{"body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0012\r\n\r\n", func(w *summary) { w.Method, w.Body = "POST", 12 }},
		{"chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", func(w *summary) { w.Method, w.Chunked = "POST", true }},
		{"expecting", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n", func(w *summary) { w.Continue = true }},
		{"HTTP/1.0 expecting", "GET / HTTP/1.0\r\nHost: a\r\nExpect: magic\r\n\r\n", func(w *summary) { w.Minor, w.KeepAlive = 0, false }},
		{"origin", "GET / HTTP/1.1\r\nHost: a\r\norigin:http://b\r\n\r\n", func(w *summary) { w.Origin = "http://b" }},
		{"upgrade", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nUPGRADE: x,WebSocket\r\n\r\n", func(w *summary) { w.Upgrade = true }},
		{"subprotocols", "GET / HTTP/1.1\r\nHost: a\r\nSEC-websocket-protocol:b ,, a\r\nX: Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol-X: y\r\nSec-WebSocket-Protocol: c\r\n\r\n",
			func(w *summary) { w.Protocols = []string{"b", "a", "c"} }},
		{"no subprotocol", "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Protocol: , \r\n\r\n", func(w *summary) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := base
			c.want(&want)
			for _, after := range []string{"", "\r\n\r\n", c.request} {
				r, refused := ParseRequest([]byte(c.request+after), 0, MaxRequest)
				if diff := cmp.Diff(want, summarize(&r)); diff != "" || refused != nil || r.Size != len(c.request) {
					t.Errorf("size %d of %d, %v, (-want +got)\n%s", r.Size, len(c.request), refused, diff)
				}
			}
		})
	}
}

func TestParseRequestRefuses(t *testing.T) {
	const least = "GET / HTTP/1.1\r\nHost: a\r\n"
	for _, c := range []struct {
		name, request string
		want          *Refusal
	}{
		{"length twice", least + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", ErrFraming},
		{"two lengths", least + "Content-Length: 5\r\ncontent-length: 6\r\n\r\n", ErrFraming},
		{"length list", least + "Content-Length: 5, 5\r\n\r\n", ErrFraming},
		{"length and chunks", least + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", ErrFraming},
		{"chunks and length", least + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", ErrFraming},
		{"no length", least + "Content-Length:\r\n\r\n", ErrFraming},
		{"negative length", least + "Content-Length: -1\r\n\r\n", ErrFraming},
		{"signed length", least + "Content-Length: +1\r\n\r\n", ErrFraming},
		{"hexadecimal length", least + "Content-Length: 0x1\r\n\r\n", ErrFraming},
		{"length out of range", least + "Content-Length: 18446744073709551621\r\n\r\n", ErrFraming},
		{"chunks twice", least + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", ErrFraming},
		{"chunks last of all", least + "Transfer-Encoding: gzip, chunked\r\n\r\n", ErrFraming},
		{"nearly chunks", least + "Transfer-Encoding: xchunked\r\n\r\n", ErrFraming},
		{"chunks nowhere", least + "Transfer-Encoding: identity\r\n\r\n", ErrFraming},
		{"chunks by HTTP/1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", ErrFraming},
		{"chunks behind a vertical tab", least + "Transfer-Encoding:\vchunked\r\n\r\n", ErrBadRequest},
		{"chunks folded", least + "Transfer-Encoding:\r\n chunked\r\n\r\n", ErrBadRequest},
		{"chunks before a space", least + "Transfer-Encoding : chunked\r\n\r\n", ErrBadRequest},
		{"length behind a CR", least + "X: y\rContent-Length: 5\r\n\r\n", ErrBadRequest},
		{"length behind an LF", least + "X: y\nContent-Length: 5\r\n\r\n", ErrBadRequest},
		{"expecting more", least + "Expect: 200-ok\r\n\r\n", ErrExpect},
		{"expecting nothing", least + "Expect:\r\n\r\n", ErrExpect},
		{"expecting twice", least + "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", ErrTwice},
		{"host twice", least + "Host: a\r\n\r\n", ErrHost},
		{"host twice, HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", ErrHost},
		{"no host", "GET / HTTP/1.1\r\n\r\n", ErrHost},
		{"host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", ErrHost},
		{"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", ErrHost},
		{"whole URI with a user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", ErrHost},
		{"GET *", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", ErrBadRequest},
		{"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", ErrHTTPVersion},
		{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", ErrHTTPVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r, refused := ParseRequest([]byte(c.request), 0, MaxRequest); refused != c.want || r.Size != 0 || r.Method != nil {
				t.Errorf("%+v, %v; want %v", summarize(&r), refused, c.want)
			}
		})
	}
}

// What is known to hold no end of the head is not searched again, and changes
// nothing.
func TestParseRequestInParts(t *testing.T) {
	for name, request := range goodRequests {
		whole, _ := ParseRequest([]byte(request), 0, MaxRequest)
		for seen := range len(request) {
			r, refused := ParseRequest([]byte(request), seen, MaxRequest)
			if diff := cmp.Diff(summarize(&whole), summarize(&r)); diff != "" || refused != nil || r.Size != len(request) {
				t.Fatalf("%s, %d bytes seen: size %d, %v\n%s", name, seen, r.Size, refused, diff)
			}
		}
	}
	// Only a second search of the bytes that were seen finds the LF alone.
	hidden := []byte("GET / HTTP/1.1\nHost: a")
	if r, refused := ParseRequest(hidden, 20, MaxRequest); refused != nil || r.Size != 0 {
		t.Errorf("bytes seen are searched again: %v", refused)
	}
}

func TestParseRequestLimit(t *testing.T) {
	const head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	for limit := 1; limit < 2*len(head); limit++ {
		for n := range len(head) + 1 {
			var size int
			var want *Refusal
			switch {
			case n == len(head) && limit >= n:
				size = n
			case n >= limit:
				want = ErrLong
			}
			if r, refused := ParseRequest([]byte(head[:n]), 0, limit); r.Size != size || refused != want {
				t.Fatalf("%d of %d bytes, limit %d: %d, %v; want %d, %v", n, len(head), limit, r.Size, refused, size, want)
			}
		}
	}
}

func TestRequestAliases(t *testing.T) {
	b := []byte(with("Origin: http://b", "Sec-WebSocket-Protocol: xyz9"))
	r, _ := ParseRequest(b, 0, MaxRequest)
	for p := range r.Protocols.All() {
		for name, part := range map[string][]byte{"method": r.Method, "path": r.Path, "host": r.Host, "origin": r.Origin, "protocol": p} {
			if at := bytes.Index(b, part); at < 0 || &b[at] != &part[0] {
				t.Errorf("the %s was copied", name)
			}
		}
	}
	if !r.Protocols.Has("xyz9") || r.Protocols.Has("XYZ9") || r.Protocols.Has("") {
		t.Error("Has")
	}
}

// isText looks at eight bytes at a time: every byte in every place.
func TestIsText(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				b := bytes.Repeat([]byte{'x'}, length)
				b[at] = byte(c)
				want := c >= ' ' && c != 0x7F || c == '\t'
				if isText(b) != want {
					t.Fatalf("byte %#x at %d of %d: %v", c, at, length, !want)
				}
				if length > 8 { // beside another control character that may come
					b[(at+1)%length] = '\t'
					if isText(b) != want {
						t.Fatalf("byte %#x at %d of %d, and a tab: %v", c, at, length, !want)
					}
				}
			}
		}
	}
}

func TestIsToken(t *testing.T) {
	const marks = "!#$%&'*+-.^_`|~"
	for c := range 256 {
		s := string([]byte{byte(c)})
		want := strings.Contains(marks, s) || c < 128 && strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789")
		if IsToken(s) != want {
			t.Errorf("IsToken(%q) is %v", s, !want)
		}
	}
	if IsToken("") || !IsToken("chat.v2") {
		t.Error("IsToken")
	}
}

func ExampleOffer_All() {
	r, _ := ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Protocol: chat.v2, chat\r\n\r\n"), 0, MaxRequest)
	for p := range r.Protocols.All() {
		fmt.Printf("%s\n", p)
	}
	// Output:
	// chat.v2
	// chat
}
