//go:build linux

package reactor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/allocs"
	"wsbench/parse"
	"wsbench/scratch"
)

// Long messages allocate nothing either, once a few have passed: what they are
// assembled in, and wait in to be sent, is used again.
func TestLongMessagesAllocateNothing(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		for _, size := range []int{900_000, 1 << 20, 4 << 20} {
			t.Run(fmt.Sprint(size), func(t *testing.T) {
				l, addr := newLoop(t, cfg)
				defer l.Close()
				var conns []*lockstep
				for range 3 {
					conns = append(conns, newLockstep(t, l, addr))
				}
				wire := frame(parse.Binary, strings.Repeat("l", size))
				round := func() {
					for _, s := range conns {
						s.send(wire)
					}
					for _, s := range conns {
						s.want(parse.HeaderSize(size) + size)
					}
				}
				round()
				round()
				const rounds = 3
				got := allocs.Bytes(rounds, round)
				for try := 1; try < 5 && got > uint64(size)/10; try++ { // a slow machine's pool ages, and its peers wait for each other in other ways
					got = allocs.Bytes(rounds, round)
				}
				if got > uint64(size)/10 {
					t.Errorf("%d messages of %d bytes allocate %d", rounds*len(conns), size, got)
				}
			})
		}
	})
}

// The memory of long messages falls back to what a pool retains when they have
// passed, while their connections stay open.
func TestLongMessagesLeaveNoMemory(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, addr := start(t, cfg)
		const size = 4 << 20
		wire := frame(parse.Binary, strings.Repeat("l", size))
		conns := make([]*client, 10)
		for i := range conns {
			conns[i] = connect(t, addr)
			conns[i].send(wire[:len(wire)-1])
		}
		lent, free := 0, 0
		look := func() { lent, free = l.pool.Lent(), l.pool.Free() }
		for lent < len(conns)*size {
			onLoop(t, l, look) // until all of it has arrived
		}
		for _, c := range conns {
			go c.send(wire[len(wire)-1:])
			c.wantFrame(parse.Binary, strings.Repeat("l", size))
		}
		for stop := time.Now().Add(30 * time.Second); lent > 0 || free > scratch.Retained; time.Sleep(10 * time.Millisecond) {
			if onLoop(t, l, look); time.Now().After(stop) {
				t.Fatalf("%d bytes are lent and %d free; want none and %d at most", lent, free, scratch.Retained)
			}
		}
	})
}

// What a peer does not read is the queue's as it is, and goes back to the pool
// when the peer has read it, or has gone.
func TestLongMessageNotRead(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, addr := start(t, cfg)
		const size = 12 << 20 // more than the sockets take
		payload := strings.Repeat("0123456789", size/10)
		reads, goes := connect(t, addr), connect(t, addr)
		for _, c := range []*client{reads, goes} {
			c.send(frame(parse.Binary, payload))
		}
		lent, free, queued := 0, 0, 0
		look := func() {
			lent, free, queued = l.pool.Lent(), l.pool.Free(), 0
			for c := range l.conns.all {
				queued += min(c.Buffered(), 1)
			}
		}
		for queued < 2 {
			onLoop(t, l, look)
		}
		if most := 2 * (16<<20 + 1<<20); lent > most {
			t.Errorf("two messages of %d bytes wait in %d, want %d at most: no copies", size, lent, most)
		}
		reads.wantFrame(parse.Binary, payload)
		goes.SetLinger(0)
		goes.Close()
		age := func() {
			l.aged = time.Time{} // as if an interval had passed
			look()
		}
		for stop := time.Now().Add(30 * time.Second); lent > 0 || free > scratch.Retained; time.Sleep(time.Millisecond) {
			if onLoop(t, l, age); time.Now().After(stop) {
				t.Fatalf("%d bytes are lent and %d free; want none and %d at most", lent, free, scratch.Retained)
			}
		}
	})
}
