package peers

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// A feed is a connection in memory whose client sends one frame over and over.
// What is written to it is lost.
type feed struct {
	frame []byte
	at    int // in the frame
	left  int // frames to begin still, the present one included
}

func (f *feed) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) && f.left > 0 {
		moved := copy(b[n:], f.frame[f.at:])
		n += moved
		if f.at += moved; f.at == len(f.frame) {
			f.at = 0
			f.left--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (f *feed) Write(b []byte) (int, error)      { return len(b), nil }
func (f *feed) Close() error                     { return nil }
func (f *feed) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (f *feed) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (f *feed) SetDeadline(time.Time) error      { return nil }
func (f *feed) SetReadDeadline(time.Time) error  { return nil }
func (f *feed) SetWriteDeadline(time.Time) error { return nil }

// A hijacked answer hands the feed out as net/http would its connection.
type hijacked struct {
	http.ResponseWriter
	conn *feed
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// handshake is the two ends of an opening handshake over f.
func handshake(f *feed) (http.ResponseWriter, *http.Request) {
	r := httptest.NewRequest("GET", "http://peers.test/", nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(name, value)
	}
	return hijacked{httptest.NewRecorder(), f}, r
}

// errShort is of a library that ended before all messages were read.
var errShort = errors.New("peers: the library read fewer messages than were sent")
