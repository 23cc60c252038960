package echo

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/allocs"
	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/scratch"
)

// longSize is the length of a long message, bytes.
const longSize = 4 << 20

// longRounds returns a function that has each connection send a long message
// and take the echo. It allocates nothing.
func longRounds(t *testing.T, conns []*client) func() {
	wire := frame(fin|uint8(parse.Binary), strings.Repeat("l", longSize))
	answer := make([]byte, parse.HeaderSize(longSize)+longSize)
	return func() {
		for _, c := range conns {
			c.write(wire)
		}
		for _, c := range conns {
			if _, err := io.ReadFull(c, answer); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// connectAll returns n connections, and a function that closes them.
func connectAll(t *testing.T, s *Server, n int) (conns []*client, hangUp func()) {
	for range n {
		conns = append(conns, connect(t, s))
	}
	return conns, func() {
		for _, c := range conns {
			c.Close()
		}
	}
}

// With -io net too, long messages allocate next to nothing once the pool has
// what they take. How much that is depends on how many are under assembly at
// once, so the test gives the pool what all need together, and does not let it
// age.
func TestNetLongMessagesAllocateNothing(t *testing.T) {
	for _, kind := range []scratch.Kind{scratch.PerConn, scratch.Pooled} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			o := options(Net)
			o.Buffers, o.BufferSize = kind, 4<<10 // short: sync.Pool may lose some
			s := listen(t, o)
			impl := s.impl.(*netServer)
			impl.aging = 0
			stop := run(t, s)
			conns, hangUp := connectAll(t, s, 6)
			fill(impl.pool, len(conns), longSize)
			free := impl.pool.Free()
			round := longRounds(t, conns)
			round()
			const rounds = 3
			got := allocs.Bytes(rounds, round)
			if got > longSize/10 {
				t.Errorf("%d messages of %d bytes allocate %d", rounds*len(conns), longSize, got)
			}
			hangUp()
			if stop(); impl.pool.Free() < free || impl.pool.Lent() != 0 {
				t.Errorf("%d bytes are free and %d lent when the server has ended; want %d at least and none", impl.pool.Free(), impl.pool.Lent(), free)
			}
		})
	}
}

// fill has so many buffers of each length up to size in use at once.
func fill(p *scratch.Pool, conns, size int) {
	var out [][]byte
	for n := 1; n <= size; n *= 2 {
		for range conns {
			out = append(out, p.Get(n))
		}
	}
	for _, b := range out {
		p.Put(b)
	}
}

// Long messages leave no more than what a pool retains, for all connections
// together.
func TestNetLongMessagesLeaveNoMemory(t *testing.T) {
	s, stop := serve(t, options(Net))
	pool := s.impl.(*netServer).pool
	conns, hangUp := connectAll(t, s, 6)
	fill(pool, len(conns), longSize)
	longRounds(t, conns)()
	for end := time.Now().Add(waiting.Bound); pool.Lent() > 0 || pool.Free() > scratch.Retained; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are lent and %d free; want none and %d at most", pool.Lent(), pool.Free(), scratch.Retained)
		}
	}
	hangUp()
	if stop(); pool.Lent() != 0 {
		t.Errorf("%d bytes are lent when the server has ended", pool.Lent())
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
	go c.write(opening.AppendRequest(nil, "localhost", "/", opening.NewKey([16]byte{9})))
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
		nc.mu.Lock() // until the turn that answered is over, and has counted
		got := s.pool.Copied() - before
		if nc.mu.Unlock(); got > most {
			t.Errorf("a text of %d bytes in pieces of %d: %d were copied", x.size, x.piece, got)
		}
	}
	theirs.Close()
	if <-ended; s.pool.Lent() != 0 {
		t.Errorf("%d bytes are lent when the connection has ended", s.pool.Lent())
	}
}
