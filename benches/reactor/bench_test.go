//go:build linux

package reactor

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// answers are the ways of a handler to answer a message, from the cheapest to the
// hand-over to other goroutines.
var answers = []struct {
	name string
	make func(b *testing.B) (message func(c *Conn, op parse.Opcode, payload []byte))
}{
	{"echo", func(*testing.B) func(*Conn, parse.Opcode, []byte) {
		return func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }
	}},
	{"send", func(*testing.B) func(*Conn, parse.Opcode, []byte) {
		return func(c *Conn, op parse.Opcode, payload []byte) { c.Send(op, payload) }
	}},
	{"defer", func(*testing.B) func(*Conn, parse.Opcode, []byte) {
		return func(c *Conn, op parse.Opcode, payload []byte) { c.Defer().Answer(op, payload) }
	}},
	{"goroutine", func(*testing.B) func(*Conn, parse.Opcode, []byte) {
		return func(c *Conn, op parse.Opcode, payload []byte) {
			d, text := c.Defer(), append([]byte(nil), payload...)
			go d.Answer(op, text)
		}
	}},
	{"pool", handOver},
}

// handOver returns a handler that hands messages over to a goroutine by a
// channel, and gets their room back by another.
func handOver(b *testing.B) func(*Conn, parse.Opcode, []byte) {
	type message struct {
		Deferred
		op   parse.Opcode
		text []byte
	}
	const most = 64
	todo, room := make(chan message, most), make(chan []byte, most)
	for range most {
		room <- nil
	}
	var over sync.WaitGroup
	over.Go(func() {
		for m := range todo {
			m.Answer(m.op, m.text)
			room <- m.text[:0]
		}
	})
	b.Cleanup(func() { close(todo); over.Wait() })
	return func(c *Conn, op parse.Opcode, payload []byte) {
		todo <- message{c.Defer(), op, append(<-room, payload...)}
	}
}

// BenchmarkMessage is messages through a Handler, from frame to callback and
// back, while a client on a thread of its own sends depth of them and awaits
// their answers.
func BenchmarkMessage(b *testing.B) {
	for name, cfg := range surfaceConfigs() {
		for _, a := range answers {
			for _, c := range []struct{ size, depth int }{{20, 1}, {20, 16}, {16384, 1}} { // what the sockets hold: the client sends first
				b.Run(fmt.Sprintf("%s/answer=%s/size=%d/depth=%d", name, a.name, c.size, c.depth), func(b *testing.B) {
					s := newServed(b, cfg, &script{message: a.make(b)}, 1)
					wire := strings.Repeat(string(frame(parse.Binary, strings.Repeat("m", c.size))), c.depth)
					s.turns(b, c.depth, []byte(wire), c.depth*(parse.HeaderSize(c.size)+c.size))
				})
			}
		}
	}
}

// BenchmarkBroadcast is one message sent to all connections of a loop, by a
// Sender: an operation is a message that one connection gets.
func BenchmarkBroadcast(b *testing.B) {
	for name, cfg := range surfaceConfigs() {
		for _, conns := range []int{10, 500} {
			for _, size := range []int{20, 16384} {
				b.Run(fmt.Sprintf("%s/conns=%d/size=%d", name, conns, size), func(b *testing.B) {
					s := newServed(b, cfg, &script{}, conns)
					p := prepared(parse.Binary, make([]byte, size))
					s.pushes(b, conns, func() { s.sender.Broadcast(p) }, len(p.frame))
				})
			}
		}
	}
}

// BenchmarkSender is messages that another goroutine sends on one connection,
// 16 at a time.
func BenchmarkSender(b *testing.B) {
	const batch = 16
	for name, cfg := range surfaceConfigs() {
		for _, size := range []int{20, 16384} {
			b.Run(fmt.Sprintf("%s/size=%d", name, size), func(b *testing.B) {
				s := newServed(b, cfg, &script{}, 1)
				payload := make([]byte, size)
				s.pushes(b, batch, func() {
					for range batch {
						s.sender.Send(s.ids[0], parse.Binary, payload)
					}
				}, batch*(parse.HeaderSize(size)+size))
			})
		}
	}
}

// served is a loop with its connections, whose client is the benchmark's thread.
type served struct {
	sender *Sender
	ids    []ID
	fds    []int // block
	in     []byte
}

// newServed runs a loop with s as handler until b ends.
func newServed(b *testing.B, cfg Config, s *script, conns int) *served {
	if err := supported(cfg); err != nil {
		b.Skip(err)
	}
	l, addr := newLoop(b, s.prepare(b, cfg))
	v := &served{sender: l.Sender(), in: make([]byte, 256<<10)}
	ended := make(chan error, 1)
	procs := runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0))) // the loop, the client, a goroutine that answers, and what the client's wait leaves
	go func() { ended <- l.Run() }()
	runtime.LockOSThread()
	b.Cleanup(func() {
		defer runtime.GOMAXPROCS(procs)
		for _, fd := range v.fds {
			syscalls.Close(fd)
		}
		runtime.UnlockOSThread()
		v.sender.Release()
		l.Shutdown(time.Millisecond)
		if err := within(b, ended); err != nil {
			b.Error(err)
		}
	})
	for range conns {
		fd, err := syscalls.Connect(addr)
		if err != nil {
			b.Fatal(err)
		}
		v.fds = append(v.fds, fd)
		unix.SetNonblock(fd, false)
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: int64(waiting.Bound.Seconds())})
		syscalls.SetNoDelay(fd)
		v.write(b, fd, opening.AppendRequest(nil, "x", "/", testKey))
		n, err := unix.Read(fd, v.in)
		for err == unix.EINTR { // a read with a timeout is not restarted
			n, err = unix.Read(fd, v.in)
		}
		if err != nil || n == 0 {
			b.Fatalf("no handshake: %v", err)
		}
		v.ids = append(v.ids, within(b, s.opened).ID())
	}
	return v
}

// supported returns why this host cannot run loops of cfg.
func supported(cfg Config) error {
	l, err := New(cfg)
	if err == nil {
		l.Close()
	}
	return err
}

// turns measures messages that wire holds so many of, to each of which there
// is an answer, of so many bytes together.
func (s *served) turns(b *testing.B, messages int, wire []byte, answer int) {
	s.measure(b, messages, func() {
		s.write(b, s.fds[0], wire)
		s.read(b, s.fds[0], answer)
	})
}

// pushes measures messages that f has the loop send, of which each connection
// gets so many bytes.
func (s *served) pushes(b *testing.B, messages int, f func(), each int) {
	s.measure(b, messages, func() {
		f()
		for _, fd := range s.fds {
			s.read(b, fd, each)
		}
	})
}

// measure calls turn for so many messages each. cpu-ns/msg is the CPU time of
// all threads but the client's.
func (s *served) measure(b *testing.B, messages int, turn func()) {
	for range 10 {
		turn()
	}
	b.ReportAllocs()
	total, left := 0, 0
	began := serverCPU()
	for b.Loop() {
		if left--; left < 0 {
			turn()
			total, left = total+messages, messages-1
		}
	}
	b.ReportMetric(float64(serverCPU()-began)/float64(total), "cpu-ns/msg")
}

// serverCPU returns the CPU time of all threads but the calling one, ns.
func serverCPU() int64 {
	var all, own unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &own)
	unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &all)
	return all.Nano() - own.Nano()
}

func (s *served) write(b *testing.B, fd int, p []byte) {
	for len(p) > 0 {
		n, err := unix.Write(fd, p)
		if err != nil && err != unix.EINTR {
			b.Errorf("write: %v", err)
			return
		}
		p = p[max(n, 0):]
	}
}

func (s *served) read(b *testing.B, fd, size int) {
	for size > 0 {
		n, err := unix.Read(fd, s.in[:min(size, len(s.in))])
		if n == 0 || err != nil && err != unix.EINTR {
			b.Fatalf("read: %v", err)
		}
		size -= max(n, 0)
	}
}
