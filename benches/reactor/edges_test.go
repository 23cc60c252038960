//go:build linux

package reactor

import (
	"io"
	"strings"
	"testing"
	"time"

	"wsbench/parse"
)

// What a peer asks for right before its FIN is answered.
func TestAnswersBeforeFIN(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Opening.Routes = routes
		_, addr := start(t, cfg)
		for range 30 {
			c := connect(t, addr)
			c.send([]byte(strings.Repeat(string(frame(parse.Text, "echo")), 10)))
			c.CloseWrite()
			for range 10 {
				c.wantFrame(parse.Text, "echo")
			}
			plain := dial(t, addr)
			plain.send([]byte(healthz))
			plain.CloseWrite()
			if body := plain.wantStatus("GET", 200); body != "ok" {
				t.Fatalf("got %q", body)
			}
		}
	})
}

// A message that was split, upon which the handler fills the queue, takes
// nothing from those behind it in the same read.
func TestFullWithinSplitRead(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 16 << 10
		heard := make(chan string, 10)
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) {
			if len(heard) == 0 {
				for c.Send(parse.Binary, make([]byte, 1000)) == nil {
				}
			}
			heard <- string(payload)
		}}
		_, addr := s.serve(t, cfg)
		c := connect(t, addr)
		first := string(frame(parse.Text, "first"))
		c.send([]byte(first[:5]))
		time.Sleep(20 * time.Millisecond)
		c.send([]byte(first[5:] + strings.Repeat(string(frame(parse.Text, "later")), 3)))
		go io.Copy(io.Discard, c)
		for _, want := range []string{"first", "later", "later", "later"} {
			if got := within(t, heard); got != want {
				t.Fatalf("heard %q, want %q", got, want)
			}
		}
	})
}

// Close may come from the loop itself; it waits for the turn's end.
func TestCloseFromWithin(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Loop().Close() }}
		l, addr := newLoop(t, s.prepare(t, cfg))
		ended := run(t, l)
		c := connect(t, addr)
		c.send([]byte(strings.Repeat(string(frame(parse.Text, "close")), 2)))
		within(t, ended)
		s.wantEnd(ErrLoopEnded)

		l, addr = newLoop(t, cfg)
		ended = run(t, l)
		connect(t, addr)
		l.Do(l.Close)
		within(t, ended)
	})
}

// With FlushFrame each frame leaves by a send of its own, however it is laid
// out.
func TestFlushFrameSends(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		if !cfg.FlushFrame {
			return
		}
		l, addr := start(t, cfg)
		c := connect(t, addr)
		const frames = 20
		c.send([]byte(strings.Repeat(string(frame(parse.Binary, "frame")), frames)))
		for range frames {
			c.wantFrame(parse.Binary, "frame")
		}
		onLoop(t, l, func() {
			if n := l.Counters().Sends; n < frames+1 {
				t.Errorf("%d sends of %d frames and an answer to the handshake", n, frames)
			}
		})
	})
}

// A small frame that is shared takes no more memory than its bytes.
func TestSmallFramesAreCopied(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 1 << 20
		s := &script{}
		l, addr := s.serve(t, cfg)
		connect(t, addr)
		to := within(t, s.opened)
		onLoop(t, l, func() {
			p := prepared(parse.Text, nil)
			for to.SendPrepared(p) == nil {
			}
			if n := cap(to.x.queue.list); n > 100 {
				t.Errorf("%d pieces for %d bytes", n, to.Buffered())
			}
		})
	})
}
