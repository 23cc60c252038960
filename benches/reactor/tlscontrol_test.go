//go:build linux

package reactor

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/tls13"
	"wsbench/parse"
)

// A peer's key update is followed, and answered where it asks for that. Where the
// kernel takes no second key, it ends the connection by an alert.
func TestTLSKeyUpdate(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		s := echoes()
		l, _ := s.serve(t, cfg)
		p := connectPeer(t, l, kernel)
		const rounds = 3
		for i := range rounds {
			wire := p.data(frame(parse.Text, "before"))
			wire = p.seal.SealKeyUpdate(wire, i > 0)
			p.raw(append(wire, p.data(frame(parse.Text, "after"))...))
			p.wantFrame(parse.Text, "before")
			if kernel && !rekeys(t) {
				p.wantAlert(tls13.InternalError)
				s.wantEnd(ErrRekey)
				onLoop(t, l, func() {
					if n := l.count.TLSUnkeyed; n != 1 {
						t.Errorf("%d connections had no second key, want 1", n)
					}
				})
				return
			}
			p.wantFrame(parse.Text, "after")
			p.send(frame(parse.Text, "and on"))
			p.wantFrame(parse.Text, "and on")
		}
		if p.updates != rounds-1 {
			t.Errorf("%d key updates came back for %d requested", p.updates, rounds-1)
		}
		var got Counters
		if onLoop(t, l, func() { got = *l.count }); got.TLSUpdates != rounds || got.TLSUnkeyed != 0 {
			t.Errorf("%d key updates, %d connections that had no second key, want %d, 0", got.TLSUpdates, got.TLSUnkeyed, rounds)
		}
	})
}

// rekeys reports whether the kernel takes a second key.
func rekeys(t *testing.T) bool {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	var major, minor int
	fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	return major > 6 || major == 6 && minor >= 14
}

// wantAlert reads to the end of the connection, which must be this alert.
func (p *peer) wantAlert(want tls13.AlertError) {
	p.t.Helper()
	var a tls13.AlertError
	if _, err := io.ReadAll(p); !errors.As(err, &a) || a != want {
		p.t.Errorf("the connection ends with %v, want %v", err, want)
	}
	p.TCPConn.Close()
}

// close_notify of either side ends the connection, and is answered by one.
func TestTLSCloseNotify(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		s := echoes()
		l, _ := s.serve(t, cfg)
		p := connectPeer(t, l, kernel)
		within(t, s.opened)
		p.raw(append(p.data(frame(parse.Text, "last")), p.seal.SealAlert(nil, tls13.CloseNotify)...))
		p.wantFrame(parse.Text, "last")
		p.eof()
		p.TCPConn.Close()
		s.wantEnd(io.EOF)

		p = connectPeer(t, l, kernel)
		conn := within(t, s.opened)
		onLoop(t, l, func() { conn.Close(1001, "") })
		p.answerClose(1001, "")
		s.wantEnd(nil)

		p = connectPeer(t, l, kernel)
		p.TCPConn.Close()
		s.wantEnd(ErrTruncated)
		var got Counters
		if onLoop(t, l, func() { got = *l.count }); got.TLSTruncated != 1 || got.TLSRefused != 0 {
			t.Errorf("%d truncated, %d refused, want 1, 0", got.TLSTruncated, got.TLSRefused)
		}
	})
}

// An alert of the peer's ends the connection, and is told as the reason.
func TestTLSAlert(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		s := echoes()
		l, _ := s.serve(t, cfg)
		p := connectPeer(t, l, kernel)
		p.raw(p.seal.SealAlert(nil, tls13.UserCanceled)) // says nothing yet
		p.send(frame(parse.Text, "on"))
		p.wantFrame(parse.Text, "on")
		p.raw(p.seal.SealAlert(nil, tls13.InternalError))
		s.wantEnd(tls13.InternalError)
	})
}

// What is no TLS ends the connection by an alert, and only that one.
func TestTLSRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire func(p *peer) []byte
		want tls13.AlertError
	}{
		{"HTTP", func(*peer) []byte { return []byte("GET / HTTP/1.1\r\n\r\n") }, tls13.UnexpectedMessage},
		{"zeros", func(*peer) []byte { return make([]byte, 100) }, tls13.UnexpectedMessage},
		{"wrong tag", func(p *peer) []byte { return flip(p.data([]byte("tag")), -1) }, tls13.BadRecordMAC},
		{"wrong content", func(p *peer) []byte { return flip(p.data([]byte("tag")), tls13.HeaderSize) }, tls13.BadRecordMAC},
		{"too long", func(*peer) []byte { return []byte{23, 3, 3, 0x41, 0x01} }, tls13.RecordOverflow},
		{"too short", func(*peer) []byte { return []byte{23, 3, 3, 0, 3, 1, 2, 3} }, tls13.BadRecordMAC},
		{"another type", func(p *peer) []byte { return p.seal.Seal(nil, 24, []byte("heartbeat")) }, tls13.UnexpectedMessage},
		{"a handshake message", func(p *peer) []byte { return p.seal.Seal(nil, tls13.TypeHandshake, []byte{20, 0, 0, 0}) }, tls13.UnexpectedMessage},
		{"data within a message", func(p *peer) []byte {
			return p.seal.Seal(p.seal.Seal(nil, tls13.TypeHandshake, tls13.KeyUpdateMessage(false)[:2]), tls13.TypeApplicationData, []byte("data"))
		}, tls13.UnexpectedMessage},
		{"an alert within a message", func(p *peer) []byte {
			return p.seal.SealAlert(p.seal.Seal(nil, tls13.TypeHandshake, tls13.KeyUpdateMessage(false)[:4]), tls13.CloseNotify)
		}, tls13.UnexpectedMessage},
		{"empty records", func(p *peer) []byte {
			var b []byte
			for range 100 {
				b = p.seal.Seal(b, tls13.TypeApplicationData, nil)
			}
			return b
		}, tls13.UnexpectedMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				s := echoes()
				l, _ := s.serve(t, cfg)
				innocent, p := connectPeer(t, l, false), connectPeer(t, l, false)
				p.raw(append(p.data(frame(parse.Text, "good")), tt.wire(p)...))
				p.wantFrame(parse.Text, "good")
				p.wantAlert(tt.want)
				s.wantEnd(tt.want)
				innocent.send(frame(parse.Text, "still here"))
				innocent.wantFrame(parse.Text, "still here")
				innocent.Close()
				var got Counters
				if onLoop(t, l, func() { got = *l.count }); got.TLSRefused != 1 {
					t.Errorf("%d connections are counted as refused, want 1", got.TLSRefused)
				}
			})
		})
	}
}

// flip returns wire with one byte changed.
func flip(wire []byte, at int) []byte {
	wire[(at+len(wire))%len(wire)] ^= 1
	return wire
}
