//go:build linux

package reactor

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/parse/opening"
)

// silence never answers.
func silence(*client) {}

// However a connection ends, the handler is told once, and why.
func TestCloseTellsWhy(t *testing.T) {
	hasty := Config{Linger: 50 * time.Millisecond}
	for _, tt := range []struct {
		name   string
		cfg    Config
		client func(c *client)
		want   error
	}{
		{"peer closes", hasty, func(c *client) { c.send(frame(parse.Close, closeFrame(1000))) }, nil},
		{"peer closes, without a code", hasty, func(c *client) { c.send(frame(parse.Close, "")) }, nil},
		{"peer drops", Config{}, func(c *client) { c.TCPConn.Close() }, io.EOF},
		{"peer drops in a frame", Config{}, func(c *client) {
			c.send(frame(parse.Text, "half")[:7])
			c.TCPConn.Close()
		}, io.EOF},
		{"peer resets", Config{}, func(c *client) {
			c.SetLinger(0)
			c.TCPConn.Close()
		}, syscall.ECONNRESET},
		{"text is none", hasty, func(c *client) { c.send(frame(parse.Text, "\xff")) }, engine.ErrNotUTF8},
		{"reserved opcode", hasty, func(c *client) { c.send(frame(3, "")) }, parse.ErrReservedOpcode},
		{"too long", Config{Linger: hasty.Linger, Engine: engine.Config{Limits: engine.Limits{MaxMessage: 10}}},
			func(c *client) { c.send(frame(parse.Text, "twelve octets")) }, engine.ErrTooBig},
		{"silent", Config{Idle: 100 * time.Millisecond}, silence, ErrSilent},
		{"server closes, peer does not", hasty, func(c *client) { c.send(frame(parse.Text, "close")) }, ErrUnclosed},
		{"server closes, peer drops", Config{}, func(c *client) {
			c.send(frame(parse.Text, "close"))
			c.wantFrame(parse.Close, closeFrame(1000))
			c.TCPConn.Close()
		}, io.EOF},
		{"server closes, peer too", Config{}, func(c *client) {
			c.send(frame(parse.Text, "close"))
			c.answerClose(1000, "")
		}, nil},
		{"peer does not read", Config{MaxQueue: 1000, Idle: 300 * time.Millisecond}, func(c *client) {
			go io.Copy(c, strings.NewReader(strings.Repeat(string(frame(parse.Binary, strings.Repeat("x", 60_000))), 1000)))
		}, ErrSilent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				cfg.Linger, cfg.Idle, cfg.MaxQueue, cfg.Engine = tt.cfg.Linger, tt.cfg.Idle, tt.cfg.MaxQueue, tt.cfg.Engine
				s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) {
					if string(payload) == "close" {
						c.Close(parse.CloseNormal, "")
						return
					}
					c.Echo()
				}}
				_, addr := s.serve(t, cfg)
				tt.client(connect(t, addr))
				s.wantEnd(tt.want)
			})
		})
	}
}

// What the loop's own end leaves open ends with it.
func TestCloseWithLoop(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, addr := newLoop(t, s.prepare(t, cfg))
		c := dial(t, addr)
		c.send(opening.AppendRequest(nil, "x", "/", testKey))
		for len(s.opened) == 0 {
			if err := l.RunOnce(time.Second); err != nil {
				t.Fatal(err)
			}
		}
		l.Close()
		s.wantEnd(ErrLoopEnded)
		c.accepted()
		c.eof()
	})
}

// closing is ways to call Conn.Close: in the callback, and from outside.
var closing = map[string]func(l *Loop, do func()){
	"callback": func(_ *Loop, do func()) { do() },
	"outside":  func(l *Loop, do func()) { l.Do(do) },
}

// Close sends what was sent before it, however much that is, then the close
// frame; nothing follows, and no message is delivered any more.
func TestCloseDrains(t *testing.T) {
	const count, size = 24, 250_000 // more than the kernel takes
	for name, call := range closing {
		t.Run(name, func(t *testing.T) {
			surfaceLayouts(t, func(t *testing.T, cfg Config) {
				heard := 0
				s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) {
					heard++
					call(c.Loop(), func() {
						for range count {
							if err := c.Send(parse.Binary, make([]byte, size)); err != nil {
								t.Error(err)
							}
						}
						c.Close(4001, "bye")
						c.Close(4002, "once more")
						if err := c.Send(parse.Text, nil); err != ErrGone {
							t.Errorf("Send after Close: %v", err)
						}
						if err := c.SendPrepared(prepared(parse.Text, nil)); err != ErrGone {
							t.Errorf("SendPrepared after Close: %v", err)
						}
					})
				}}
				l, addr := s.serve(t, cfg)
				c := connect(t, addr)
				wire := frame(parse.Text, "go")
				if name == "callback" {
					wire = append(wire, frame(parse.Text, "late")...)
				}
				c.send(wire)
				for range count {
					c.wantFrame(parse.Binary, string(make([]byte, size)))
				}
				c.send(frame(parse.Text, "later"))
				c.answerClose(4001, "bye")
				s.wantEnd(nil)
				onLoop(t, l, func() {
					if heard != 1 {
						t.Errorf("%d messages delivered, want 1", heard)
					}
				})
			})
		})
	}
}

// An echo asked for before Close is sent before the close frame, as the
// message stands when the callback returns.
func TestEchoThenClose(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) {
			c.Echo()
			c.Close(4001, "bye")
			payload[0]++
			c.Send(parse.Text, []byte("refused"))
		}}
		_, addr := s.serve(t, cfg)
		for _, n := range []int{1, 200, 70_000} {
			c := connect(t, addr)
			c.send(append(frame(parse.Text, "a"+strings.Repeat("x", n)), frame(parse.Text, "late")...))
			c.wantFrame(parse.Text, "b"+strings.Repeat("x", n))
			c.answerClose(4001, "bye")
			s.wantEnd(nil)
		}
	})
}

// A handler may close a connection before its first message.
func TestCloseInOpen(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{
			open:    func(c *Conn) { c.Close(1013, "full") },
			message: func(*Conn, parse.Opcode, []byte) { t.Error("a message after Close") },
		}
		_, addr := s.serve(t, cfg)
		c := dial(t, addr)
		c.send(append(opening.AppendRequest(nil, "x", "/", testKey), frame(parse.Text, "hello")...))
		c.accepted()
		c.answerClose(1013, "full")
		s.wantEnd(nil)
	})
}
