package opening

import (
	"fmt"
	"strings"
	"testing"
)

// The example of RFC 6455, section 1.3.
const (
	exampleKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	exampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// good are the header lines of an opening handshake, all of them needed.
var good = []string{
	"Host: server.example.com",
	"Upgrade: websocket",
	"Connection: Upgrade",
	"Sec-WebSocket-Key: " + exampleKey,
	"Sec-WebSocket-Version: 13",
}

func request(line string, headers ...string) string {
	return strings.Join(append([]string{line}, headers...), "\r\n") + "\r\n\r\n"
}

// with is a request in which the lines that begin like the given ones, to the
// colon, are replaced by them; others are added.
func with(lines ...string) string {
	headers := append([]string(nil), good...)
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		for i := range headers {
			if strings.HasPrefix(headers[i], name+":") {
				headers[i], line = line, ""
			}
		}
		if line != "" {
			headers = append(headers, line)
		}
	}
	return request("GET /chat HTTP/1.1", headers...)
}

// without is a request that lacks the header name.
func without(name string) string {
	var headers []string
	for _, h := range good {
		if !strings.HasPrefix(h, name+":") {
			headers = append(headers, h)
		}
	}
	return request("GET /chat HTTP/1.1", headers...)
}

// repeated is a request with one more line at its end.
func repeated(line string) string {
	return strings.TrimSuffix(with(), "\r\n") + line + "\r\n\r\n"
}

func long(size int) string {
	const name = "X: "
	pad := size - len(repeated(name))
	return repeated(name + strings.Repeat("x", pad))
}

var goodRequests = map[string]string{
	"plain":               with(),
	"upper case":          request("GET /chat HTTP/1.1", strings.ToUpper(good[0]), strings.ToUpper(good[1]), strings.ToUpper(good[2]), good[3], strings.ToUpper(good[4])),
	"lower case":          request("GET /chat HTTP/1.1", strings.ToLower(good[0]), strings.ToLower(good[1]), strings.ToLower(good[2]), "sec-websocket-key: "+exampleKey, strings.ToLower(good[4])),
	"reverse order":       request("GET /chat HTTP/1.1", good[4], good[3], good[2], good[1], good[0]),
	"connection list":     with("Connection: keep-alive, Upgrade"),
	"connection twice":    repeated("Connection: keep-alive"),
	"upgrade list":        with("Upgrade: h2c , WebSocket"),
	"no space":            with("Host:a", "Upgrade:websocket", "Connection:upgrade", "Sec-WebSocket-Key:"+exampleKey, "Sec-WebSocket-Version:13"),
	"spaces and tabs":     with("Upgrade: \t websocket \t", "Sec-WebSocket-Key:  "+exampleKey+" ", "Sec-WebSocket-Version:\t13\t"),
	"more headers":        with("Origin: http://example.com", "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate", "Cookie: a=b; c=d:e", "X-Empty:"),
	"bytes over 127":      with("X: caf\xE9"),
	"no body":             with("Content-Length: 0"),
	"all marks of a name": with("!#$%&'*+-.^_`|~09azAZ: x"),
	"as long as may be":   long(MaxRequest),
}

func TestParseUpgradeAccepts(t *testing.T) {
	for name, r := range goodRequests {
		t.Run(name, func(t *testing.T) {
			for _, after := range []string{"", "\x81\x85", "\r\n\r\n", with(), strings.Repeat("x", MaxRequest)} {
				u, refused := ParseUpgrade([]byte(r + after))
				if refused != nil || u.Size != len(r) || string(u.Target) != "/chat" || string(u.Key[:]) != exampleKey {
					t.Errorf("followed by %.9q: size %d of %d, target %q, key %q, %v", after, u.Size, len(r), u.Target, u.Key, refused)
				}
			}
			for n := range len(r) {
				if u, refused := ParseUpgrade([]byte(r[:n])); refused != nil || u.Size != 0 {
					t.Fatalf("%d of %d bytes: size %d, %v", n, len(r), u.Size, refused)
				}
			}
		})
	}
}

var badRequests = []struct {
	name, request string
	want          *Refusal
}{
	{"POST", strings.Replace(with(), "GET", "POST", 1), ErrMethod},
	{"method in lower case", strings.Replace(with(), "GET", "get", 1), ErrMethod},
	{"HTTP/1.0", strings.Replace(with(), "HTTP/1.1", "HTTP/1.0", 1), ErrHTTPVersion},
	{"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ErrHTTPVersion},
	{"no version", "GET /chat\r\n\r\n", ErrBadRequest},
	{"no target", "GET  HTTP/1.1\r\n\r\n", ErrBadRequest},
	{"two spaces", strings.Replace(with(), "GET ", "GET  ", 1), ErrBadRequest},
	{"space at the end", strings.Replace(with(), "1.1", "1.1 ", 1), ErrBadRequest},
	{"space in the target", strings.Replace(with(), "/chat", "/ch at", 1), ErrBadRequest},
	{"tab in the target", strings.Replace(with(), "/chat", "/ch\tat", 1), ErrBadRequest},
	{"NUL in the target", strings.Replace(with(), "/chat", "/ch\x00at", 1), ErrBadRequest},
	{"empty line first", "\r\n" + with(), ErrBadRequest},
	{"nothing", "\r\n\r\n", ErrBadRequest},
	{"TLS", "\x16\x03\x01\x02\x00\r\n\r\n", ErrBadRequest},
	{"LF after the request line", strings.Replace(with(), "\r\n", "\n", 1), ErrBadRequest},
	{"LF between headers", strings.Replace(with("A: b"), "\r\nA", "\nA", 1), ErrBadRequest},
	{"CR in a value", with("A: b\rc"), ErrBadRequest},
	{"CR before CRLF", with("A: b\r"), ErrBadRequest},
	{"NUL in a value", with("A: b\x00"), ErrBadRequest},
	{"DEL in a value", with("A: b\x7F"), ErrBadRequest},
	{"NUL in a name", with("A\x00: b"), ErrBadRequest},
	{"space before the colon", with("Transfer-Encoding : chunked"), ErrBadRequest},
	{"space before the first name", strings.Replace(with(), "Host", " Host", 1), ErrBadRequest},
	{"folded line", with("A: b\r\n c: d"), ErrBadRequest},
	{"line folded by a tab", with("A: b\r\n\tc"), ErrBadRequest},
	{"no colon", with("A"), ErrBadRequest},
	{"no name", with(": b"), ErrBadRequest},
	{"name not ASCII", with("\xC3\xA9: b"), ErrBadRequest},
	{"no host", without("Host"), ErrHost},
	{"host twice", repeated("host: b"), ErrHost},
	{"no upgrade", without("Upgrade"), ErrUpgrade},
	{"upgrade to another protocol", with("Upgrade: h2c"), ErrUpgrade},
	{"plain GET", request("GET / HTTP/1.1", "Host: a", "Connection: close"), ErrUpgrade},
	{"no connection", without("Connection"), ErrConnection},
	{"connection kept alive", with("Connection: keep-alive"), ErrConnection},
	{"connection nearly", with("Connection: Upgrades"), ErrConnection},
	{"no protocol version", without("Sec-WebSocket-Version"), ErrVersion},
	{"version 8", with("Sec-WebSocket-Version: 8"), ErrVersion},
	{"version list", with("Sec-WebSocket-Version: 13, 8"), ErrVersion},
	{"version twice", repeated("Sec-WebSocket-Version: 13"), ErrTwice},
	{"version 8 and 13", with("Sec-WebSocket-Version: 8\r\nsec-websocket-version: 13"), ErrTwice},
	{"origin twice", with("Origin: http://a\r\norigin: http://b"), ErrTwice},
	{"subprotocol of two words", with("Sec-WebSocket-Protocol: a, b c"), ErrProtocol},
	{"subprotocol in quotes", with("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: \"b\""), ErrProtocol},
	{"host of two words", with("Host: a b"), ErrHost},
	{"host with a user", with("Host: a@b"), ErrHost},
	{"method that is no token", strings.Replace(with(), "GET", "G(T", 1), ErrBadRequest},
	{"target that is no path", strings.Replace(with(), "/chat", "chat", 1), ErrBadRequest},
	{"target of another scheme", strings.Replace(with(), "/chat", "ftp://a/chat", 1), ErrBadRequest},
	{"target of no host", strings.Replace(with(), "/chat", "http:///chat", 1), ErrBadRequest},
	{"no key", without("Sec-WebSocket-Key"), ErrKey},
	{"empty key", with("Sec-WebSocket-Key:"), ErrKey},
	{"key twice", repeated("Sec-WebSocket-Key: " + exampleKey), ErrKey},
	{"key of 15 bytes", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j"), ErrKey},
	{"key of 18 bytes", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSAx"), ErrKey},
	{"key not base64", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25*ZQ=="), ErrKey},
	{"body", with("Content-Length: 5"), ErrBody},
	{"two body lengths", with("Content-Length: 5\r\nContent-Length: 0"), ErrFraming},
	{"chunked body", with("Transfer-Encoding: chunked"), ErrBody},
	{"one byte too long", long(MaxRequest + 1), ErrLong},
	{"without end", "GET /" + strings.Repeat("x", MaxRequest-5), ErrLong},
	{"LF only, without end", strings.ReplaceAll(with("A: "+strings.Repeat("x", MaxRequest)), "\r\n", "\n"), ErrBadRequest},
}

func TestParseUpgradeRefuses(t *testing.T) {
	for _, c := range badRequests {
		t.Run(c.name, func(t *testing.T) {
			for _, after := range []string{"", "\r\n\r\n", with()} {
				if u, refused := ParseUpgrade([]byte(c.request + after)); refused != c.want || u.Size != 0 {
					t.Errorf("followed by %.9q: size %d, %v; want %v", after, u.Size, refused, c.want)
				}
			}
			head, _, _ := strings.Cut(c.request, "\r\n\r\n")
			for n := range min(len(head), MaxRequest) {
				var want *Refusal
				if certainlyBad(head[:n]) {
					want = c.want
				}
				if u, refused := ParseUpgrade([]byte(head[:n])); refused != want || u.Size != 0 {
					t.Fatalf("%d bytes: size %d, %v; want %v", n, u.Size, refused, want)
				}
			}
		})
	}
}

// certainlyBad tells whether no bytes that follow head make it an HTTP
// request: it begins with no method, or a line ends in LF alone.
func certainlyBad(head string) bool {
	first := head != "" && !IsToken(head[:1])
	return first || strings.Contains(strings.ReplaceAll(head, "\r\n", ""), "\n")
}

func TestParseUpgradeTargetAliases(t *testing.T) {
	b := []byte(with())
	u, _ := ParseUpgrade(b)
	if &u.Target[0] != &b[4] {
		t.Error("the target was copied")
	}
	if got := fmt.Sprintf("%d %s", u.Size, u.Key); got != fmt.Sprintf("%d %s", len(b), exampleKey) {
		t.Error(got)
	}
}
