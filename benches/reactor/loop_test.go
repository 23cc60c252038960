//go:build linux

package reactor

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/engine"
	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/scratch"
)

func closeFrame(code int) string { return string(parse.AppendClose(nil, code, "")) }

func (c *client) wantFrame(op parse.Opcode, payload string) {
	c.t.Helper()
	first, got := c.next()
	if first != fin|uint8(op) || got != payload {
		c.t.Fatalf("got frame %#x %.40q (%d bytes), want %v %.40q (%d)", first, got, len(got), op, payload, len(payload))
	}
}

func configs() map[string]Config {
	list := map[string]Config{}
	for _, b := range []scratch.Kind{scratch.Shared, scratch.PerConn, scratch.Pooled} {
		for _, w := range []engine.WriteMode{engine.Slot, engine.Writev, engine.Copy} {
			for _, alt := range []bool{false, true} {
				name := fmt.Sprintf("buffers=%v/write=%v/drain,frame=%v", b, w, alt)
				list[name] = Config{Buffers: b, Write: w, Drain: alt, FlushFrame: alt, BufferSize: 8 << 10}
			}
		}
	}
	for _, w := range []engine.WriteMode{engine.Slot, engine.Writev, engine.Copy} {
		for _, alt := range []bool{false, true} {
			name := fmt.Sprintf("uring/write=%v/frame=%v", w, alt)
			list[name] = Config{Uring: true, Write: w, FlushFrame: alt, BufferSize: 8 << 10}
		}
	}
	return list
}

// Messages of every size come back whole and in order, sent all at once, with
// the handshake before them, over every way to work.
func TestEcho(t *testing.T) {
	sizes := []int{0, 1, 125, 126, 5000, 8 << 10, 65535, 65536, 300_000, 3, 2 << 20, 7}
	for name, cfg := range configs() {
		t.Run(name, func(t *testing.T) {
			_, addr := start(t, cfg)
			c := dial(t, addr)
			wire := opening.AppendRequest(nil, "x", "/any/path?q", testKey)
			for _, n := range sizes {
				wire = append(wire, frame(parse.Binary, strings.Repeat("x", n))...)
			}
			go c.Write(wire)
			c.accepted()
			for _, n := range sizes {
				c.wantFrame(parse.Binary, strings.Repeat("x", n))
			}
		})
	}
}

func TestSplitAtEveryOctet(t *testing.T) {
	_, addr := start(t, Config{})
	wire := append(opening.AppendRequest(nil, "x", "/", testKey), frame(parse.Text, "hello")...)
	c := dial(t, addr)
	c.SetNoDelay(true)
	for i := range wire {
		c.send(wire[i : i+1])
		if i%8 == 0 {
			time.Sleep(200 * time.Microsecond) // so that it arrives alone
		}
	}
	c.accepted()
	c.wantFrame(parse.Text, "hello")
}

func TestRefusedHandshake(t *testing.T) {
	_, addr := start(t, Config{})
	for _, tt := range []struct{ request, status string }{
		{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "426"},
		{"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "405"},
		{"nonsense\r\n\r\n", "400"},
		{"GET / HTTP/1.1\r\nX: " + strings.Repeat("y", opening.MaxRequest) + "\r\n\r\n", "431"},
	} {
		c := dial(t, addr)
		c.send([]byte(tt.request))
		for !strings.Contains(string(c.buf), "\r\n\r\n") || !strings.HasSuffix(string(c.buf), "\n") {
			c.more()
		}
		if !strings.HasPrefix(string(c.buf), "HTTP/1.1 "+tt.status) {
			t.Errorf("%.20q: answer %.60q, want status %s", tt.request, c.buf, tt.status)
		}
		c.buf = nil
		c.eof()
	}
}

func TestServerClosesFirst(t *testing.T) {
	_, addr := start(t, Config{})
	for _, tt := range []struct {
		wire []byte
		want int
	}{
		{frame(parse.Close, closeFrame(1000)), 1000},
		{append(frame(parse.Close, closeFrame(4000)), frame(parse.Text, "late")...), 4000},
		{frame(3, ""), 1002},
		{frame(parse.Text, "\xff"), 1007},
	} {
		c := connect(t, addr)
		c.send(tt.wire)
		c.wantFrame(parse.Close, closeFrame(tt.want))
		c.eof()
	}
}

func TestTimeouts(t *testing.T) {
	_, addr := start(t, Config{Handshake: 200 * time.Millisecond, Linger: 50 * time.Millisecond})
	silent := dial(t, addr)
	silent.eof()
	slow := dial(t, addr)
	slow.send([]byte("GET / HT"))
	slow.wantStatus("GET", 408)
	slow.eof()

	open := connect(t, addr)
	time.Sleep(300 * time.Millisecond) // the time of a handshake is not that of a connection
	open.send(frame(parse.Text, "x"))
	open.wantFrame(parse.Text, "x")

	halfOpen := connect(t, addr)
	halfOpen.send(frame(parse.Close, closeFrame(1000)))
	halfOpen.wantFrame(parse.Close, closeFrame(1000))
	for range 1000 { // it never closes its end; writing fails once the server has
		if _, err := halfOpen.Write([]byte("zzzz")); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("a connection whose peer does not close is kept for ever")
}

func TestShutdown(t *testing.T) {
	l, addr := newLoop(t, Config{Linger: 300 * time.Millisecond})
	ended := make(chan error, 1)
	go func() { ended <- l.Run() }()
	polite, rude, early := connect(t, addr), connect(t, addr), dial(t, addr)
	early.send([]byte("GET"))
	polite.send(frame(parse.Text, "x"))
	polite.wantFrame(parse.Text, "x")
	l.Shutdown(0)
	l.Shutdown(0)
	polite.wantFrame(parse.Close, closeFrame(1001))
	polite.send(frame(parse.Close, closeFrame(1001)))
	polite.eof()
	rude.wantFrame(parse.Close, closeFrame(1001))
	rude.eof()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(waiting.Bound):
		t.Fatal("the loop does not end")
	}
	if l.Do(func() {}) {
		t.Error("Do after the end")
	}
	if c := l.Counters(); c.Accepted != 3 || c.Open != 0 || c.Done != 3 || c.Frames != 2 {
		t.Errorf("counters %+v", c)
	}
}

// The listener's event may be in the batch whose wake-up closes the listener.
func TestShutdownWithAcceptPending(t *testing.T) {
	l, addr := newLoop(t, Config{})
	l.Shutdown(0)
	dial(t, addr)
	if err := l.Run(); err != nil {
		t.Error(err)
	}
}

func TestDoFromManyGoroutines(t *testing.T) {
	l, _ := start(t, Config{})
	var n int // the loop's goroutine alone touches it
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				done := make(chan bool)
				if !l.Do(func() { n++; close(done) }) {
					t.Error("Do refused")
				}
				<-done
			}
		})
	}
	wg.Wait()
	got := make(chan int)
	l.Do(func() { got <- n })
	if n := <-got; n != 4000 {
		t.Errorf("%d functions ran, want 4000", n)
	}
}

// Without descriptors to accept with, the loop goes on serving without
// spinning, and accepts again once there are some.
func TestOutOfDescriptors(t *testing.T) {
	l, addr := start(t, Config{})
	old := connect(t, addr)
	late, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(late)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	restore := func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }
	defer restore()
	if err := unix.Connect(late, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}); err != nil {
		t.Fatal(err)
	}
	old.send(frame(parse.Text, "x"))
	old.wantFrame(parse.Text, "x")
	time.Sleep(150 * time.Millisecond)
	asked := make(chan Counters, 1)
	l.Do(func() { asked <- l.Counters() })
	if c := <-asked; c.Accepted != 1 || c.Waits > 100 {
		t.Errorf("without descriptors: %d accepted, %d waits", c.Accepted, c.Waits)
	}
	restore()
	for c := (Counters{}); c.Accepted != 2; time.Sleep(10 * time.Millisecond) {
		l.Do(func() { asked <- l.Counters() })
		c = <-asked
	}
}
