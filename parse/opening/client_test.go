package opening

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var (
	theKey       = Key([]byte(exampleKey))
	theHandshake = Handshake{Key: theKey}
)

func TestNewKey(t *testing.T) {
	if got := NewKey([16]byte([]byte("the sample nonce"))); string(got[:]) != exampleKey {
		t.Errorf("%q, want %q", got, exampleKey)
	}
}

func TestRequestIsAccepted(t *testing.T) {
	r := AppendRequest([]byte("x"), "h:80", "/a?b=c", theKey)[1:]
	u, refused := ParseUpgrade(r)
	if refused != nil || u.Size != len(r) || string(u.Target) != "/a?b=c" || u.Key != theKey {
		t.Errorf("%q: %+v, %v", r, u, refused)
	}
	if !strings.Contains(string(r), "\r\nHost: h:80\r\n") {
		t.Errorf("%q", r)
	}
}

const accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + exampleAccept + "\r\n"

// changed is the accepting answer with one part changed.
func changed(old, new string) string {
	if !strings.Contains(accepted, old) {
		panic(old)
	}
	return strings.Replace(accepted, old, new, 1) + "\r\n"
}

func TestParseResponseAccepts(t *testing.T) {
	for _, r := range []string{
		string(AppendAccept(nil, theKey)),
		"HTTP/1.1 101\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: " + exampleAccept + "\r\n\r\n",
		changed("Switching Protocols", "Fine"),
		changed(" Switching Protocols", ""),
		changed(": websocket", ":WebSocket\t"),
		changed("Connection: Upgrade", "Connection: keep-alive, upgrade"),
		accepted + "Server: x\r\nSec-WebSocket-Extensions:\r\n\r\n",
	} {
		for _, after := range []string{"", "\x81\x01a", "\r\n\r\n"} {
			if size, _, err := theHandshake.ParseResponse([]byte(r + after)); size != len(r) || err != nil {
				t.Errorf("%q followed by %q: %d of %d, %v", r, after, size, len(r), err)
			}
		}
		for n := range len(r) {
			if size, _, err := theHandshake.ParseResponse([]byte(r[:n])); size != 0 || err != nil {
				t.Fatalf("%q: %d, %v", r[:n], size, err)
			}
		}
	}
}

func TestParseResponseRefuses(t *testing.T) {
	for _, c := range []struct{ name, answer, says string }{
		{"not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", `"SSH-2.0-OpenSSH"`},
		{"refused", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", `"HTTP/1.1 404 Not Found"`},
		{"no status", "HTTP/1.1\r\n\r\n", `"HTTP/1.1"`},
		{"short status", changed("101 Switching Protocols", "10"), "answered"},
		{"long status", changed("101", "1010"), "answered"},
		{"zero before the status", changed("101", "0101"), "answered"},
		{"signed status", changed("101", "+101"), "answered"},
		{"another 1xx", changed("101", "100"), "answered"},
		{"no upgrade", changed("Upgrade: websocket\r\n", ""), "Upgrade: websocket"},
		{"another upgrade", changed(": websocket", ": h2c"), "Upgrade: websocket"},
		{"no connection", changed("Connection: Upgrade\r\n", ""), "Connection: Upgrade"},
		{"no accept", changed("Sec-WebSocket-Accept: "+exampleAccept+"\r\n", ""), "Sec-WebSocket-Accept"},
		{"accept of another key", changed("s3p", "S3p"), "Sec-WebSocket-Accept"},
		{"accept twice", accepted + "Sec-WebSocket-Accept: " + exampleAccept + "\r\n\r\n", "Sec-WebSocket-Accept"},
		{"extension", accepted + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", `"permessage-deflate"`},
		{"subprotocol", accepted + "Sec-WebSocket-Protocol: chat\r\n\r\n", `"chat"`},
		{"subprotocol of no name", accepted + "Sec-WebSocket-Protocol:\r\n\r\n", `""`},
		{"LF only", strings.ReplaceAll(accepted, "\r\n", "\n"), "not HTTP"},
		{"folded line", accepted + "A: b\r\n c: d\r\n\r\n", `" c: d"`},
		{"no header line", accepted + "nonsense\r\n\r\n", `"nonsense"`},
		{"NUL", accepted + "A: \x00\r\n\r\n", "header line"},
		{"without end", "HTTP/1.1 101 " + strings.Repeat("x", MaxRequest), "8192"},
		{"end too late", accepted + "X: " + strings.Repeat("x", MaxRequest) + "\r\n\r\n", "8192"},
	} {
		t.Run(c.name, func(t *testing.T) {
			size, _, err := theHandshake.ParseResponse([]byte(c.answer))
			if size != 0 || !errors.Is(err, ErrResponse) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d, %v; want an error with %s", size, err, c.says)
			}
		})
	}
}

func TestHandshakeAppend(t *testing.T) {
	h := Handshake{Host: "h", Target: "/t", Key: theKey, Origin: "https://o:1", Protocols: []string{"b", "a"}}
	r, refused := ParseRequest(h.Append(nil), 0, MaxRequest)
	if refused != nil || string(r.Origin) != h.Origin || !slices.Equal(offered(r.Protocols), h.Protocols) {
		t.Errorf("origin %q, subprotocols %q, %v", r.Origin, offered(r.Protocols), refused)
	}
	if key, refused := r.Upgrade(); key != theKey || refused != nil {
		t.Errorf("key %q, %v", key, refused)
	}
}

func TestHandshakeParseResponse(t *testing.T) {
	h := Handshake{Key: theKey, Protocols: []string{"b", "a"}}
	for _, c := range []struct{ lines, chosen, says string }{
		{"", "", ""},
		{"sec-websocket-protocol:a\r\n", "a", ""},
		{"Sec-WebSocket-Protocol: b\r\n", "b", ""},
		{"Sec-WebSocket-Protocol: B\r\n", "", `"B" was not offered`},
		{"Sec-WebSocket-Protocol: b, a\r\n", "", `"b, a" was not offered`},
		{"Sec-WebSocket-Protocol: b\r\nSec-WebSocket-Protocol: b\r\n", "", "came 2 times"},
		{"Sec-WebSocket-Extensions: x\r\n", "", `"x"`},
	} {
		wire := []byte(accepted + c.lines + "\r\n")
		size, chosen, err := h.ParseResponse(append(wire, "\x81\x01a"...))
		switch {
		case c.says == "" && (err != nil || size != len(wire) || chosen != c.chosen):
			t.Errorf("%q: %d of %d, %q, %v; want %q", c.lines, size, len(wire), chosen, err, c.chosen)
		case c.says != "" && (size != 0 || !errors.Is(err, ErrResponse) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: %d, %v; want an error with %s", c.lines, size, err, c.says)
		}
	}
}
