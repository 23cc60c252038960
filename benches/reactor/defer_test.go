//go:build linux

package reactor

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"wsbench/parse"
)

// later is a handler that has another goroutine echo, in order.
type later struct {
	script
	todo chan func()
}

// serveLater runs a loop whose handler defers every answer, until the test ends.
func serveLater(t *testing.T, cfg Config) (*later, *Loop, netip.AddrPort) {
	h := &later{todo: make(chan func(), 1<<16)}
	cfg = h.prepare(t, cfg)
	cfg.Handler = h
	over := make(chan bool)
	go func() {
		defer close(over)
		for f := range h.todo {
			f()
		}
	}()
	t.Cleanup(func() { close(h.todo); within(t, over) }) // after the loop's end
	l, addr := start(t, cfg)
	return h, l, addr
}

func (h *later) Message(c *Conn, op parse.Opcode, payload []byte) {
	h.known(c, "Message")
	d, text := c.Defer(), []byte(string(payload))
	h.todo <- func() {
		switch err := d.Answer(op, text); err {
		case nil, ErrLoopEnded:
		default:
			h.t.Error(err)
		}
	}
}

// Deferred answers are whole and in order, in every layout.
func TestDeferred(t *testing.T) {
	want, wire := wires()
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		_, _, addr := serveLater(t, cfg)
		c := connect(t, addr)
		go c.Write(wire)
		for _, m := range want {
			first, got := c.next()
			for first == fin|uint8(parse.Pong) {
				first, got = c.next()
			}
			if first != fin|uint8(m.op) || got != m.text {
				t.Fatalf("answer %#x of %d bytes, want %v of %d", first, len(got), m.op, len(m.text))
			}
		}
	})
}

// A client that sends far ahead of what it reads gets every deferred answer,
// whole and in order, and FIN behind them, with which it has begun itself.
func TestDeferredPipelining(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 16 << 10
		const messages, size = 200, 32 << 10
		text := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", size)) }
		_, l, addr := serveLater(t, cfg)
		c := connect(t, addr)
		c.SetReadBuffer(64 << 10)
		go func() {
			for i := range messages {
				if _, err := c.Write(frame(parse.Binary, text(i))); err != nil {
					return
				}
			}
			c.CloseWrite()
		}()
		unread(t, l)
		for i := range messages {
			c.wantFrame(parse.Binary, text(i))
		}
		c.eof()
	})
}

// What is kept of a peer that sends on while its answers are put off is bounded,
// and nothing is lost once they are given.
func TestDeferredForLong(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		const size, messages, ring = 3000, 2000, 16
		cfg.BufferSize, cfg.RingBuffers = 4<<10, ring
		h, l, addr := serveLater(t, cfg)
		hold := make(chan bool)
		h.todo <- func() { <-hold }
		c := connect(t, addr)
		text := strings.Repeat("p", size)
		go func() {
			for range messages {
				if _, err := c.Write(frame(parse.Binary, text)); err != nil {
					return
				}
			}
		}()
		kept := 0
		for waits := false; !waits; {
			onLoop(t, l, func() {
				for c := range l.conns.all {
					if waits = c.flags&paused != 0; waits {
						kept = c.x.deferred
					}
				}
			})
		}
		if most := maxDeferred + cfg.BufferSize + size + callCost; kept <= maxDeferred || kept > most {
			t.Errorf("answers to %d bytes are deferred, want over %d and %d at most", kept, maxDeferred, most)
		}
		close(hold)
		for range messages {
			c.wantFrame(parse.Binary, text)
		}
	})
}

// A peer that closes behind its messages, or breaks the protocol, gets the
// deferred answers first.
func TestDeferredBeforeClose(t *testing.T) {
	for name, last := range map[string][]byte{
		"close": frame(parse.Close, string(parse.AppendClose(nil, parse.CloseNormal, ""))),
		"error": fragment(0x83, "?"),
	} {
		t.Run(name, func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				h, l, addr := serveLater(t, cfg)
				hold := make(chan bool)
				h.todo <- func() { <-hold }
				c := connect(t, addr)
				c.send(append(append(frame(parse.Text, "one"), frame(parse.Text, "two")...), last...))
				for parted := false; !parted; {
					onLoop(t, l, func() {
						for c := range l.conns.all {
							parted = c.x != nil && c.x.parting != nil
						}
					})
				}
				close(hold)
				c.wantFrame(parse.Text, "one")
				c.wantFrame(parse.Text, "two")
				if first, _ := c.next(); first != fin|uint8(parse.Close) {
					t.Errorf("%#x behind the answers, want a close frame", first)
				}
				c.eof()
				if err := within(t, h.ended); (err == nil) != (name == "close") {
					t.Errorf("Close with %v", err)
				}
			})
		})
	}
}

// An answer that comes too late reaches nobody, and one that is dropped lets
// the connection go on.
func TestDeferredTooLate(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		got := make(chan Deferred, 10)
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { got <- c.Defer() }}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		c.send(frame(parse.Text, "one"))
		within(t, got).Drop()
		c.send(frame(parse.Text, "two"))
		if err := within(t, got).Answer(parse.Close, nil); err != ErrOpcode {
			t.Errorf("Answer with a close frame: %v", err)
		}
		c.send(frame(parse.Text, "three"))
		d := within(t, got)
		c.SetLinger(0)
		c.TCPConn.Close()
		if err := within(t, s.ended); err == io.EOF {
			t.Errorf("Close with %v", err)
		}
		if err := d.Answer(parse.Text, nil); err != nil {
			t.Error(err)
		}
		onLoop(t, l, func() {})
		last := connect(t, addr)
		last.send(frame(parse.Text, "four"))
		d = within(t, got)
		l.Shutdown(0)
		onLoop(t, l, func() {}) // the close frame is on its way
		d.Answer(parse.Text, []byte("late"))
		last.answerClose(parse.CloseGoingAway, "")
		for l.Do(func() {}) {
		}
		if err := d.Answer(parse.Text, nil); err != ErrLoopEnded {
			t.Errorf("after the loop's end: %v", err)
		}
	})
}

// A broadcast reaches connections whose answers are deferred, ahead of those, also
// where they are not received from for that. While answers leave, it comes between
// them where it was taken, and breaks none.
func TestDeferredBroadcast(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		const size, messages, conns = 30_000, maxDeferred/30_000 + 10, 3
		cfg.MaxQueue = 16 << 10 // below what is deferred
		h, l, addr := serveLater(t, cfg)
		hold := make(chan bool)
		h.todo <- func() { <-hold }
		text := strings.Repeat("p", size)
		var clients []*client
		for range conns {
			c := connect(t, addr)
			clients = append(clients, c)
			go func() {
				for range messages {
					if _, err := c.Write(frame(parse.Binary, text)); err != nil {
						return
					}
				}
			}()
		}
		for halted := 0; halted < conns; {
			onLoop(t, l, func() {
				halted = 0
				for c := range l.conns.all {
					if c.flags&paused != 0 {
						halted++
					}
				}
			})
		}
		taken := 0
		all := func() {
			onLoop(t, l, func() { taken += l.Broadcast(prepared(parse.Text, []byte("to all")), nil) })
		}
		all()
		if taken != conns {
			t.Errorf("sent to %d connections, want %d", taken, conns)
		}
		for _, c := range clients {
			c.wantFrame(parse.Text, "to all")
		}
		close(hold)
		for range 20 {
			all()
		}
		for _, c := range clients {
			taken -= answersAmong(t, c, messages, text)
		}
		if taken != conns {
			t.Errorf("%d broadcasts more were taken than came", taken-conns)
		}
	})
}

// answersAmong reads so many answers of text, closes, and returns how many
// broadcasts came before the close frame.
func answersAmong(t *testing.T, c *client, answers int, text string) (broadcasts int) {
	t.Helper()
	for {
		switch first, got := c.next(); {
		case first == fin|uint8(parse.Binary) && got == text:
			if answers--; answers == 0 {
				c.send(frame(parse.Close, string(parse.AppendClose(nil, parse.CloseNormal, ""))))
			}
		case first == fin|uint8(parse.Text) && got == "to all":
			broadcasts++
		case first == fin|uint8(parse.Close) && answers == 0:
			return broadcasts
		default:
			t.Fatalf("%#x, %d bytes with %d answers to come", first, len(got), answers)
		}
	}
}

// Room for answers is not kept for as many as there once were.
func TestDeferredRoom(t *testing.T) {
	l, err := New(Config{Handler: &later{}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, n := range []int{keptTodo / 4, 4 * keptTodo} {
		l.answers = make([]delivery, n)
		l.settleAll()
		if kept := cap(l.settled); l.settled == nil || kept > keptTodo || n <= keptTodo && kept < n {
			t.Errorf("room for %d answers is kept after %d", kept, n)
		}
	}
}
