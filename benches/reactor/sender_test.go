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
					p := Prepare(parse.Text, fmt.Appendf(nil, "%d %d", g, n))
					for i, id := range to {
						send := own.Send
						if (n+i)%2 > 0 {
							send = func(to ID, _ parse.Opcode, _ []byte) bool { return shared.SendPrepared(to, p) }
						}
						if !send(id, parse.Text, fmt.Appendf(nil, "%d %d", g, n)) {
							t.Error("the loop has ended")
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
			if !sender.Send(id, parse.Text, payload) {
				t.Error("the loop has ended")
			}
		}
		copy(payload, "else")
		stays.wantFrame(parse.Text, "mine")
		sender.Release()
		sender.Release()
		if sender.Send(b, parse.Text, payload) || sender.Close(b, 1000, "") || sender.Broadcast(Prepare(parse.Text, payload)) {
			t.Error("a released Sender sends")
		}
	})
}
