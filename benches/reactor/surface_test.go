//go:build linux

package reactor

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// surfaceConfigs are the ways to run a loop that a Handler, a Sender and an
// adopting server must not be able to tell apart. Tests of the public surface
// run over all of them.
func surfaceConfigs() map[string]Config {
	return map[string]Config{"io=epoll": {}, "io=uring": {Uring: true}}
}

// surface runs a test of the public surface.
func surface(t *testing.T, test func(t *testing.T, cfg Config)) {
	for name, cfg := range surfaceConfigs() {
		t.Run(name, func(t *testing.T) { test(t, cfg) })
	}
}

// surfaceLayouts is surface over the buffers and write modes too.
func surfaceLayouts(t *testing.T, test func(t *testing.T, cfg Config)) {
	surface(t, func(t *testing.T, base Config) {
		for name, layout := range configs() {
			if layout.Uring {
				continue // base says it
			}
			cfg := base
			cfg.Buffers, cfg.Write, cfg.BufferSize = layout.Buffers, layout.Write, layout.BufferSize
			cfg.Drain, cfg.FlushFrame = layout.Drain, layout.FlushFrame
			t.Run(name, func(t *testing.T) { test(t, cfg) })
		}
	})
}

// script is a Handler of functions, of which nil ones do nothing. It fails the
// test where a connection is not treated as Handler promises.
type script struct {
	open    func(c *Conn)
	message func(c *Conn, op parse.Opcode, payload []byte)
	drained func(c *Conn)

	t      testing.TB
	alive  map[*Conn]ID
	opened chan *Conn
	ended  chan error // what Close was called with
}

func (s *script) Open(c *Conn) {
	if _, twice := s.alive[c]; twice {
		s.t.Error("Open twice")
	}
	s.alive[c] = c.ID()
	if s.open != nil {
		s.open(c)
	}
	select {
	case s.opened <- c:
	default:
	}
}

func (s *script) Message(c *Conn, op parse.Opcode, payload []byte) {
	s.known(c, "Message")
	if s.message != nil {
		s.message(c, op, payload)
	}
}

func (s *script) Drained(c *Conn) {
	s.known(c, "Drained")
	if s.drained != nil {
		s.drained(c)
	}
}

func (s *script) Close(c *Conn, err error) {
	s.known(c, "Close")
	delete(s.alive, c)
	if err := c.Send(parse.Text, nil); err != ErrGone {
		s.t.Errorf("Send within Close: %v", err)
	}
	c.Close(parse.CloseNormal, "")
	select {
	case s.ended <- err:
	default:
	}
}

func (s *script) known(c *Conn, call string) {
	if id, ok := s.alive[c]; !ok || id != c.ID() {
		s.t.Errorf("%s of a connection that is not open, or has another ID", call)
	}
}

// prepare makes s the handler of cfg. When the test is over, every connection
// must have been closed.
func (s *script) prepare(t testing.TB, cfg Config) Config {
	s.t, s.alive = t, map[*Conn]ID{}
	s.opened, s.ended = make(chan *Conn, 100), make(chan error, 100)
	t.Cleanup(func() {
		if len(s.alive) > 0 {
			t.Errorf("%d connections were never closed", len(s.alive))
		}
	})
	cfg.Handler = s
	return cfg
}

// serve runs a loop with s as handler until the test ends.
func (s *script) serve(t *testing.T, cfg Config) (*Loop, netip.AddrPort) {
	return start(t, s.prepare(t, cfg))
}

// wantEnd waits until a connection has ended, which must be with want.
func (s *script) wantEnd(want error) {
	s.t.Helper()
	if err := within(s.t, s.ended); !errors.Is(err, want) {
		s.t.Errorf("Close with %v, want %v", err, want)
	}
}

func within[T any](t testing.TB, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(waiting.Bound):
		t.Fatal("nothing happens")
	}
	return v
}

// onLoop runs f on the loop's goroutine and waits for it.
func onLoop(t testing.TB, l *Loop, f func()) {
	t.Helper()
	done := make(chan bool)
	if !l.Do(func() { f(); close(done) }) {
		t.Fatal("the loop has ended")
	}
	within(t, done)
}

// answerClose reads the server's close frame, answers it and awaits EOF.
func (c *client) answerClose(code int, reason string) {
	c.t.Helper()
	payload := string(parse.AppendClose(nil, code, reason))
	c.wantFrame(parse.Close, payload)
	c.send(frame(parse.Close, payload))
	c.eof()
	c.TCPConn.Close()
}
