//go:build linux

package reactor

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"wsbench/parse"
)

// A broadcast reaches whom it is for, in the order of all else that is sent;
// connections that are closing or full are left out.
func TestBroadcast(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 64 << 10
		p := prepared(parse.Text, []byte("to all"))
		reached := make(chan int, 1)
		s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) {
			c.Send(parse.Text, []byte("before"))
			reached <- c.Loop().Broadcast(p, func(to *Conn) bool { return to.Data != "not me" })
			c.Echo()
		}}
		l, addr := s.serve(t, cfg)
		var clients []*client
		var conns []*Conn
		for range 5 {
			clients = append(clients, connect(t, addr))
			conns = append(conns, within(t, s.opened))
		}
		const from, other, closing, full, unasked = 0, 1, 2, 3, 4
		onLoop(t, l, func() {
			conns[closing].Close(4000, "")
			conns[unasked].Data = "not me"
		})
		sent := fill(t, l, conns[full], make([]byte, 30_000))
		onLoop(t, l, func() {
			for conns[full].Send(parse.Text, []byte("x")) == nil {
			}
		})
		clients[from].send(frame(parse.Text, "go"))
		if n := within(t, reached); n != 2 {
			t.Errorf("sent to %d connections, want 2", n)
		}
		for _, want := range []string{"before", "to all", "go"} {
			clients[from].wantFrame(parse.Text, want)
		}
		clients[other].wantFrame(parse.Text, "to all")
		clients[closing].answerClose(4000, "")
		onLoop(t, l, func() { conns[unasked].Send(parse.Text, []byte("aside")) })
		clients[unasked].wantFrame(parse.Text, "aside")
		for range sent {
			clients[full].wantFrame(parse.Binary, string(make([]byte, 30_000)))
		}
	})
}

// However many connections have a broadcast queued, it is in memory once.
func TestBroadcastMemory(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		const conns, size = 24, 12 << 20
		s := &script{}
		cfg.MaxQueue = 2 * size
		l, addr := s.serve(t, cfg)
		for range conns {
			connect(t, addr).SetReadBuffer(4 << 10)
			within(t, s.opened)
		}
		p := prepared(parse.Binary, bytes.Repeat([]byte("b"), size))
		before := heapSize()
		queued := 0
		onLoop(t, l, func() {
			if n := l.Broadcast(p, nil); n != conns {
				t.Errorf("sent to %d of %d", n, conns)
			}
		})
		onLoop(t, l, func() {
			for c := range s.alive {
				queued += c.Buffered()
			}
		})
		grown := int64(heapSize()) - int64(before)
		t.Logf("%d bytes queued, the heap has grown by %d", queued, grown)
		if queued < 10*size || grown > size {
			t.Errorf("%d bytes are queued and the heap has grown by %d; want the former large, the latter not", queued, grown)
		}
		runtime.KeepAlive(p)
	})
}

func heapSize() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Loops share a Prepared, whoever broadcasts it.
func TestBroadcastAcrossLoops(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		var senders []*Sender
		var clients []*client
		for range 2 {
			s := &script{}
			l, addr := s.serve(t, cfg)
			for range 3 {
				clients = append(clients, connect(t, addr))
				within(t, s.opened)
			}
			senders = append(senders, l.Sender())
		}
		const goroutines, each, size = 2, 50, 40_000
		text := func(g, n int) string { return fmt.Sprint(g, n, string(make([]byte, size))) }
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				for n := range each {
					p := prepared(parse.Text, []byte(text(g, n)))
					for _, s := range senders {
						if err := s.Broadcast(p); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		for _, c := range clients {
			next := [goroutines]int{}
			for range goroutines * each {
				_, got := c.next()
				g := got[0] - '0'
				if got != text(int(g), next[g]) {
					t.Fatalf("got %.20q of %d bytes, want the message %d of %d", got, len(got), next[g], g)
				}
				next[g]++
			}
		}
		wg.Wait()
		for _, s := range senders {
			s.Release()
		}
	})
}
