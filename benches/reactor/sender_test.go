//go:build linux

package reactor

import (
	"fmt"
	"sync"
	"testing"

	"wsbench/parse"
)

// Many goroutines send on the same connections; what one of them sends arrives
// in its order.
func TestSenders(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
		l, addr := s.serve(t, cfg)
		const goroutines, each = 4, 300
		var clients []*client
		var to []ID
		for range 3 {
			clients = append(clients, connect(t, addr))
			to = append(to, within(t, s.opened).ID())
		}
		shared := l.Sender()
		defer shared.Release()
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				own := l.Sender()
				defer own.Release()
				for n := range each {
					p := prepared(parse.Text, fmt.Appendf(nil, "%d %d", g, n))
					for i, id := range to {
						send := own.Send
						if (n+i)%2 > 0 {
							send = func(to ID, _ parse.Opcode, _ []byte) error { return shared.SendPrepared(to, p) }
						}
						if err := send(id, parse.Text, fmt.Appendf(nil, "%d %d", g, n)); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		for _, c := range clients {
			c.send(frame(parse.Text, "meanwhile"))
			next := [goroutines]int{}
			for got := 0; got < goroutines*each+1; got++ {
				_, text := c.next()
				var g, n int
				if fmt.Sscanf(text, "%d %d", &g, &n); text != "meanwhile" {
					if n != next[g] {
						t.Fatalf("got %q, want the message %d", text, next[g])
					}
					next[g]++
				}
			}
		}
		wg.Wait()
	})
}

// What Senders hand over before the loop takes it is bounded, in bytes and in
// calls; Do is not. Once the loop has taken it, they may go on.
func TestSenderBacklog(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		const bound = 64 << 10
		cfg.MaxBacklog = bound
		s := &script{}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		to := within(t, s.opened).ID()
		sender := l.Sender()
		defer sender.Release()
		long := prepared(parse.Binary, make([]byte, 2*bound))
		for name, tt := range map[string]struct {
			send func() error
			most int
		}{
			"bytes":      {func() error { return sender.Send(0, parse.Binary, make([]byte, 10_000)) }, bound / 10_000},
			"prepared":   {func() error { return sender.SendPrepared(0, long) }, 1},
			"broadcasts": {func() error { return sender.Broadcast(long) }, 1},
			"calls":      {func() error { return sender.Send(0, parse.Text, nil) }, bound / 256},
			"closes":     {func() error { return sender.Close(0, 1000, "") }, bound / 256},
		} {
			held, release := make(chan bool), make(chan bool)
			l.Do(func() { close(held); <-release })
			within(t, held)
			taken := 0
			var err error
			for err == nil && taken <= tt.most {
				if err = tt.send(); err == nil {
					taken++
				}
			}
			if err != ErrBacklog || taken == 0 {
				t.Errorf("%s: %d taken of %d at most, then %v", name, taken, tt.most, err)
			}
			called := make(chan bool)
			if !l.Do(func() { close(called) }) {
				t.Error("Do is refused")
			}
			close(release)
			within(t, called)
		}
		onLoop(t, l, func() {}) // what runs still counts
		onLoop(t, l, func() {})
		if err := sender.Send(to, parse.Text, []byte("again")); err != nil {
			t.Error(err)
		}
		c.wantFrame(parse.Binary, string(make([]byte, 2*bound))) // of the broadcasts
		c.wantFrame(parse.Text, "again")
	})
}

// What is sent to a connection that is gone is dropped, and the payload is the
// caller's again at once.
func TestSenderGone(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, addr := s.serve(t, cfg)
		sender := l.Sender()
		gone := connect(t, addr)
		a := within(t, s.opened).ID()
		stays := connect(t, addr)
		b := within(t, s.opened).ID()
		sender.Close(a, 4000, "enough")
		sender.Send(a, parse.Text, []byte("closing"))
		gone.answerClose(4000, "enough")
		s.wantEnd(nil)
		payload := []byte("mine")
		for _, id := range []ID{a, b, 0, ^ID(0), 1 << 63} {
			if err := sender.Send(id, parse.Text, payload); err != nil {
				t.Error(err)
			}
		}
		copy(payload, "else")
		stays.wantFrame(parse.Text, "mine")
		sender.Release()
		sender.Release()
		if sender.Send(b, parse.Text, payload) != ErrReleased || sender.Close(b, 1000, "") != ErrReleased || sender.Broadcast(prepared(parse.Text, payload)) != ErrReleased {
			t.Error("a released Sender sends")
		}
	})
}
