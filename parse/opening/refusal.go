package opening

import "strconv"

// Refusal is why a request was refused, and the HTTP answer that says so (RFC 6455, section
// 4.2.2).
type Refusal struct {
	Status int    // HTTP status code
	Text   string // its reason phrase
	Why    string // one line for the body
	header string // further header lines
}

func (r *Refusal) Error() string {
	return "opening handshake: " + strconv.Itoa(r.Status) + " " + r.Text + ": " + r.Why
}

const (
	badRequest       = "Bad Request"
	methodNotAllowed = "Method Not Allowed"
)

// The refusals that ParseRequest returns.
var (
	ErrBadRequest  = &Refusal{400, badRequest, "malformed HTTP request", ""}
	ErrHost        = &Refusal{400, badRequest, "a Host header is due exactly once, host or host:port", ""}
	ErrTwice       = &Refusal{400, badRequest, "a header that may come once came twice: Origin, Expect or Sec-WebSocket-Version", ""}
	ErrFraming     = &Refusal{400, badRequest, "Content-Length and Transfer-Encoding leave in doubt where the body ends", ""}
	ErrExpect      = &Refusal{417, "Expectation Failed", "Expect may say 100-continue only", ""}
	ErrLong        = &Refusal{431, "Request Header Fields Too Large", "the request head is longer than this server takes", ""}
	ErrHTTPVersion = &Refusal{505, "HTTP Version Not Supported", "an upgrade needs HTTP/1.1", ""}
)

// What Request.Upgrade refuses besides, by ErrTwice and ErrHTTPVersion too.
var (
	ErrKey        = &Refusal{400, badRequest, "Sec-WebSocket-Key must be 16 bytes in base64, once", ""}
	ErrBody       = &Refusal{400, badRequest, "an upgrade request has no body", ""}
	ErrConnection = &Refusal{400, badRequest, "an upgrade needs the header Connection: Upgrade", ""}
	ErrProtocol   = &Refusal{400, badRequest, "Sec-WebSocket-Protocol must be a list of tokens", ""}
	ErrMethod     = &Refusal{405, methodNotAllowed, "a WebSocket is opened by GET", "Allow: GET\r\n"}
	ErrUpgrade    = &Refusal{426, "Upgrade Required", "this server speaks WebSocket only", upgradeTo13}
	ErrVersion    = &Refusal{426, "Upgrade Required", "Sec-WebSocket-Version must be 13", upgradeTo13}
)

// What a server may refuse by its own rules.
var (
	ErrOrigin      = &Refusal{403, "Forbidden", "no WebSocket for pages of this Origin", ""}
	ErrNotFound    = &Refusal{404, "Not Found", "nothing is read at this path; a WebSocket may be opened at it", ""}
	ErrRouteMethod = &Refusal{405, methodNotAllowed, "this path is read by GET or HEAD", "Allow: GET, HEAD\r\n"}
	ErrTimeout     = &Refusal{408, "Request Timeout", "the request did not arrive in time", ""}
	ErrLength      = &Refusal{411, "Length Required", "a body is taken with a Content-Length only", ""}
	ErrBodyLong    = &Refusal{413, "Content Too Large", "the body is longer than this server takes", ""}
)

// upgradeTo13 announces what this server speaks (RFC 6455, section 4.4).
const upgradeTo13 = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n"

// Append appends the refusal as an HTTP answer that ends the connection.
func (r *Refusal) Append(dst []byte) []byte {
	dst = r.AppendHead(dst)
	dst = append(dst, r.Why...)
	return append(dst, '\n')
}

// AppendHead appends what Append does, without a body, for a request by HEAD.
func (r *Refusal) AppendHead(dst []byte) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(r.Status), 10)
	dst = append(dst, ' ')
	dst = append(dst, r.Text...)
	dst = append(dst, "\r\n"...)
	dst = append(dst, r.header...)
	if r.Status != ErrUpgrade.Status {
		dst = append(dst, "Connection: close\r\n"...)
	}
	dst = append(dst, "Content-Type: text/plain\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(r.Why)+1), 10)
	return append(dst, "\r\n\r\n"...)
}

// MaxOK is the most bytes that AppendOK appends besides the content type.
const MaxOK = 104

// AppendOK appends the head of an answer 200 with a body of this content type
// and of length bytes. last announces that the connection ends with it.
func AppendOK(dst []byte, contentType string, length int, last bool) []byte {
	dst = append(dst, "HTTP/1.1 200 OK\r\n"...)
	if last {
		dst = append(dst, "Connection: close\r\n"...)
	}
	dst = append(dst, "Content-Type: "...)
	dst = append(dst, contentType...)
	dst = append(dst, "\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(length), 10)
	return append(dst, "\r\n\r\n"...)
}
