//go:build linux

package reactor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
)

// A client that sends far ahead of what it reads gets every answer, whole and
// in order, however small MaxQueue is beside what one read or one turn brings.
func TestPipelining(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 16 << 10
		const messages, size = 400, 32 << 10
		text := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", size)) }
		l, addr := start(t, cfg)
		c := connect(t, addr)
		c.SetReadBuffer(64 << 10)
		go func() {
			for i := range messages {
				if _, err := c.Write(frame(parse.Binary, text(i))); err != nil {
					return
				}
			}
		}()
		unread(t, l)
		for i := range messages {
			c.wantFrame(parse.Binary, text(i))
		}
	})
}

// unread waits until the only connection of l is left with answers that its
// peer does not read, and receives nothing more. It returns what l keeps of it
// then, bytes: answers, and what is to be answered.
func unread(t *testing.T, l *Loop) (kept int) {
	t.Helper()
	received, still := uint64(0), 0
	for tries := 0; still < 5; tries++ {
		if tries > 2000 {
			t.Fatal("the connection does not fill up")
		}
		time.Sleep(10 * time.Millisecond)
		onLoop(t, l, func() {
			if kept = 0; l.open == 0 {
				t.Error("the connection was ended")
			}
			for c := range l.conns.all {
				kept = c.Buffered()
				if c.x != nil {
					kept += len(c.x.ahead)
				}
			}
			if still++; kept == 0 || l.count.Bytes != received {
				received, still = l.count.Bytes, 0
			}
		})
		if t.Failed() {
			t.FailNow()
		}
	}
	return kept
}

// What is kept for a peer that sends and never reads is bounded, and reading
// stops; the others are served.
func TestPeerThatNeverReads(t *testing.T) {
	for _, queue := range []int{1000, 1 << 20} {
		t.Run(fmt.Sprint(queue), func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				const size, buffer, ring = 3000, 4 << 10, 16
				cfg.MaxQueue, cfg.BufferSize, cfg.RingBuffers = queue, buffer, ring
				cfg.Engine = engine.Config{Limits: engine.Limits{MaxMessage: size}}
				l, addr := start(t, cfg)
				c := connect(t, addr)
				go func() {
					for f := frame(parse.Binary, strings.Repeat("p", size)); ; {
						if _, err := c.Write(f); err != nil {
							return
						}
					}
				}()
				most := size + buffer // the answers to one read
				if cfg.Uring {
					most += queue + 3*ring*buffer // and what came before reading stopped
				}
				if kept := unread(t, l); kept > most {
					t.Errorf("%d bytes are kept, want %d at most", kept, most)
				}
				other := connect(t, addr)
				other.send(frame(parse.Text, "still here"))
				other.wantFrame(parse.Text, "still here")
			})
		})
	}
}

// Messages that are queued for a peer do not keep it from being read, answers
// do. Both leave in the order in which they were sent.
func TestOnlyAnswersStopReading(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 128 << 10
		heard := make(chan string, 10)
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) {
			heard <- string(payload)
			c.Echo()
		}}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		c.SetReadBuffer(256 << 10)
		push := strings.Repeat("p", 20_000)
		pushed := fill(t, l, within(t, s.opened), []byte(push))
		c.send(frame(parse.Text, "first"))
		if got := within(t, heard); got != "first" {
			t.Fatalf("heard %q", got)
		}
		c.send(frame(parse.Text, "second"))
		for range 3 {
			onLoop(t, l, func() {}) // turns that could hear it
		}
		if len(heard) > 0 {
			t.Errorf("heard %q before the answer to the first was taken", <-heard)
		}
		for range pushed {
			c.wantFrame(parse.Binary, push)
		}
		c.wantFrame(parse.Text, "first")
		c.wantFrame(parse.Text, "second")
	})
}

// What a peer asked for, and what was pushed to it, goes out although it has
// sent its FIN, even where reading had to stop before that.
func TestSlowReaderBehindFIN(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 16 << 10
		const messages, size = 200, 32 << 10
		l, addr := start(t, cfg)
		c := connect(t, addr)
		c.SetReadBuffer(64 << 10)
		sent := make(chan bool, 1)
		go func() {
			for range messages {
				if _, err := c.Write(frame(parse.Binary, strings.Repeat("x", size))); err != nil {
					break
				}
			}
			c.CloseWrite()
			sent <- true
		}()
		unread(t, l)
		for range messages {
			c.wantFrame(parse.Binary, strings.Repeat("x", size))
		}
		within(t, sent)
		c.eof()
	})
}
