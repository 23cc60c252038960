package echo

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"wsbench/parse"
	"wsbench/scratch"
)

// With -io net too, long messages allocate next to nothing once a few have
// passed, and leave no more than what a pool retains, for all connections
// together.
func TestNetLongMessages(t *testing.T) {
	for _, kind := range []scratch.Kind{scratch.PerConn, scratch.Pooled} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			o := options(Net)
			o.Buffers = kind
			s, stop := serve(t, o)
			pool := s.impl.(*netServer).pool
			const size = 4 << 20
			wire := frame(fin|uint8(parse.Binary), strings.Repeat("l", size))
			conns := make([]*client, 6)
			for i := range conns {
				conns[i] = connect(t, s)
			}
			answer := make([]byte, parse.HeaderSize(size)+size)
			round := func() {
				for _, c := range conns {
					c.write(wire)
				}
				for _, c := range conns {
					if _, err := io.ReadFull(c, answer); err != nil {
						t.Fatal(err)
					}
				}
			}
			round()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 3 {
				round()
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 3*6*size/2 {
				t.Errorf("18 messages of %d octets allocate %d", size, got)
			}
			for end := time.Now().Add(30 * time.Second); pool.Lent() > 0 || pool.Free() > scratch.Retained; time.Sleep(10 * time.Millisecond) {
				if kind == scratch.Pooled {
					pool.Age() // once in real time is enough
				}
				if time.Now().After(end) {
					t.Fatalf("%d octets are lent and %d free; want none and %d at most", pool.Lent(), pool.Free(), scratch.Retained)
				}
			}
			if stop(); pool.Lent() != 0 {
				t.Errorf("%d octets are lent when the server has ended", pool.Lent())
			}
		})
	}
}

// A frame that comes in small pieces is copied a few times at most with -io net
// too.
func TestNetPieces(t *testing.T) {
	s := newNetServer(options(Net), nil)
	ours, theirs := net.Pipe() // a Write is what one Read takes
	defer theirs.Close()
	nc := newNetConn(s, ours)
	ended := make(chan bool)
	go func() { nc.run(); close(ended) }()
	c := &client{Conn: theirs, t: t}
	go c.write(parse.AppendRequest(nil, "localhost", "/", parse.NewKey([16]byte{9})))
	c.answered(101)
	for _, x := range []struct{ size, piece int }{{4 << 10, 1}, {15 << 10, 100}, {15 << 10, 10_000}} {
		payload := strings.Repeat("p", x.size)
		wire := frame(fin|uint8(parse.Text), payload)
		before, most := s.pool.Copied(), 4*uint64(len(wire))
		for ; len(wire) > x.piece; wire = wire[x.piece:] {
			c.write(wire[:x.piece])
		}
		go c.write(wire)
		c.want(fin|uint8(parse.Text), payload)
		if got := s.pool.Copied() - before; got > most {
			t.Errorf("a text of %d octets in pieces of %d: %d were copied", x.size, x.piece, got)
		}
	}
	theirs.Close()
	if <-ended; s.pool.Lent() != 0 {
		t.Errorf("%d octets are lent when the connection has ended", s.pool.Lent())
	}
}
