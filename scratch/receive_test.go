package scratch

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"
)

// BenchmarkReceive is what the choice of buffer costs in the caches: each
// operation is one message of size bytes of one of conns connections, which
// goes through the buffer as recv, unmasking and send would have it: copied in,
// passed over once in place, copied out. A message that is longer than the
// buffer takes several such reads.
//
// The connections come in an order that is drawn once and gone through again
// and again: each once in a turn, as they do in a closed loop, but not by
// ascending address, which the CPU would foresee and no server has.
//
// B/conn is the memory of all buffers, divided by the connections. Of it only
// the pages that a message touches are ever resident, so connections with
// buffers of their own are bound to maxOwned of it.
func BenchmarkReceive(b *testing.B) {
	for _, kind := range []Kind{Shared, PerConn, Pooled, Ring} {
		for _, conns := range []int{1, 10, 100, 1000, 10_000} {
			for _, size := range []int{4 << 10, 16 << 10, DefaultSize, 512 << 10} {
				for _, message := range []int{20, 1 << 10, 16 << 10} {
					name := fmt.Sprintf("buffers=%v/conns=%d/buffer=%d/size=%d", kind, conns, size, message)
					b.Run(name, func(b *testing.B) { benchmarkReceive(b, kind, conns, size, message) })
				}
			}
		}
	}
}

// maxOwned is how much memory, bytes, the connections' own buffers may take.
const maxOwned = 1 << 30

func benchmarkReceive(b *testing.B, kind Kind, conns, size, message int) {
	if all := conns * size; kind == PerConn && all > maxOwned {
		b.Skipf("%d buffers of %d bytes take %.1f GiB, more than the %d GiB that this benchmark may", conns, size, float64(all)/(1<<30), maxOwned>>30)
	}
	// What went before is given back, so that new buffers are fresh memory,
	// which has no page before it is written to.
	debug.FreeOSMemory()
	source := newSource(kind, size)
	own := make([][]byte, conns)
	packet, sink := octets(message), make([]byte, message)
	for i := range own { // a first message each: pages are there afterwards
		source.pass(&own[i], packet, sink)
	}
	order := rand.New(rand.NewPCG(1, 2)).Perm(conns)
	b.SetBytes(int64(message))
	next := 0
	for b.Loop() {
		source.pass(&own[order[next]], packet, sink)
		if next++; next == conns {
			next = 0
		}
	}
	b.ReportMetric(float64(source.memory(own))/float64(conns), "B/conn")
}

// source hands out receive buffers. A ring's it keeps itself: in turn, as the
// kernel picks them, which is what their number costs in the caches.
type source struct {
	*Buffers
	pool *Pool
	ring [][]byte
	next int
}

// ringBuffers is how many the reference server provides.
const ringBuffers = 32

func newSource(kind Kind, size int) *source {
	s := &source{pool: &Pool{}}
	s.Buffers = New(kind, size, s.pool)
	if kind == Ring {
		for range ringBuffers {
			s.ring = append(s.ring, make([]byte, size))
		}
	}
	return s
}

func (s *source) get(own *[]byte) []byte {
	if s.ring == nil {
		return s.Get(own)
	}
	s.next = (s.next + 1) % ringBuffers
	return s.ring[s.next]
}

// pass takes one message of a connection through its buffer.
func (s *source) pass(own *[]byte, packet, sink []byte) {
	for len(packet) > 0 {
		buf := s.get(own)
		n := copy(buf, packet)
		touch(buf[:n])
		copy(sink, buf[:n])
		s.Put(buf)
		packet = packet[n:]
	}
}

// memory is the bytes of all buffers.
func (s *source) memory(own [][]byte) int {
	n := len(s.shared) + len(s.ring)*s.size
	for capacity, free := range s.pool.kept() {
		n += capacity * free
	}
	for _, b := range own {
		n += len(b)
	}
	return n
}

func TestSourceMemory(t *testing.T) {
	for kind, want := range map[Kind]int{Shared: 5000, PerConn: 3 * 5000, Pooled: 8192, Ring: 32 * 5000} {
		s, own := newSource(kind, 5000), make([][]byte, 3)
		packet, sink := octets(100), make([]byte, 100)
		for i := range own {
			s.pass(&own[i], packet, sink)
		}
		plain := octets(100)
		if touch(plain); string(sink) != string(plain) {
			t.Errorf("buffers %v: other bytes came out", kind)
		}
		if got := s.memory(own); got != want {
			t.Errorf("buffers %v: %d bytes, want %d", kind, got, want)
		}
	}
}
