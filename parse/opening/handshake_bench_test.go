package opening

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"wsbench/profiles/benchloop"
)

// handshakes are implementations of a server's whole opening handshake: a
// request in, the answer appended to dst.
var handshakes = []struct {
	name   string
	answer func() func(dst, request []byte) ([]byte, error)
}{
	{"opening", func() func(dst, request []byte) ([]byte, error) { return answerUpgrade }},
	{"net-http", func() func(dst, request []byte) ([]byte, error) {
		s := &standard{}
		s.in = bufio.NewReader(&s.source)
		return s.answer
	}},
}

func answerUpgrade(dst, request []byte) ([]byte, error) {
	u, refused := ParseUpgrade(request)
	if refused != nil {
		return nil, refused
	}
	return AppendAccept(dst, u.Key), nil
}

// standard reads requests by net/http and checks what section 4.2.1 asks for,
// as libraries on net/http do.
type standard struct {
	source bytes.Reader
	in     *bufio.Reader
}

func (s *standard) answer(dst, request []byte) ([]byte, error) {
	s.source.Reset(request)
	s.in.Reset(&s.source)
	r, err := http.ReadRequest(s.in)
	if err != nil {
		return nil, err
	}
	key := r.Header.Get("Sec-Websocket-Key")
	nonce, err := base64.StdEncoding.DecodeString(key)
	if r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) || err != nil || len(nonce) != 16 || r.Header.Get("Sec-Websocket-Version") != "13" ||
		!names(r.Header["Connection"], "upgrade") || !names(r.Header["Upgrade"], "websocket") {
		return nil, errors.New("not an opening handshake")
	}
	sum := sha1.Sum([]byte(key + acceptGUID))
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = base64.StdEncoding.AppendEncode(dst, sum[:])
	return append(dst, "\r\n\r\n"...), nil
}

// names reports whether a header's comma-separated lists have a token.
func names(lists []string, token string) bool {
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}

// browserRequest is what Chrome sends.
var browserRequest = with("Connection: keep-alive, Upgrade", "Pragma: no-cache", "Cache-Control: no-cache",
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
	"Origin: https://server.example.com", "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-GB,en;q=0.9",
	"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")

func TestHandshakesAgree(t *testing.T) {
	want := string(AppendAccept(nil, theKey))
	for _, h := range handshakes {
		answer := h.answer()
		for _, request := range []string{with(), browserRequest} {
			if got, err := answer(nil, []byte(request)); string(got) != want || err != nil {
				t.Errorf("%s: %q, %v", h.name, got, err)
			}
		}
		for _, refused := range []string{without("Sec-WebSocket-Key"), without("Upgrade"), without("Connection"), with("Sec-WebSocket-Version: 8")} {
			if got, err := answer(nil, []byte(refused)); got != nil || err == nil {
				t.Errorf("%s takes %q", h.name, refused)
			}
		}
	}
}

// BenchmarkHandshake is the server's work of an opening handshake, the least
// that one may send and a browser's, besides the network.
func BenchmarkHandshake(b *testing.B) {
	for _, h := range handshakes {
		for _, r := range []struct{ name, text string }{{"least", with()}, {"browser", browserRequest}} {
			b.Run("impl="+h.name+"/request="+r.name, func(b *testing.B) {
				request, dst, answer := []byte(r.text), make([]byte, 0, 256), h.answer()
				b.SetBytes(int64(len(request)))
				b.ReportAllocs()
				benchloop.Begin(b)
				for b.Loop() {
					if _, err := answer(dst, request); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
