//go:build linux

package reactor

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/parse"
)

// fill sends c messages until it is full and stays so: the kernel has taken
// what it takes. It tells how many were sent.
func fill(t testing.TB, l *Loop, c *Conn, payload []byte) (sent int) {
	t.Helper()
	for idle := 0; idle < 3; time.Sleep(10 * time.Millisecond) {
		before := sent
		onLoop(t, l, func() {
			for last := c.Buffered(); c.Send(parse.Binary, payload) == nil; sent++ {
				if now := c.Buffered(); now < last+len(payload) {
					t.Errorf("%d bytes are buffered, then %d", last, now)
				} else {
					last = now
				}
			}
			if now, most := c.Buffered(), l.cfg.MaxQueue; now > most || now+len(payload)+parse.MaxServerHeader < most {
				t.Errorf("full with %d bytes buffered of %d", now, most)
			}
		})
		if idle++; sent > before {
			idle = 0
		}
	}
	return sent
}

// What a peer does not read is bounded, the handler sees how much it is, and
// learns when all of it has been taken.
func TestBackpressure(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 128 << 10
		drains := 0
		s := &script{drained: func(c *Conn) {
			if drains++; c.Buffered() > 0 {
				t.Errorf("drained, with %d bytes buffered", c.Buffered())
			}
		}}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		c.SetReadBuffer(256 << 10) // a window below one segment makes TCP crawl
		conn := within(t, s.opened)
		payload := bytes.Repeat([]byte("p"), 20_000)
		sent := fill(t, l, conn, payload)
		before := 0
		onLoop(t, l, func() { before = drains })
		for range sent {
			c.wantFrame(parse.Binary, string(payload))
		}
		for now := before; now != before+1; {
			if now > before+1 {
				t.Fatalf("drained %d times, want once", now-before)
			}
			onLoop(t, l, func() { now = drains })
		}
	})
}

// stream is a handler that sends count messages on the other connection, or on
// its own, as fast as it is told that they are taken.
type stream struct {
	script
	payload  []byte
	to       *Conn
	left     int
	complete chan bool
}

func (s *stream) Message(c *Conn, _ parse.Opcode, payload []byte) {
	if string(payload) == "to me" {
		s.to = c
	}
	s.more()
}

func (s *stream) Drained(*Conn) { s.more() }

func (s *stream) more() {
	for ; s.left > 0; s.left-- {
		if err := s.to.Send(parse.Binary, s.payload); err == ErrFull {
			return
		}
	}
	select {
	case s.complete <- true:
	default:
	}
}

// ErrFull is always followed by Drained, also where the kernel takes at once
// what filled the queue.
func TestFullThenDrained(t *testing.T) {
	for _, how := range []string{"to me", "to the other"} {
		for _, size := range []int{1, 100, 30_000} {
			t.Run(fmt.Sprintf("%s/%d", how, size), func(t *testing.T) {
				surface(t, func(t *testing.T, cfg Config) {
					cfg.MaxQueue = 64 << 10
					count := 8 << 20 / (size + 100)
					s := &stream{payload: bytes.Repeat([]byte("s"), size), left: count, complete: make(chan bool, 1)}
					cfg = s.prepare(t, cfg)
					cfg.Handler = s
					l, addr := start(t, cfg)
					reader := connect(t, addr)
					to := within(t, s.opened)
					onLoop(t, l, func() { s.to = to })
					writer := reader
					if how != "to me" {
						writer = connect(t, addr)
						within(t, s.opened)
					}
					go writer.send(frame(parse.Text, how))
					for range count {
						reader.wantFrame(parse.Binary, string(s.payload))
					}
					within(t, s.complete)
				})
			})
		}
	}
}

// A message that no queue holds is refused, and waits for nothing.
func TestNeverFits(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 1000
		s := &script{drained: func(*Conn) { t.Error("drained of nothing") }}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		conn := within(t, s.opened)
		onLoop(t, l, func() {
			if err := conn.Send(parse.Binary, make([]byte, 1001)); err != ErrLong {
				t.Errorf("Send: %v", err)
			}
			if err := conn.SendPrepared(prepared(parse.Binary, make([]byte, 1001))); err != ErrLong {
				t.Errorf("SendPrepared: %v", err)
			}
			conn.Send(parse.Text, []byte("fits"))
		})
		c.wantFrame(parse.Text, "fits")
	})
}

// A handler that gives a slow reader up still says goodbye: the queue has room
// for that, in its own callback too, whatever the messages' sizes.
func TestFullThenClose(t *testing.T) {
	for name, call := range closing {
		for _, size := range []int{0, 1, 1000, 20_000} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				surface(t, func(t *testing.T, cfg Config) {
					cfg.MaxQueue = 6 << 20
					if size < 100 {
						cfg.MaxQueue = 60_000
					}
					sent := make(chan int, 1)
					s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) {
						call(c.Loop(), func() {
							n := 0
							for ; c.Send(parse.Binary, make([]byte, size)) == nil; n++ {
							}
							c.Close(1013, strings.Repeat("slow", 30))
							sent <- n
						})
					}}
					_, addr := s.serve(t, cfg)
					c := connect(t, addr)
					c.send(frame(parse.Text, "go"))
					for range within(t, sent) {
						c.wantFrame(parse.Binary, string(make([]byte, size)))
					}
					c.answerClose(1013, strings.Repeat("slow", 30))
					s.wantEnd(nil)
				})
			})
		}
	}
}

// A peer that goes away instead of reading ends the connection.
func TestFullThenReset(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 64 << 10
		s := &script{drained: func(*Conn) {}}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		fill(t, l, within(t, s.opened), make([]byte, 10_000))
		c.SetLinger(0)
		c.TCPConn.Close()
		s.wantEnd(syscall.ECONNRESET)
	})
}
