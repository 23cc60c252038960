package opening

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// roundTrip reads an answer as a client made of net/http does.
func roundTrip(t *testing.T, b []byte) (*http.Response, string) {
	t.Helper()
	r := bufio.NewReader(bytes.NewReader(b))
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || r.Buffered() > 0 {
		t.Errorf("%q: body %q and %d bytes more, %v", b, body, r.Buffered(), err)
	}
	return answer, string(body)
}

func TestRefusal(t *testing.T) {
	upgrade := http.Header{"Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}}
	for _, c := range []struct {
		refusal    *Refusal
		status     string
		connection string
		header     http.Header // besides
	}{
		{ErrBadRequest, "400 Bad Request", "close", http.Header{}},
		{ErrHost, "400 Bad Request", "close", http.Header{}},
		{ErrTwice, "400 Bad Request", "close", http.Header{}},
		{ErrFraming, "400 Bad Request", "close", http.Header{}},
		{ErrProtocol, "400 Bad Request", "close", http.Header{}},
		{ErrKey, "400 Bad Request", "close", http.Header{}},
		{ErrBody, "400 Bad Request", "close", http.Header{}},
		{ErrConnection, "400 Bad Request", "close", http.Header{}},
		{ErrMethod, "405 Method Not Allowed", "close", http.Header{"Allow": {"GET"}}},
		{ErrOrigin, "403 Forbidden", "close", http.Header{}},
		{ErrNotFound, "404 Not Found", "close", http.Header{}},
		{ErrRouteMethod, "405 Method Not Allowed", "close", http.Header{"Allow": {"GET, HEAD"}}},
		{ErrTimeout, "408 Request Timeout", "close", http.Header{}},
		{ErrLength, "411 Length Required", "close", http.Header{}},
		{ErrBodyLong, "413 Content Too Large", "close", http.Header{}},
		{ErrExpect, "417 Expectation Failed", "close", http.Header{}},
		{ErrUpgrade, "426 Upgrade Required", "Upgrade, close", upgrade},
		{ErrVersion, "426 Upgrade Required", "Upgrade, close", upgrade},
		{ErrLong, "431 Request Header Fields Too Large", "close", http.Header{}},
		{ErrHTTPVersion, "505 HTTP Version Not Supported", "close", http.Header{}},
	} {
		t.Run(c.refusal.Why, func(t *testing.T) {
			wire := c.refusal.Append(nil)
			answer, body := roundTrip(t, wire)
			if answer.Status != c.status || !answer.Close || body != c.refusal.Why+"\n" {
				t.Errorf("status %q, close %v, body %q", answer.Status, answer.Close, body)
			}
			if !strings.Contains(string(wire), "\r\nConnection: "+c.connection+"\r\n") {
				t.Errorf("%q: want Connection: %s", wire, c.connection)
			}
			if head := string(wire[:len(wire)-len(body)]); string(c.refusal.AppendHead(nil)) != head || !strings.HasSuffix(head, "\r\n\r\n") {
				t.Errorf("the answer to HEAD is not the head %q of that to GET", head)
			}
			for _, framing := range []string{"Content-Type", "Content-Length"} {
				answer.Header.Del(framing)
			}
			if diff := cmp.Diff(c.header, answer.Header); diff != "" {
				t.Error(diff)
			}
			if text := c.refusal.Error(); !strings.Contains(text, c.status) || !strings.Contains(text, c.refusal.Why) {
				t.Error(text)
			}
		})
	}
	if got := string(ErrKey.Append([]byte("before"))); !strings.HasPrefix(got, "beforeHTTP/1.1 400 ") {
		t.Errorf("%q", got)
	}
}

func TestAppendOK(t *testing.T) {
	for _, last := range []bool{false, true} {
		wire := AppendOK([]byte("x"), "a/b", 3, last)
		answer, body := roundTrip(t, append(wire, "abc"...)[1:])
		if answer.Status != "200 OK" || answer.Close != last || body != "abc" || answer.Header.Get("Content-Type") != "a/b" {
			t.Errorf("last %v: %q", last, wire)
		}
	}
	if n := len(AppendOK(nil, "", math.MaxInt, true)); n > MaxOK {
		t.Errorf("%d bytes, more than MaxOK", n)
	}
}

func TestAppendAccept(t *testing.T) {
	b := AppendAccept([]byte("x"), Key([]byte(exampleKey)))
	answer, _ := roundTrip(t, b[1:])
	want := http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Accept": {exampleAccept}}
	if diff := cmp.Diff(want, answer.Header); diff != "" || answer.StatusCode != 101 || b[0] != 'x' {
		t.Errorf("%q: %s", b, diff)
	}
}

func TestAppendAcceptProtocol(t *testing.T) {
	answer, _ := roundTrip(t, AppendAcceptProtocol(nil, theKey, "chat.v2"))
	if got := answer.Header.Values("Sec-WebSocket-Protocol"); len(got) != 1 || got[0] != "chat.v2" || answer.StatusCode != 101 {
		t.Errorf("status %d, subprotocol %q", answer.StatusCode, got)
	}
}
