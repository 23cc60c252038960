//go:build linux

package echo

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"wsbench/benches/internal/countfile"
	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// overTLS runs f with the options of each way to serve TLS. Those that this
// kernel cannot do are skipped.
func overTLS(t *testing.T, f func(t *testing.T, o Options)) {
	for _, way := range []struct {
		io  IO
		tls TLS
	}{{Net, TLSUser}, {Epoll, TLSUser}, {Uring, TLSUser}, {Epoll, TLSKernel}, {Uring, TLSKernel}} {
		t.Run(fmt.Sprintf("io=%s,tls=%v", way.io, way.tls), func(t *testing.T) {
			if way.tls == TLSKernel {
				if err := syscalls.ProbeTLS(); err != nil {
					t.Skip(err)
				}
			}
			o := options(way.io)
			o.TLS, o.Handshake = way.tls, waiting.Bound
			f(t, o)
		})
	}
}

// clientConfig is that of a client which knows the server's certificate.
func clientConfig(s *Server) *tls.Config {
	roots := x509.NewCertPool()
	leaf, _ := x509.ParseCertificate(s.opt.identity.config.Certificates[0].Certificate[0])
	roots.AddCert(leaf)
	return &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", NextProtos: []string{"http/1.1"}}
}

// secure does the TLS handshake of c.
func (c *client) secure(cfg *tls.Config) *client {
	c.t.Helper()
	conn := tls.Client(c.Conn, cfg)
	c.Conn = conn
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// opened does the opening handshake of c.
func (c *client) opened() *client {
	c.t.Helper()
	h := wsclient.NewHandshake("localhost", "/")
	c.write(h.Append(nil))
	var err error
	if c.buf, err = wsclient.Await(c, &h); err != nil {
		c.t.Fatal(err)
	}
	return c
}

func (c *client) echoes(payload string) {
	c.t.Helper()
	c.write(frame(text, payload))
	c.want(text, payload)
}

// everyTLS runs f against a server of each way to serve TLS, which must leave no
// descriptor; TestMain looks for goroutines.
func everyTLS(t *testing.T, change func(*Options), f func(t *testing.T, s *Server)) {
	overTLS(t, func(t *testing.T, o Options) {
		listen(t, options(Net)).Close() // the runtime's poller has descriptors, from now on
		before := descriptors(t)
		t.Cleanup(func() {
			waiting.For(t, fmt.Sprintf("%d descriptors, as before", before), func() bool { return descriptors(t) <= before })
		})
		change(&o)
		s, _ := serve(t, o)
		f(t, s)
	})
}

func TestTLSEcho(t *testing.T) {
	everyTLS(t, unchanged, func(t *testing.T, s *Server) {
		c := dialed(t, s).secure(clientConfig(s)).opened()
		state := c.Conn.(*tls.Conn).ConnectionState()
		if state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != "http/1.1" {
			t.Errorf("version %x, protocol %q", state.Version, state.NegotiatedProtocol)
		}
		if sum := sha256.Sum256(state.PeerCertificates[0].Raw); !strings.Contains(s.String(), fmt.Sprintf("cert-sha256=%x", sum)) {
			t.Errorf("fingerprint %x is not in %q", sum, s)
		}
		for _, n := range []int{0, 5, 126, 20_000, 150_000} {
			c.echoes(strings.Repeat("é", n/2))
		}
		var many []byte
		for i := range 50 {
			many = append(many, frame(bin, strings.Repeat("m", i*20))...)
		}
		c.write(many)
		for i := range 50 {
			c.want(bin, strings.Repeat("m", i*20))
		}
		c.write(frame(fin|uint8(parse.Close), "\x03\xe8"))
		c.closes("\x03\xe8")
		c.Close()
		if n := s.Counters().TLS; n.Handshakes != 1 || n.HalfOpen != 0 || n.Resumed != 0 {
			t.Errorf("counters%v", n)
		}
	})
}

// A client resumes its session, and a plain request is served as without TLS.
func TestTLSResumed(t *testing.T) {
	everyTLS(t, unchanged, func(t *testing.T, s *Server) {
		cfg := clientConfig(s)
		cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for i := range 2 {
			c := dialed(t, s).secure(cfg)
			c.write([]byte("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))
			c.answered(200)
			c.opened().echoes("hello")
			if resumed := c.Conn.(*tls.Conn).ConnectionState().DidResume; resumed != (i == 1) {
				t.Errorf("connection %d: resumed %v", i, resumed)
			}
			c.Close()
		}
		if n := s.Counters().TLS; n.Handshakes != 2 || n.Resumed != 1 {
			t.Errorf("counters%v", n)
		}
	})
}

// A server that ends tells its connections so, and does not wait for handshakes
// that have only begun.
func TestTLSStops(t *testing.T) {
	overTLS(t, func(t *testing.T, o Options) {
		s, stop := serve(t, o)
		c := dialed(t, s).secure(clientConfig(s)).opened()
		dialed(t, s)
		waiting.For(t, "the handshake begins", func() bool { return s.Counters().TLS.HalfOpen == 1 })
		ended := make(chan struct{})
		go func() { stop(); close(ended) }()
		c.want(fin|uint8(parse.Close), "\x03\xe9")
		c.write(frame(fin|uint8(parse.Close), "\x03\xe9"))
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("after the closing handshake: %d, %v; want close_notify", n, err)
		}
		c.Close()
		<-ended
		if n := s.Counters(); n.TLS.HalfOpen != 0 || n.TLS.HandshakesHungUp != 1 || n.Open != 0 {
			t.Error(n)
		}
	})
}

// An older version of TLS and a client that speaks another protocol are refused
// by an alert.
func TestTLSRefuses(t *testing.T) {
	everyTLS(t, unchanged, func(t *testing.T, s *Server) {
		for _, change := range []func(*tls.Config){
			func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 },
			func(c *tls.Config) { c.NextProtos = []string{"h2"} },
		} {
			cfg := clientConfig(s)
			change(cfg)
			conn := tls.Client(dialed(t, s), cfg)
			err := conn.Handshake()
			if alert := new(net.OpError); !errors.As(err, &alert) || alert.Op != "remote error" {
				t.Errorf("error %v, want an alert", err)
			}
			conn.Close()
		}
		waiting.For(t, "two handshakes are refused", func() bool { return s.Counters().TLS.HandshakesRefused == 2 })
	})
}

func TestTLSCertificates(t *testing.T) {
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	var certs, keys []string
	for i := range 2 {
		c, err := selfSigned()
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, write(fmt.Sprint("cert", i), "CERTIFICATE", c.Certificate[0]))
		keys = append(keys, write(fmt.Sprint("key", i), "PRIVATE KEY", der))
	}
	o := options(Net)
	o.TLS = TLSUser
	for _, tt := range []struct{ cert, key, want string }{
		{certs[0], keys[0], ""},
		{certs[0], keys[1], "private key does not match public key; want PEM files"},
		{keys[0], certs[0], "want PEM files of a certificate and of its private key"},
		{filepath.Join(dir, "none"), keys[0], "none: no such file or directory; want a PEM file, or neither -cert nor -key"},
		{certs[0], filepath.Join(dir, "none"), "key: open "},
		{certs[0], "", "give both files, or neither"},
	} {
		o.Cert, o.Key = tt.cert, tt.key
		s, err := Listen(o)
		if s != nil {
			if !strings.Contains(s.String(), " cert="+tt.cert+" cert-sha256=") {
				t.Errorf("%q does not name %s", s, tt.cert)
			}
			s.Close()
		}
		if fmt.Sprint(err) == "<nil>" != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("-cert %s -key %s: %v, want %q", tt.cert, tt.key, err, tt.want)
		}
	}
}

func TestSelfSigned(t *testing.T) {
	c, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if now := time.Now(); now.Before(leaf.NotBefore) || now.Add(time.Hour).After(leaf.NotAfter) {
		t.Errorf("valid from %v to %v", leaf.NotBefore, leaf.NotAfter)
	}
}

func TestTLSSwitches(t *testing.T) {
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.TLS = "on" }, `tls "on": want off, user or ktls`},
		{func(o *Options) { o.IO = Raw }, "tls user: not with -io raw: the floor sends what it receives; leave -tls at off"},
		{func(o *Options) { o.TLS = TLSKernel }, "use -tls user, or -io epoll or uring"},
		{func(o *Options) { o.Direct = true }, "with -tls user use slot"},
		{func(o *Options) { o.Buffers = scratch.Pooled }, "with -tls user use conn"},
		{func(o *Options) { o.Cert = "a.pem" }, "give both files"},
		{func(o *Options) { o.HalfOpen = -1 }, "half-open -1: want 1 to 65536 handshakes"},
	} {
		o := options(Net)
		o.TLS = TLSUser
		tt.change(&o)
		if _, err := Listen(o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q in it", err, tt.want)
		}
	}
}

// The counters of a worker have room in a file of counters.
func TestCountFileHasRoom(t *testing.T) {
	if n := max(unsafe.Sizeof(loopCounters{}), unsafe.Sizeof(netCounters{})); n > countfile.Stride {
		t.Errorf("%d bytes of counters, a worker has %d", n, countfile.Stride)
	}
}

// Where the kernel has no TLS, this process seals and opens records instead, as
// one line says.
func TestTLSWithoutKernel(t *testing.T) {
	defer func(was func() error) { probeTLS = was }(probeTLS)
	probeTLS = func() error { return fmt.Errorf("%w: not there: load it", syscalls.ErrNoTLS) }
	for _, io := range []IO{Epoll, Uring} {
		var warned []string
		o := options(io)
		o.TLS, o.Warn = TLSKernel, func(line string) { warned = append(warned, line) }
		s := listen(t, o)
		if line := s.String(); !strings.Contains(line, " tls=user half-open=4096 cert=self-signed cert-sha256=") {
			t.Errorf("io=%s: switches in force: %s", io, line)
		}
		want := "tls ktls: kernel TLS: not there: load it; this process seals and opens records instead, as -tls user"
		if len(warned) != 1 || warned[0] != want {
			t.Errorf("io=%s: warned %q, want %q", io, warned, want)
		}
		s.Close()
	}
}

// A connection that the kernel has no TLS for is served without, one whose keys
// it does not take ends. Either is counted, and said once.
func TestTLSKernelRefuses(t *testing.T) {
	defer func(was func() error) { probeTLS = was }(probeTLS)
	probeTLS = func() error { return nil }
	const n = 3
	for _, tt := range []struct {
		err    error
		want   TLSCounters
		warned string
	}{
		{fmt.Errorf("%w: unloaded", syscalls.ErrNoTLS), TLSCounters{Handshakes: n, User: n}, "tls ktls: kernel TLS: unloaded; this process seals"},
		{syscall.EINVAL, TLSCounters{Handshakes: n, KeyErrors: n}, "tls ktls: a connection was dropped: invalid argument; -tls user serves"},
	} {
		var warned []string
		o := options(Epoll)
		o.TLS, o.Warn = TLSKernel, func(line string) { warned = append(warned, line) }
		s := listen(t, o)
		s.impl.(*loops).front.toKernel = func(*tls13.Session, int) error { return tt.err }
		stop := run(t, s)
		for range n {
			c := dialed(t, s).secure(clientConfig(s))
			if tt.want.KeyErrors == 0 {
				c.opened().echoes("hello")
			} else {
				c.drained()
			}
			c.Close()
		}
		stop()
		if c := s.Counters(); c.TLS != tt.want || c.Open != 0 {
			t.Errorf("%v: %v", tt.err, c)
		}
		if len(warned) != 1 || !strings.HasPrefix(warned[0], tt.warned) {
			t.Errorf("%v: warned %q, want one line that begins %q", tt.err, warned, tt.warned)
		}
	}
}
