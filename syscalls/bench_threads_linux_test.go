package syscalls

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/profiles/benchloop"
)

// server is the end of a benchmark that is measured.
type server interface {
	answer()    // waits for one turn's messages and answers them
	calls() int // system calls so far
}

// serve measures s, which answers so many messages per turn, while a client on a
// thread of its own takes its turns; see against. It reports
//
//	ns/op         time per message, the client's part included
//	syscalls/msg  the server's system calls, its waits included
//	cpu-ns/msg    CPU time of the server's thread
func serve(b *testing.B, s server, messages int, c client) {
	lock(b)
	against(b, c)
	s.answer() // the client's thread is there afterwards
	benchloop.Begin(b)
	calls, total, left := s.calls(), 0, 0
	cpu := threadCPU()
	for b.Loop() {
		if left--; left > 0 {
			continue
		}
		s.answer()
		total, left = total+messages, messages
	}
	cpu = threadCPU() - cpu
	perMessage(b, s.calls()-calls, total)
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(total), "cpu-ns/msg")
}

// client is the other end. Its sockets block.
type client struct {
	fds  []int
	turn func() bool // sends, and receives the answers; false where a connection has ended
}

// against runs c until the benchmark, or test, ends. The caller's thread is the
// server's, of which lock has named it; the client's is called "client", so that
// traces tell them apart (/proc/PID/task/TID/comm). They are on different CPUs
// where the process has two.
func against(t testing.TB, c client) {
	// The server waits without giving up its P, which leaves one for the client.
	procs := runtime.GOMAXPROCS(max(3, runtime.GOMAXPROCS(0)))
	here, there := twoCPUs(t)
	noError(t, PinThread(here))
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the pinned thread ends
		PinThread(there)
		os.WriteFile(threadName, []byte("client"), 0)
		for c.turn() {
		}
		c.end() // the server's wait, if it still waits
	}()
	t.Cleanup(func() {
		c.end()
		<-done
		runtime.GOMAXPROCS(procs)
	})
}

func (c client) end() {
	for _, fd := range c.fds {
		Shutdown(fd)
	}
}

const threadName = "/proc/thread-self/comm"

// nameThread names the calling thread until t ends.
func nameThread(t testing.TB, name string) {
	before, err := os.ReadFile(threadName)
	noError(t, err)
	noError(t, os.WriteFile(threadName, []byte(name), 0))
	t.Cleanup(func() { os.WriteFile(threadName, before, 0) })
}

// threadCPU returns the CPU time of the calling thread.
func threadCPU() time.Duration {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}

// blocking makes calls on fds wait. A receive ends after a second at the
// latest, and with a signal: the runtime may stop a thread that waits in it.
func blocking(t testing.TB, fds ...int) {
	for _, fd := range fds {
		noError(t, unix.SetNonblock(fd, false))
		noError(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}))
	}
}

// writeAll writes b to fd, which blocks, through the runtime; false where the
// connection has ended.
func writeAll(fd int, b []byte) bool {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil && !again(err) {
			return false
		}
		b = b[max(n, 0):]
	}
	return true
}

// readFull fills b from fd, which blocks, through the runtime; false where the
// connection has ended.
func readFull(fd int, b []byte) bool {
	for len(b) > 0 {
		n, err := unix.Read(fd, b)
		if n == 0 || err != nil && !again(err) {
			return false
		}
		b = b[max(n, 0):]
	}
	return true
}

func again(err error) bool { return err == syscall.EINTR || err == syscall.EAGAIN }

// gate is where a server of several connections waits until all of them have a
// message.
type gate struct {
	outside, inside int
	b               [1]byte
}

func newGate(t testing.TB) *gate {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	noError(t, err)
	t.Cleanup(func() { Close(pair[0]); Close(pair[1]) })
	blocking(t, pair[0], pair[1])
	return &gate{outside: pair[0], inside: pair[1]}
}

func (g *gate) open() bool { return writeAll(g.outside, g.b[:]) }

// pass waits for open, and tells how many calls it took.
func (g *gate) pass(t testing.TB) (calls int) { return recvAll(t, g.inside, g.b[:], 1) }

// crowd is connections that have a message each when the server begins its
// turn.
type crowd struct {
	clients, servers []int
	*gate            // nil: there is one connection, on which the server waits
}

func newCrowd(b *testing.B, n int) *crowd {
	c := &crowd{}
	for range n {
		client, server := tcpPair(b)
		noError(b, SetNoDelay(client))
		noError(b, SetNoDelay(server))
		c.clients, c.servers = append(c.clients, client), append(c.servers, server)
	}
	blocking(b, c.clients...)
	if n > 1 {
		c.gate = newGate(b)
	}
	return c
}

// send is the client's: a message on each connection.
func (c *crowd) send(message []byte) bool {
	for _, fd := range c.clients {
		if !writeAll(fd, message) {
			return false
		}
	}
	return c.gate == nil || c.open()
}

func (c *crowd) client(turn func() bool) client {
	fds := c.clients
	if c.gate != nil {
		fds = append([]int{c.outside}, fds...)
	}
	return client{fds, turn}
}

// server makes s wait at the gate, if there is one.
func (c *crowd) server(t testing.TB, s server) server {
	if c.gate == nil {
		return s
	}
	return &gated{s, c.gate, t, 0}
}

// gated is a server that waits at a gate.
type gated struct {
	server
	gate *gate
	t    testing.TB
	n    int
}

func (g *gated) answer() {
	g.n += g.gate.pass(g.t)
	g.server.answer()
}

func (g *gated) calls() int { return g.n + g.server.calls() }
