//go:build linux

package reactor

import (
	"testing"
	"time"

	"wsbench/parse"
	"wsbench/scratch"
)

// A queue that never runs empty keeps about what is unsent, however much goes
// through it, whether its bytes are its own or shared.
func TestQueueNeverEmpty(t *testing.T) {
	for _, shared := range []bool{false, true} {
		var p scratch.Pool
		var q queue
		b := make([]byte, 1000)
		for range 100_000 {
			if shared {
				q.share(&p, b)
			} else {
				q.add(&p, b)
			}
			if q.size > 4000 {
				q.gone(&p, nil, 1001)
			}
		}
		kept := 0
		for _, x := range q.list[:cap(q.list)] {
			kept += cap(x.b)
		}
		if kept > 1<<20 || cap(q.list) > 100 {
			t.Errorf("shared %v: %d bytes and room for %d pieces kept for %d bytes", shared, kept, cap(q.list), q.size)
		}
	}
}

// What goes in comes out, in order, in parts of any size.
func TestQueueOrder(t *testing.T) {
	var p scratch.Pool
	var q queue
	in, out := byte(0), byte(0)
	defer func() {
		if q.drop(&p, nil); p.Lent() != 0 {
			t.Errorf("%d bytes are lent when all is sent", p.Lent())
		}
	}()
	for round := range 2000 {
		b := make([]byte, round*37%5000)
		for i := range b {
			b[i] = in
			in++
		}
		switch round % 3 {
		case 0:
			q.share(&p, b)
		case 1:
			q.add(&p, b)
		case 2:
			room := p.Get(14 + len(b))[:round%14]
			q.own(append(room, b...), uint8(len(room)))
		}
		n := q.size * (round % 11) / 10
		n = min(n, q.size)
		for left := n; left > 0; {
			taken := 0
			for _, s := range q.segments(nil) {
				s = s[:min(len(s), left-taken)]
				for _, c := range s {
					if c != out {
						t.Fatalf("round %d: byte %d, want %d", round, c, out)
					}
					out++
				}
				taken += len(s)
			}
			q.gone(&p, nil, taken)
			left -= taken
		}
	}
}

// A queue that was long keeps little of that once it is empty, and so do those
// that wait for connections to use them again.
func TestQueueForgetsItsLength(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.MaxQueue = 4 << 20
		s := &script{drained: func(*Conn) {}}
		l, addr := s.serve(t, cfg)
		const conns = 4
		payload := make([]byte, 2*smallFrame)
		p := prepared(parse.Binary, payload)
		var clients []*client
		sent := make([]int, conns)
		for i := range conns {
			clients = append(clients, connect(t, addr))
			c := within(t, s.opened)
			onLoop(t, l, func() {
				for c.SendPrepared(p) == nil {
					sent[i]++
				}
				if cap(c.x.queue.list) < 10_000 {
					t.Errorf("room for %d pieces; the test is about many", cap(c.x.queue.list))
				}
			})
		}
		for i, c := range clients {
			for range sent[i] {
				c.wantFrame(parse.Binary, string(payload))
			}
		}
		for busy, tries := conns, 0; busy > 0; tries++ {
			if tries > 1000 {
				t.Fatalf("%d of %d connections have not become idle", busy, conns)
			}
			time.Sleep(time.Millisecond)
			onLoop(t, l, func() {
				busy = 0
				for c := range s.alive {
					if c.x != nil {
						busy++
					}
				}
			})
		}
		onLoop(t, l, func() {
			for _, x := range l.spare {
				if n := cap(x.queue.list); n > keptPieces {
					t.Errorf("room for %d pieces is kept", n)
				}
			}
		})
	})
}
