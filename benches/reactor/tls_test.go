//go:build linux

package reactor

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// TestOverTLS runs tests of the public surface over TLS.
func TestOverTLS(t *testing.T) {
	overTLS = map[netip.AddrPort]*Loop{}
	defer func() { overTLS = nil }()
	for name, test := range map[string]func(*testing.T){
		"messages":        TestMessages,
		"sends, echo":     TestSendsBeforeEcho,
		"others":          TestSendsToOthers,
		"flush frame":     TestFlushFrameSends,
		"backpressure":    TestBackpressure,
		"full":            TestFullThenDrained,
		"full in a split": TestFullWithinSplitRead,
		"slow reader":     TestSlowReaderBehindFIN,
		"deferred":        TestDeferred,
		"deferred, close": TestDeferredBeforeClose,
		"answers, FIN":    TestAnswersBeforeFIN,
		"close":           TestCloseFromWithin,
		"close in Open":   TestCloseInOpen,
		"server closes":   TestServerClosesFirst,
		"routes":          TestRoutesThenUpgrade,
		"broadcast":       TestBroadcastAcrossLoops,
		"senders":         TestSenders,
		"shutdown":        TestShutdown,
	} {
		t.Run(name, func(t *testing.T) {
			before := dialledTLS
			if test(t); dialledTLS == before && !t.Failed() {
				t.Error("it has no connection over TLS")
			}
		})
	}
}

// overTLSModes runs a test over records of the loop's and of the kernel's.
func overTLSModes(t *testing.T, test func(t *testing.T, cfg Config, kernel bool)) {
	surface(t, func(t *testing.T, cfg Config) {
		t.Run("tls=user", func(t *testing.T) { test(t, cfg, false) })
		t.Run("tls=kernel", func(t *testing.T) {
			if err := syscalls.ProbeTLS(); err != nil {
				t.Skip(err)
			}
			test(t, cfg, true)
		})
	})
}

func echoes() *script {
	return &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
}

// received waits until the loop has received n bytes.
func received(t testing.TB, l *Loop, n uint64) {
	t.Helper()
	waiting.For(t, "the loop has received it", func() bool {
		var got uint64
		onLoop(t, l, func() { got = l.count.Bytes })
		return got >= n
	})
}

// Messages of any size are echoed, whatever the buffer's is: a record has up to
// 16 KiB, also where no buffer has.
func TestTLSEcho(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		for _, buffer := range []int{0, MinBufferSize} {
			cfg.BufferSize = buffer
			l, _ := echoes().serve(t, cfg)
			p := connectPeer(t, l, kernel)
			for _, n := range []int{0, 1, 125, 126, 5000, 16384 - 8, 16384, 16385, 65536, 300_000} {
				text := strings.Repeat("t", n)
				go p.Write(frame(parse.Text, text))
				p.wantFrame(parse.Text, text)
			}
			p.send(frame(parse.Close, closeFrame(1000)))
			p.wantFrame(parse.Close, closeFrame(1000))
			p.eof()
			p.Close()
		}
	})
}

// What a client sends right behind its Finished, in the same segment, is not
// lost.
func TestTLSBehindFinished(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		l, _ := echoes().serve(t, cfg)
		held := &holding{}
		var first []byte
		cs := new(tls13.Session)
		fd, s, c := handshake(t, func(c *client) (err error) {
			held.Conn = c.TCPConn
			if cs, err = tls13.Client(t.Context(), held, clientTLS()); err != nil {
				return err
			}
			seal, err := tls13.NewSealer(cs.Out)
			if err != nil {
				return err
			}
			first = opening.AppendRequest(nil, "localhost", "/", testKey)
			first = seal.Seal(held.held, tls13.TypeApplicationData, append(first, frame(parse.Text, "first")...))
			_, err = c.TCPConn.Write(first)
			return err
		})
		adoptTLS(t, l, fd, s, kernel)
		p := &peer{client: c}
		c.tls = p
		var err error
		if p.open, err = tls13.NewOpener(cs.In); err != nil {
			t.Fatal(err)
		}
		p.accepted()
		p.wantFrame(parse.Text, "first")
	})
}

// holding keeps what is written after the first read: the client's Finished.
type holding struct {
	net.Conn
	read bool
	held []byte
}

func (h *holding) Read(b []byte) (int, error) {
	h.read = true
	return h.Conn.Read(b)
}

func (h *holding) Write(b []byte) (int, error) {
	if !h.read {
		return h.Conn.Write(b)
	}
	h.held = append(h.held, b...)
	return len(b), nil
}

// Records may be cut anywhere, and so may the frames in them.
func TestTLSCutAnywhere(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		l, _ := echoes().serve(t, cfg)
		p := connectPeer(t, l, kernel)
		total := uint64(0)
		onLoop(t, l, func() { total = l.count.Bytes })
		for cut, size := 1, 2; cut < size; cut++ {
			f := append(frame(parse.Text, "cut"), frame(parse.Text, "anywhere")...)
			wire := append(p.data(f[:12]), p.data(f[12:])...)
			size = len(wire)
			p.raw(wire[:cut])
			if !kernel { // which hands out whole records
				received(t, l, total+uint64(cut))
			}
			p.raw(wire[cut:])
			p.wantFrame(parse.Text, "cut")
			p.wantFrame(parse.Text, "anywhere")
			onLoop(t, l, func() { total = l.count.Bytes })
		}
	})
}

// The answers to the records of one read leave as one record.
func TestTLSOneRecord(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, _ := echoes().serve(t, cfg)
		p := connectPeer(t, l, false)
		const count = 50
		var wire []byte
		for i := range count {
			wire = append(wire, p.data(frame(parse.Text, fmt.Sprint("message ", i)))...)
		}
		before := p.records
		p.raw(wire)
		for i := range count {
			p.wantFrame(parse.Text, fmt.Sprint("message ", i))
		}
		if n := p.records - before; n != 1 {
			t.Errorf("%d messages of one segment are answered in %d records, want 1", count, n)
		}
	})
}

// A peer that does not read is not read from, and nothing of it is lost: neither
// what it sent meanwhile nor a key update in the midst of that.
func TestTLSSlowReader(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		const messages, size = 100, 32 << 10
		cfg.MaxQueue = 16 << 10
		s := echoes()
		l, _ := s.serve(t, cfg)
		p := connectPeer(t, l, kernel)
		p.SetReadBuffer(64 << 10)
		conn := within(t, s.opened)
		onLoop(t, l, func() { unix.SetsockoptInt(int(conn.fd), unix.SOL_SOCKET, unix.SO_SNDBUF, 64<<10) })
		text := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", size)) }
		updates := !kernel || rekeys(t)
		go func() {
			for i := range messages {
				wire := p.data(frame(parse.Text, text(i)))
				if i%10 == 5 && updates {
					wire = p.seal.SealKeyUpdate(wire, true)
				}
				if _, err := p.TCPConn.Write(wire); err != nil {
					return
				}
			}
		}()
		waiting.For(t, "the loop stops reading", func() (stopped bool) {
			onLoop(t, l, func() { stopped = l.count.Pauses > 0 })
			return stopped
		})
		for i := range messages {
			p.wantFrame(parse.Text, text(i))
		}
	})
}

// A silent peer is pinged, and dropped if it does not answer.
func TestTLSIdle(t *testing.T) {
	overTLS = map[netip.AddrPort]*Loop{}
	defer func() { overTLS = nil }()
	surface(t, func(t *testing.T, cfg Config) {
		const sweep = time.Minute
		cfg.Idle = 16 * sweep
		s := echoes()
		d := drive(t, s.prepare(t, cfg))
		c, _ := d.connect(s)
		for range 3 {
			for range 9 {
				d.pass(sweep)
			}
			c.wantFrame(parse.Ping, "")
			before := d.count.Bytes
			c.send(frame(parse.Pong, ""))
			d.until("a pong", func() bool { return d.count.Bytes >= before+6 })
		}
		for range 20 {
			d.pass(sweep)
		}
		s.wantEnd(ErrSilent)
	})
}

// One message over TLS costs one recv, one send and no allocation.
func TestTLSSteadyState(t *testing.T) {
	for _, size := range []int{20, 1024, 16384, 65536} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) { tlsSteadyState(t, cfg, size) })
		})
	}
}

func tlsSteadyState(t *testing.T, cfg Config, size int) {
	s := echoes()
	d := drive(t, s.prepare(t, cfg))
	p := dialPeer(t, d.Loop, false)
	p.send(opening.AppendRequest(nil, "x", "/", testKey))
	d.until("a connection", func() bool { return len(s.opened) > 0 })
	d.turnOnce()
	p.accepted()
	f := frame(parse.Binary, strings.Repeat("m", size))
	wire, in := make([]byte, 0, 128<<10), make([]byte, 128<<10)
	answer := tls13.SealedSize(len(f) - parse.KeySize)
	trip := func() {
		wire = p.seal.Seal(wire[:0], tls13.TypeApplicationData, f)
		if _, err := p.TCPConn.Write(wire); err != nil {
			t.Fatal(err)
		}
		before := d.count.Frames
		for d.count.Frames == before || d.count.Sends == 0 {
			d.turnOnce()
		}
		d.turnOnce()
		if _, err := io.ReadFull(p.TCPConn, in[:answer]); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		trip()
	}
	const runs = 100
	before := d.Counters()
	if n := testing.AllocsPerRun(runs-1, trip); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	after := d.Counters()
	if n := after.Sends - before.Sends; n != runs {
		t.Errorf("%d messages took %d sends", runs, n)
	}
}

// The secrets are wiped: those that are handed over at once, the loop's when the
// connection ends. What AdoptTLS refuses stays the caller's.
func TestTLSSecrets(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, err := New(echoes().prepare(t, cfg))
		if err != nil {
			t.Fatal(err)
		}
		fd, s, c := handshake(t, func(c *client) error {
			_, err := tls13.Client(t.Context(), c.TCPConn, clientTLS())
			return err
		})
		file, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		secret := bytes.Clone(s.In.Secret)
		if err := l.AdoptTLS(int(file.Fd()), s, false); err == nil || !bytes.Equal(s.In.Secret, secret) {
			t.Errorf("a file is adopted: %v", err)
		}
		for _, kernel := range []bool{false, true} {
			if err := l.AdoptTLS(fd, &tls13.Session{}, kernel); err == nil || !strings.HasSuffix(err.Error(), "has no secrets") {
				t.Errorf("kernel %v: a session without secrets: %v", kernel, err)
			}
		}
		if err := l.AdoptTLS(fd, s, false); err != nil {
			t.Fatal(err)
		}
		if zero := make([]byte, len(secret)); !bytes.Equal(s.In.Secret, zero) || !bytes.Equal(s.Out.Secret, zero) {
			t.Error("the session has its secrets")
		}
		l.Shutdown(0)
		within(t, run(t, l))
		if n, err := c.TCPConn.Read(make([]byte, 1<<10)); n == 0 && err != io.EOF { // a ticket, or the end
			t.Error(err)
		}
	})
}
