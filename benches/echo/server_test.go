package echo

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wsbench/benches/engine"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
	"wsbench/syscalls"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options(io IO) Options {
	o := Options{Addr: netip.MustParseAddrPort("127.0.0.1:0"), IO: io, BufferSize: 16 << 10, Workers: 1, Background: "same"}
	switch io {
	case Net:
		o.Buffers = scratch.PerConn
	case Uring:
		o.Buffers = scratch.Ring
	}
	return o
}

// serve runs a server until the test ends or stop is called, which must leave
// no descriptor.
func serve(t *testing.T, o Options) (s *Server, stop func()) {
	t.Helper()
	s = listen(t, o)
	return s, run(t, s)
}

func listen(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run is serve of a server that listens.
func run(t *testing.T, s *Server) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(waiting.Bound):
			t.Error("the server does not end")
		}
	}
	t.Cleanup(stop)
	return stop
}

type client struct {
	net.Conn
	t   *testing.T
	buf []byte
}

func connect(t *testing.T, s *Server) *client {
	t.Helper()
	return connectTo(t, s, "/")
}

// dialed opens a connection that asks for nothing yet.
func dialed(t *testing.T, s *Server) *client {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(waiting.Bound))
	return &client{Conn: nc, t: t}
}

// connectTo opens a connection that asks for target.
func connectTo(t *testing.T, s *Server, target string) *client {
	t.Helper()
	c := dialed(t, s)
	h := wsclient.NewHandshake("localhost", target)
	c.write(h.Append(nil))
	var err error
	if c.buf, err = wsclient.Await(c, &h); err != nil {
		t.Fatal(err)
	}
	return c
}

// write may be called by any goroutine.
func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Error(err)
	}
}

func (c *client) more() {
	c.t.Helper()
	b := make([]byte, 256<<10)
	n, err := c.Read(b)
	if err != nil {
		c.t.Fatal(err)
	}
	c.buf = append(c.buf, b[:n]...)
}

func (c *client) want(first uint8, payload string) {
	c.t.Helper()
	for {
		h, need, err := parse.ParseHeader(c.buf, parse.FromServer)
		if err != nil {
			c.t.Fatal(err)
		}
		end := int(h.Size) + int(h.Length)
		if need > 0 || len(c.buf) < end {
			c.more()
			continue
		}
		if got := string(c.buf[h.Size:end]); h.First != first || got != payload {
			c.t.Fatalf("got %#x, %d bytes %.30q; want %#x, %d bytes %.30q", h.First, len(got), got, first, len(payload), payload)
		}
		c.buf = c.buf[end:]
		return
	}
}

const key = 0x01020304

func frame(first uint8, payload string) []byte {
	b := parse.AppendMaskedHeader(nil, first, len(payload), key)
	at := len(b)
	b = append(b, payload...)
	mask.Octet.Unmask(b[at:], key)
	return b
}

func masked(payload string) string {
	b := []byte(payload)
	mask.Octet.Unmask(b, key)
	return string(b)
}

const (
	fin  = parse.FIN
	text = fin | uint8(parse.Text)
	bin  = fin | uint8(parse.Binary)
)

func TestEcho(t *testing.T) {
	for _, o := range allOptions() {
		t.Run(fmt.Sprintf("io=%s/buffers=%v/write=%s/workers=%d/alt=%v/handler=%v", o.IO, o.Buffers, o.write(), o.Workers, o.Drain, o.Handler), func(t *testing.T) {
			s, stop := serve(t, o)
			want := func(p string) string { return p }
			if o.IO == Raw {
				want = masked
			}
			var conns []*client
			for range 5 {
				c := connect(t, s)
				conns = append(conns, c)
				for _, n := range []int{5, 0, 126, 70_000, 1 << 20} {
					p := strings.Repeat("é", n/2)
					c.write(frame(text, p))
					c.want(text, want(p))
				}
				var many []byte
				for i := range 50 {
					many = append(many, frame(bin, strings.Repeat("m", i*20))...)
				}
				c.write(many)
				for i := range 50 {
					c.want(bin, want(strings.Repeat("m", i*20)))
				}
				c.write(frame(fin|uint8(parse.Ping), "are you there"))
				c.want(fin|uint8(parse.Pong), want("are you there"))
			}
			if c := s.Counters(); c.Accepted != 5 || c.Open != 5 || c.Frames != 5*56 {
				t.Errorf("counters %v", c)
			}
			done := make(chan bool)
			go func() { stop(); close(done) }()
			for _, c := range conns { // going away, and closed by the server first
				c.want(fin|uint8(parse.Close), "\x03\xe9")
				c.write(frame(fin|uint8(parse.Close), "\x03\xe9"))
				if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
					t.Errorf("after the closing handshake: %d, %v", n, err)
				}
				c.Close()
			}
			<-done
			if c := s.Counters(); c.Open != 0 || c.Done != 5 {
				t.Errorf("counters at the end: %v", c)
			}
		})
	}
}

func allOptions() (list []Options) {
	for _, io := range []IO{Epoll, Uring, Raw, Net} {
		base := options(io)
		list = append(list, base)
		for _, w := range []engine.WriteMode{engine.Writev, engine.Copy} {
			o := base
			o.Write = w
			list = append(list, o)
		}
		o := base
		if o.FlushFrame = true; io != Uring {
			o.Buffers = scratch.Pooled
		}
		list = append(list, o)
		switch io {
		case Net:
			base.Direct = true
			list = append(list, base)
		case Uring:
			o.Workers = 2
			list = append(list, o)
		default:
			o.Drain, o.Workers, o.Buffers = true, 2, scratch.PerConn
			list = append(list, o)
		}
		list = append(list, handed(base)...)
	}
	return list
}

func TestFragmentsAndErrors(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Net} {
		s, _ := serve(t, options(io))
		c := connect(t, s)
		c.write(frame(uint8(parse.Text), "frag"))
		c.write(frame(fin|uint8(parse.Continuation), "ments"))
		c.want(text, "fragments")
		c.write(frame(text, "\xff"))
		c.want(fin|uint8(parse.Close), "\x03\xef")
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
			t.Errorf("%s: after a violation: %d, %v", io, n, err)
		}
		c.Close()
	}
}

// A peer that never answers does not hold the server's end up.
func TestStopWithRudePeers(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Net, Raw} {
		s, stop := serve(t, options(io))
		rude := connect(t, s)
		half, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer half.Close()
		half.Write([]byte("GET / HTTP/1.1\r\n"))
		rude.write(frame(uint8(parse.Text), "begun"))
		stop()
		if c := s.Counters(); c.Open != 0 {
			t.Errorf("%s: %d connections open at the end", io, c.Open)
		}
	}
}

// One peer that does not read takes nothing from what the others are told.
func TestStopBesideSlowReader(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Net} {
		t.Run(string(io), func(t *testing.T) {
			t.Parallel()
			s, stop := serve(t, options(io))
			slow := connect(t, s)
			full := make(chan struct{})
			go func() {
				defer close(full)
				slow.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
				for f := frame(bin, strings.Repeat("s", 64<<10)); ; {
					if _, err := slow.Write(f); err != nil {
						return
					}
				}
			}()
			var others []*client
			for range 10 {
				others = append(others, connect(t, s))
			}
			<-full
			ended := make(chan struct{})
			go func() { stop(); close(ended) }()
			for _, c := range others {
				c.closes("\x03\xe9")
				c.Close()
			}
			<-ended
		})
	}
}

func TestPinned(t *testing.T) {
	all, err := syscalls.Affinity()
	if err != nil {
		t.Fatal(err)
	}
	defer syscalls.PinProcess(all)
	var warned []string
	o := options(Epoll)
	o.Pin, o.Background = all, "apart"
	o.Warn = func(line string) { warned = append(warned, line) }
	s, stop := serve(t, o)
	c := connect(t, s)
	c.write(frame(text, "pinned"))
	c.want(text, "pinned")
	c.Close()
	stop()
	want := []string{"background apart: there is no CPU besides"}
	if len(all) > 1 {
		want = append([]string{"1 loops use the first 1 of these CPUs"}, want...)
	}
	for i, w := range want {
		if len(warned) != len(want) || !strings.Contains(warned[i], w) {
			t.Fatalf("warnings %q, want %q in them", warned, want)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.IO = "kqueue" }, `io "kqueue": want one of epoll, uring, net, raw`},
		{func(o *Options) { o.BufferSize = 1 }, "buffer-size 1: want"},
		{func(o *Options) { o.Workers = 0 }, "workers 0: want"},
		{func(o *Options) { o.Background = "idle" }, `background "idle"`},
		{func(o *Options) { o.Idle = time.Millisecond }, "idle 1ms: want 100ms at least"},
		{func(o *Options) { o.MaxMessage = 1 << 50 }, "max-message 1125899906842624: want 1 to"},
		{func(o *Options) { o.MaxFragments = -2 }, "max-fragments -2: want 1 or more"},
		{func(o *Options) { o.MaxControl = -1 }, "max-control -1: want 1 or more"},
		{func(o *Options) { o.IO = Net }, "use conn or pool"},
		{func(o *Options) { o.Direct = true }, "write direct: -io epoll has no writer of package net to do without; use slot"},
		{func(o *Options) { o.IO, o.Buffers, o.Drain = Net, scratch.Pooled, true }, "read drain"},
		{func(o *Options) { o.IO, o.Buffers, o.Workers = Net, scratch.Pooled, 2 }, "workers"},
		{func(o *Options) { o.Handler = "process" }, `handler "process": want loop, goroutine, pool or thread`},
		{func(o *Options) { o.Handler = OnPool }, "pool 0: want 1 to"},
		{func(o *Options) { o.Handler, o.Parts = PerMessage, true }, "leave -message at whole"},
		{func(o *Options) { o.Handler, o.Pin, o.Background = PerMessage, syscalls.CPUs{0}, "apart" }, "use same"},
		{func(o *Options) { o.IO, o.Handler = Raw, PerMessage }, "not with -io raw: the floor"},
		{func(o *Options) { o.IO, o.Buffers, o.Handler = Net, scratch.Pooled, PerMessage }, "not with -io net: each connection"},
	} {
		o := options(Epoll)
		tt.change(&o)
		if _, err := Listen(o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q in it", err, tt.want)
		}
	}
}

func TestAddressInUse(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Net} {
		s, _ := serve(t, options(io))
		o := options(io)
		o.Addr = s.Addr()
		if _, err := Listen(o); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("%s: error %v", io, err)
		}
	}
}
