package parse

import "strconv"

// Refusal is why an opening handshake was refused, as an HTTP answer
// (RFC 6455, section 4.2.2).
type Refusal struct {
	Status int    // HTTP status code
	Text   string // its reason phrase
	Why    string // one line for the body
	header string // further header lines
}

func (r *Refusal) Error() string {
	return "parse: opening handshake: " + strconv.Itoa(r.Status) + " " + r.Text + ": " + r.Why
}

// The refusals that ParseUpgrade returns.
var (
	ErrBadRequest  = &Refusal{400, "Bad Request", "malformed HTTP request", ""}
	ErrHost        = &Refusal{400, "Bad Request", "a Host header is due exactly once", ""}
	ErrKey         = &Refusal{400, "Bad Request", "Sec-WebSocket-Key must be 16 octets in base64, once", ""}
	ErrBody        = &Refusal{400, "Bad Request", "an upgrade request has no body", ""}
	ErrConnection  = &Refusal{400, "Bad Request", "an upgrade needs the header Connection: Upgrade", ""}
	ErrMethod      = &Refusal{405, "Method Not Allowed", "a WebSocket is opened by GET", "Allow: GET\r\n"}
	ErrUpgrade     = &Refusal{426, "Upgrade Required", "this server speaks WebSocket only", upgradeTo13}
	ErrVersion     = &Refusal{426, "Upgrade Required", "Sec-WebSocket-Version must be 13, once", upgradeTo13}
	ErrLong        = &Refusal{431, "Request Header Fields Too Large", "the request head is limited to 8192 octets", ""}
	ErrHTTPVersion = &Refusal{505, "HTTP Version Not Supported", "an upgrade needs HTTP/1.1", ""}
)

// upgradeTo13 tells what this server speaks (RFC 6455, section 4.4).
const upgradeTo13 = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n"

// Append appends the refusal as an HTTP answer that ends the connection.
func (r *Refusal) Append(dst []byte) []byte {
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
	dst = append(dst, "\r\n\r\n"...)
	dst = append(dst, r.Why...)
	return append(dst, '\n')
}
