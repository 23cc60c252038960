package parse

import (
	"bufio"
	"bytes"
	"io"
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
		t.Errorf("%q: body %q and %d octets more, %v", b, body, r.Buffered(), err)
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
		{ErrKey, "400 Bad Request", "close", http.Header{}},
		{ErrBody, "400 Bad Request", "close", http.Header{}},
		{ErrConnection, "400 Bad Request", "close", http.Header{}},
		{ErrMethod, "405 Method Not Allowed", "close", http.Header{"Allow": {"GET"}}},
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

func TestAppendAccept(t *testing.T) {
	b := AppendAccept([]byte("x"), [KeyLength]byte([]byte(exampleKey)))
	answer, _ := roundTrip(t, b[1:])
	want := http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Accept": {exampleAccept}}
	if diff := cmp.Diff(want, answer.Header); diff != "" || answer.StatusCode != 101 || b[0] != 'x' {
		t.Errorf("%q: %s", b, diff)
	}
}
