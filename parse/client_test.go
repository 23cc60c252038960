package parse

import (
	"errors"
	"strings"
	"testing"
)

var theKey = [KeyLength]byte([]byte(exampleKey))

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
			if size, err := ParseResponse([]byte(r+after), theKey); size != len(r) || err != nil {
				t.Errorf("%q followed by %q: %d of %d, %v", r, after, size, len(r), err)
			}
		}
		for n := range len(r) {
			if size, err := ParseResponse([]byte(r[:n]), theKey); size != 0 || err != nil {
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
		{"without end", "HTTP/1.1 101 " + strings.Repeat("x", MaxRequest), "8192"},
		{"end too late", accepted + "X: " + strings.Repeat("x", MaxRequest) + "\r\n\r\n", "8192"},
	} {
		t.Run(c.name, func(t *testing.T) {
			size, err := ParseResponse([]byte(c.answer), theKey)
			if size != 0 || !errors.Is(err, ErrResponse) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d, %v; want an error with %s", size, err, c.says)
			}
		})
	}
}
