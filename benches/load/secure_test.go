//go:build linux

package load

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
	"wsbench/syscalls"
)

// listenTLS is listen at wss://.
func listenTLS(t *testing.T, behave func(net.Conn)) (url string) {
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	return "wss" + strings.TrimPrefix(listen(t, func(c net.Conn) {
		secure := tls.Server(c, certified.TLS)
		behave(secure)
		secure.Close()
	}), "ws")
}

// serveTLS is serve at wss://.
func serveTLS(t *testing.T, behave func(*session)) *server {
	s := &server{}
	s.url = listenTLS(t, func(c net.Conn) { upgraded(c, s, behave) })
	return s
}

// secureConfig is config for a server of serveTLS.
func secureConfig(url string) Config {
	cfg := config(url)
	cfg.Offer.TLS.Insecure = true
	return cfg
}

// What goes over ws:// goes over wss:// too.
func TestTLS(t *testing.T) {
	leaks(t)
	s := serveTLS(t, faithful)
	for name, change := range map[string]func(*Config){
		"small":     func(c *Config) {},
		"deep":      func(c *Config) { c.Depth = 16 },
		"long":      func(c *Config) { c.Size, c.Depth = 100_000, 3 },
		"threads":   func(c *Config) { c.Threads = 2 },
		"rate":      func(c *Config) { c.Rate = 1000 },
		"segments":  func(c *Config) { c.Size, c.Depth, c.Segment = 300, 2, Segment{Bytes: 100, Gap: time.Millisecond} },
		"ping":      func(c *Config) { c.Op = parse.Ping },
		"mix":       func(c *Config) { c.Mix, c.Depth = Mix{2, 1}, 4 },
		"slow text": func(c *Config) { c.Op, c.Size = parse.Text, 20_000 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := secureConfig(s.url)
			change(&cfg)
			good(t, s, cfg)
		})
	}
}

// What ends a connection of TLS is told.
func TestLostTLS(t *testing.T) {
	for name, c := range map[string]struct {
		then func(*session)
		kind ErrorKind
		want string
	}{
		"close_notify": {func(s *session) { s.Conn.(*tls.Conn).CloseWrite(); io.Copy(io.Discard, s) }, EOF, "EOF"},
		"FIN":          {func(s *session) { s.Conn.(*tls.Conn).NetConn().Close() }, "", ""},
		"not TLS":      {func(s *session) { io.WriteString(s.Conn.(*tls.Conn).NetConn(), "HTTP/1.1"); io.Copy(io.Discard, s) }, Protocol, "the server's records of TLS: tls: unexpected message"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveTLS(t, func(s *session) {
				s.echo(func(parse.Opcode, []byte) error { c.then(s); return net.ErrClosed })
			})
			g, err := Open(t.Context(), secureConfig(s.url))
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			var lost *LostError
			if _, err = g.Run(t.Context(), 0, endless); !errors.As(err, &lost) || !strings.Contains(err.Error(), c.want) || c.kind != "" && lost.Kind() != c.kind {
				t.Errorf("%v; want %s with %q", err, c.kind, c.want)
			}
		})
	}
}

// secureBench is a bench whose connection is of TLS.
type secureBench struct {
	*bench
	sealer *tls13.Sealer
	opener *tls13.Opener
	sealed []byte
}

func newSecureBench(tb testing.TB, cfg Config) *secureBench {
	half := func(secret byte) tls13.Half {
		return tls13.Half{Suite: tls13.AES128GCM, Secret: bytes.Repeat([]byte{secret}, 32)}
	}
	records, err := wsclient.NewRecords(&tls13.Session{In: half(1), Out: half(2)})
	if err != nil {
		tb.Fatal(err)
	}
	s := &secureBench{bench: newBench(tb, cfg)}
	s.conns[0].tls, s.secure = &secured{Records: records}, true
	s.secures(&cfg)
	if s.sealer, err = tls13.NewSealer(half(1)); err != nil {
		tb.Fatal(err)
	}
	if s.opener, err = tls13.NewOpener(half(2)); err != nil {
		tb.Fatal(err)
	}
	s.bench.in = make([]byte, tls13.SealedSize(len(s.bench.in)))
	return s
}

// exchange does what bench.exchange does. All that is in flight is one record.
func (s *secureBench) exchange(tb testing.TB) {
	n, errno := syscalls.Recv(s.peer, s.in)
	if errno != 0 {
		tb.Fatal(errno)
	}
	_, plain, err := s.opener.Open(s.in[:n])
	if err != nil {
		tb.Fatal(err)
	}
	s.sealed = s.sealer.Seal(s.sealed[:0], tls13.TypeApplicationData, s.echoes[:len(plain)/s.frames.frame*s.echo])
	if _, errno := syscalls.Send(s.peer, s.sealed); errno != 0 {
		tb.Fatal(errno)
	}
	s.round(tb)
}

// The steady state allocates nothing over TLS either.
func TestAllocationsTLS(t *testing.T) {
	for _, size := range []int{20, 1000} {
		s := newSecureBench(t, Config{Size: size, Depth: 8, Verify: VerifyAll})
		if err := s.launch(); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(500, func() { s.exchange(t) }); n != 0 {
			t.Errorf("%d bytes: %v allocations an exchange", size, n)
		}
		if s.count.corrupt != 0 || s.count.messages == 0 {
			t.Errorf("%d messages, %v", s.count.messages, s.corruption)
		}
	}
}

// Records that are sent in parts arrive whole and in order, a pong behind them.
func TestShortSendsTLS(t *testing.T) {
	s := newSecureBench(t, Config{Size: 1 << 20, Depth: 4, Verify: VerifyAll})
	want := bytes.Clone(s.frames.run(int(s.conns[0].next), 4))
	if err := s.launch(); err != nil {
		t.Fatal(err)
	}
	c := &s.conns[0]
	if !c.unsent {
		t.Fatal("4 MiB fit into a socket buffer; the test needs more")
	}
	if err := s.control(c, parse.Pong, []byte("pong")); err != nil {
		t.Fatal(err)
	}
	var got, wire []byte
	buf := make([]byte, 100_000)
	for len(got) < len(want)+10 {
		n, errno := syscalls.Recv(s.peer, buf)
		if errno != 0 {
			s.round(t)
			continue
		}
		wire = append(wire, buf[:n]...)
		for {
			size, err := tls13.RecordSize(wire)
			if size == 0 || size > len(wire) || err != nil {
				break
			}
			_, plain, err := s.opener.Open(wire[:size])
			if err != nil {
				t.Fatal(err)
			}
			got, wire = append(got, plain...), wire[size:]
		}
	}
	if !bytes.Equal(got[:len(want)], want) || got[len(want)] != parse.FIN|uint8(parse.Pong) || c.unsent || c.out != nil {
		t.Errorf("%d bytes arrived, %d are left", len(got), len(c.out))
	}
}

// BenchmarkExchangeTLS is BenchmarkExchange with records.
func BenchmarkExchangeTLS(b *testing.B) {
	x := newSecureBench(b, Config{Size: 20, Depth: 1})
	if err := x.launch(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x.exchange(b)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/msg")
}
