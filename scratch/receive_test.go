package scratch

import (
	"bytes"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"wsbench/profiles/benchloop"
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
//	B/conn     memory of all buffers, divided by the connections; of it only the
//	           pages that a message touches are ever resident
//	touched-B  bytes of buffers that the messages touch; the caches that they
//	           compete for are the lines l2-bytes and l3-bytes above
func BenchmarkReceive(b *testing.B) {
	printCaches()
	eachCase(b, []Kind{Shared, PerConn, Pooled, Ring}, func(b *testing.B, c receiveCase) {
		t := c.turn(b)
		b.SetBytes(int64(c.size))
		benchloop.Begin(b)
		for b.Loop() {
			t.message()
		}
		t.report(b)
	})
}

// BenchmarkReceivePair is BenchmarkReceive of buffers and of a shared buffer,
// some messages of each in turn, so that what else the machine does meets both
// alike. ns/op is of buffers alone, ratio its quotient by the shared buffer's;
// both are medians, of stretches too short for most of them to be interrupted.
func BenchmarkReceivePair(b *testing.B) {
	printCaches()
	eachCase(b, []Kind{PerConn}, func(b *testing.B, c receiveCase) {
		t := c.turn(b)
		c.kind = Shared
		receivePair(b, t, c.turn(b))
		t.report(b)
	})
}

func receivePair(b *testing.B, t, shared *turn) {
	stretch := max(32, 256<<10/max(t.size, 1<<10))
	var times, ratios []float64
	left := 0
	benchloop.Begin(b)
	for b.Loop() {
		if left--; left > 0 {
			continue
		}
		left = stretch
		own, ref := t.timed(stretch), shared.timed(stretch)
		times = append(times, float64(own)/float64(stretch))
		ratios = append(ratios, float64(own)/float64(ref))
	}
	perMessage := median(times)
	b.ReportMetric(perMessage, "ns/op")
	b.ReportMetric(float64(t.size)/perMessage*1e3, "MB/s")
	b.ReportMetric(median(ratios), "ratio")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// turn is the connections of a case, and which is next.
type turn struct {
	receiveCase
	source       *source
	own          [][]byte
	order        []int
	next         int
	packet, sink []byte
}

// turn makes the connections of c, each of which has had a message: its pages
// are there.
func (c receiveCase) turn(b testing.TB) *turn {
	c.need(b)
	if c.kind == PerConn {
		// What went before is given back, so that new buffers are fresh memory,
		// which has no page before it is written to.
		debug.FreeOSMemory()
	}
	t := &turn{receiveCase: c, source: newSource(c.kind, c.buffer), own: make([][]byte, c.conns), packet: octets(c.size), sink: make([]byte, c.size)}
	t.order = rand.New(rand.NewPCG(1, 2)).Perm(c.conns)
	for range t.order {
		t.message()
	}
	return t
}

func (t *turn) message() {
	t.source.pass(&t.own[t.order[t.next]], t.packet, t.sink)
	if t.next++; t.next == len(t.order) {
		t.next = 0
	}
}

func (t *turn) timed(messages int) time.Duration {
	began := time.Now()
	for range messages {
		t.message()
	}
	return time.Since(began)
}

func (t *turn) report(b *testing.B) {
	b.ReportMetric(float64(t.source.memory(t.own))/float64(t.conns), "B/conn")
	b.ReportMetric(float64(t.touched()), "touched-B")
}

// touched returns the bytes of buffers that the messages touch.
func (t *turn) touched() int {
	each := min(t.buffer, t.size)
	switch t.kind {
	case PerConn:
		return t.conns * each
	case Ring:
		return ringBuffers * each
	}
	return each
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

func TestTouched(t *testing.T) {
	for _, kind := range []Kind{Shared, PerConn, Pooled, Ring} {
		for _, c := range []receiveCase{{kind, 3, 5000, 100}, {kind, 40, 64, 192}} {
			turn := c.turn(t)
			for i := range turn.packet {
				turn.packet[i] = 1
			}
			all := append(append([][]byte{turn.source.shared}, turn.own...), turn.source.ring...)
			if kind == Pooled {
				b := turn.source.Get(nil)
				turn.source.Put(b)
				all = append(all, b)
			}
			for _, b := range all {
				clear(b)
			}
			for range ringBuffers * len(turn.order) {
				turn.message()
			}
			got := 0
			for _, b := range all {
				got += len(b) - bytes.Count(b, []byte{0})
			}
			if want := turn.touched(); got != want {
				t.Errorf("%+v: %d bytes touched, want %d", c, got, want)
			}
		}
	}
}
