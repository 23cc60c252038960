//go:build linux

package load

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
	"wsbench/syscalls"
)

// bench is a thread in the middle of its window with one connection, whose
// other end the test holds.
type bench struct {
	*thread
	peer   int
	echoes []byte // of a whole depth of messages alone
	in     []byte
	out    []byte // answers
}

func newBench(tb testing.TB, cfg Config) *bench {
	tb.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	cfg.Conns, cfg.Op = 1, cmp.Or(cfg.Op, parse.Binary)
	t := &thread{group: &Group{cfg: cfg}, frames: newFrames(&cfg, rand.NewChaCha8([32]byte{}))}
	t.pacer = newPacer(cfg.Rate, cfg.Depth, 0, 1)
	if err := t.adopt(&cfg, []wsclient.Raw{{FD: pair[0]}}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		t.conns[0].drop()
		t.release()
		unix.Close(pair[1])
	})
	t.reset(0, time.Hour)
	t.begin()
	echo := frame(parse.FIN, parse.Binary, t.frames.payload)
	return &bench{t, pair[1], bytes.Repeat(echo, cfg.Depth), make([]byte, cfg.Depth*t.frames.frame), make([]byte, 0, cfg.Depth*t.frames.frame)}
}

// exchange has the peer answer all that is in flight, and the thread take it
// and send the next.
func (b *bench) exchange(tb testing.TB) {
	if n, errno := syscalls.Recv(b.peer, b.in); errno != 0 || n == 0 || n%b.frames.frame != 0 {
		tb.Fatalf("%d bytes in flight, %v", n, errno)
	} else if _, errno := syscalls.Send(b.peer, b.answer(n/b.frames.frame)); errno != 0 {
		tb.Fatal(errno)
	}
	b.round(tb)
}

// answer returns the answers to the k frames that were received last.
func (b *bench) answer(k int) []byte {
	b.out = b.out[:0]
	for i := range k {
		op := parse.Opcode(b.in[i*b.frames.frame] & 0x0F)
		if op == parse.Ping {
			op = parse.Pong
		}
		b.out = append(parse.AppendHeader(b.out, parse.FIN|uint8(op), len(b.frames.payload)), b.frames.payload...)
	}
	return b.out
}

// round is one wait and its events.
func (b *bench) round(tb testing.TB) {
	n := b.wait()
	if err := b.handle(n); err != nil {
		tb.Fatal(err)
	}
	if err := b.tick(); err != nil {
		tb.Fatal(err)
	}
}

// The steady state allocates nothing, whatever the path.
func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		size, depth int
		rate        float64
		verify      Verify
		op          parse.Opcode
		mix         Mix
	}{
		{20, 1, 0, VerifySample, parse.Binary, Mix{}}, {20, 16, 0, VerifyAll, parse.Text, Mix{}}, {16384, 1, 0, VerifyAll, parse.Binary, Mix{}},
		{16384, 4, 0, VerifyOff, parse.Binary, Mix{}}, {20, 4, 1e6, VerifySample, parse.Binary, Mix{}},
		{8, 1, 0, VerifyAll, parse.Ping, Mix{}}, {20, 16, 0, VerifyAll, parse.Binary, Mix{9, 1}}, {20, 1, 0, VerifyAll, parse.Binary, Mix{1, 1}},
	} {
		t.Run(fmt.Sprintf("size=%d/depth=%d/rate=%g/op=%v/mix=%v", c.size, c.depth, c.rate, c.op, c.mix), func(t *testing.T) {
			cfg := Config{Size: c.size, Depth: c.depth, Rate: c.rate, Verify: c.verify, Op: c.op, Mix: c.mix}
			b := newBench(t, cfg)
			if err := b.launch(); err != nil {
				t.Fatal(err)
			}
			for b.flying == 0 {
				b.now = clock()
				b.round(t)
			}
			if n := testing.AllocsPerRun(500, func() {
				b.exchange(t)
				for b.flying == 0 {
					b.round(t)
				}
			}); n != 0 {
				t.Errorf("%v allocations an exchange", n)
			}
			if b.count.corrupt != 0 || b.count.messages == 0 {
				t.Errorf("%d messages, %v", b.count.messages, b.corruption)
			}
		})
	}
}

// Echoes split over reads allocate nothing either.
func TestAllocationsSplit(t *testing.T) {
	b := newBench(t, Config{Size: 200, Depth: 3, Verify: VerifyAll})
	cut := 1
	if n := testing.AllocsPerRun(500, func() {
		if err := b.launch(); err != nil {
			t.Fatal(err)
		}
		syscalls.Recv(b.peer, b.in)
		for _, part := range [][]byte{b.echoes[:cut], b.echoes[cut : cut+2], b.echoes[cut+2:]} {
			if err := b.consume(&b.conns[0], part); err != nil {
				t.Fatal(err)
			}
		}
		if cut++; cut == len(b.echoes)-2 {
			cut = 1
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if b.count.corrupt != 0 || b.flying != 0 {
		t.Errorf("%v, %d in flight", b.corruption, b.flying)
	}
}

// What is sent in parts arrives whole, and once.
func TestShortSends(t *testing.T) {
	b := newBench(t, Config{Size: 1 << 20, Depth: 4, Verify: VerifyAll})
	want := bytes.Clone(b.frames.run(int(b.conns[0].next), 4))
	if err := b.launch(); err != nil {
		t.Fatal(err)
	}
	c := &b.conns[0]
	if !c.unsent {
		t.Fatal("4 MiB fit into a socket buffer; the test needs more")
	}
	var got []byte
	buf := make([]byte, 100_000)
	for len(got) < len(want) {
		if n, errno := syscalls.Recv(b.peer, buf); errno == 0 {
			got = append(got, buf[:n]...)
			continue
		}
		b.round(t)
	}
	if !bytes.Equal(got, want) || c.unsent || c.out != nil {
		t.Errorf("%d bytes arrived, %d are left", len(got), len(c.out))
	}
}

// BenchmarkConsume is parse and account of one read, which holds depth
// echoes. ns/msg is the cost of one.
func BenchmarkConsume(b *testing.B) {
	for _, c := range []struct {
		size, depth int
		verify      Verify
	}{{20, 1, VerifyOff}, {20, 1, VerifySample}, {20, 16, VerifySample}, {20, 16, VerifyAll}, {1024, 16, VerifySample}, {16384, 1, VerifySample}, {16384, 1, VerifyAll}} {
		b.Run(fmt.Sprintf("size=%d/depth=%d/verify=%v", c.size, c.depth, c.verify), func(b *testing.B) {
			x := newBench(b, Config{Size: c.size, Depth: c.depth, Verify: c.verify})
			k := &x.conns[0]
			b.SetBytes(int64(c.size * c.depth))
			for b.Loop() {
				k.flights[k.tail&x.ring] = flight{due: x.now, sent: x.now, n: c.depth}
				k.tail++
				if err := x.consume(k, x.echoes); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.depth), "ns/msg")
		})
	}
}

// BenchmarkExchange is the generator's whole round with its system calls and
// its peer's.
func BenchmarkExchange(b *testing.B) {
	for _, depth := range []int{1, 16} {
		b.Run(fmt.Sprintf("size=20/depth=%d", depth), func(b *testing.B) {
			x := newBench(b, Config{Size: 20, Depth: depth})
			if err := x.launch(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				x.exchange(b)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*depth), "ns/msg")
		})
	}
}

// BenchmarkRecord is one latency in the histogram.
func BenchmarkRecord(b *testing.B) {
	x := newBench(b, Config{Size: 20, Depth: 1})
	f := flight{due: x.now, n: 1}
	for b.Loop() {
		x.record(&f, 1, false)
		x.now += 997
	}
}

func BenchmarkClock(b *testing.B) {
	for b.Loop() {
		clock()
	}
}
