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

// A feed is a connection in memory whose client sends one burst of bytes over
// and over, each once the one before it is answered: a Read ends where a burst
// does, as a recv would. It counts the calls, each of which would be one to the
// system. What is written to it is lost unless it is to be kept.
type feed struct {
	burst []byte
	rest  []byte      // of the present burst
	more  func() bool // whether another burst is to come; nil: no
	ended bool

	reads, writes int
	bytes         int // written
	keep          bool
	kept          []byte
}

func (f *feed) Read(b []byte) (int, error) {
	if len(f.rest) == 0 {
		if f.ended || f.more == nil || !f.more() {
			f.ended = true
			return 0, io.EOF
		}
		f.rest = f.burst
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	f.reads++
	return n, nil
}

// Write counts what answers the client. What a library says after the client
// has gone does not.
func (f *feed) Write(b []byte) (int, error) {
	if f.ended {
		return len(b), nil
	}
	f.writes++
	f.bytes += len(b)
	if f.keep {
		f.kept = append(f.kept, b...)
	}
	return len(b), nil
}

// A loop serves a connection until its client has gone, and returns why it
// ended.
type loop func() error

// serve runs l as long as more tells of another burst. What was counted before
// was the opening handshake's.
func (f *feed) serve(l loop, more func() bool) error {
	f.more, f.ended = more, false
	f.reads, f.writes, f.bytes, f.kept = 0, 0, 0, nil
	err := l()
	switch {
	case f.ended:
		return nil
	case err == nil:
		return errEarly
	}
	return err
}

// errEarly is of a library that ended before its client.
var errEarly = errors.New("peers: the library ended before its client did")

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

// Hijack comes with buffers of the size that net/http's have, 4 KiB.
func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// handshake returns the two ends of an opening handshake over f.
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
