//go:build linux

package echo

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/internal/wsclient"
)

// besideInnocent runs f against a server of each way to serve TLS, with a
// connection that is echoed all the while: before f, when f calls echo, and
// afterwards, when one that has come late is, too.
func besideInnocent(t *testing.T, change func(*Options), f func(t *testing.T, s *Server, echo func())) {
	everyTLS(t, change, func(t *testing.T, s *Server) {
		c := dialed(t, s).secure(clientConfig(s)).opened()
		echo := func() { c.echoes("innocent") }
		echo()
		f(t, s, echo)
		echo()
		late := dialed(t, s).secure(clientConfig(s)).opened()
		late.echoes("late")
		late.Close()
		c.Close()
		waiting.For(t, "every connection ends", func() bool { return s.Counters().Open == 0 && s.Counters().TLS.HalfOpen == 0 })
	})
}

// counts waits until the server has counted n of something.
func counts(t *testing.T, s *Server, what string, n uint64, of func(Counters) uint64) {
	t.Helper()
	waiting.For(t, fmt.Sprintf("%d %s", n, what), func() bool { return of(s.Counters()) >= n })
	if c := s.Counters(); of(c) != n {
		t.Errorf("%d %s, want %d: %v", of(c), what, n, c)
	}
}

func TestTLSGarbageFirst(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		garbage := []string{
			"\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff", strings.Repeat("\x80\x2e\x01\x00\x02", 100), // SSLv2's, the last
			"\x17\x03\x03\x00\x10" + strings.Repeat("x", 16), // no handshake
			"\x16\x03\x01\xff\xff",                           // longer than a record may be
		}
		for _, wire := range garbage {
			c := arrive(t, s, wire)
			c.drained()
			echo()
		}
		counts(t, s, "garbage", uint64(len(garbage)), func(c Counters) uint64 { return c.TLS.Garbage })
		refused := []string{
			"\x16\x03\x01\x00\x04\x01\x00\x00\x00", "\x16\x03\x01\x00\x08\x01\x00\x00\x04abcd", // no ClientHello
			"\x16\x03\x01\x00\x04\x02\x00\x00\x00", // a ServerHello
			"\x16\x03\x01\x00\x04\x01\xff\xff\xff", // of 16 MiB
			"\x15\x03\x01\x00\x02\x02\x28",         // an alert
		}
		for _, wire := range refused {
			c := arrive(t, s, wire)
			c.drained()
			echo()
		}
		counts(t, s, "refused handshakes", uint64(len(refused)), func(c Counters) uint64 { return c.TLS.HandshakesRefused })
	})
}

// drained wants the server to end the connection, after what it may have said.
func (c *client) drained() {
	c.t.Helper()
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Error("the connection is open still")
	}
	c.Close()
}

func TestTLSPlainHTTP(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		for _, request := range []string{handshake(), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"} {
			c := arrive(t, s, request)
			answer := c.answered(400)
			echo()
			if answer.Close != true {
				t.Error("the answer does not end the connection")
			}
			c.end()
		}
		counts(t, s, "garbage", 3, func(c Counters) uint64 { return c.TLS.Garbage })
	})
}

// greeting returns what a client sends first.
func greeting(t *testing.T, s *Server) []byte {
	ours, theirs := net.Pipe()
	cfg := clientConfig(s)
	cfg.CurvePreferences = []tls.CurveID{tls.X25519} // the others' are long
	ended := make(chan struct{})
	go func() { tls.Client(ours, cfg).Handshake(); close(ended) }()
	hello := make([]byte, 4096)
	n, err := theirs.Read(hello)
	if err != nil {
		t.Error(err)
	}
	theirs.Close()
	<-ended
	return hello[:n]
}

// A client that hangs up amid its ClientHello, wherever that is, is no other's
// harm.
func TestTLSCutHello(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		hello := greeting(t, s)
		cuts := 0
		for i := 0; i < len(hello); i += 1 + i/8 { // close together in the headers
			arrive(t, s, string(hello[:i])).Close()
			cuts++
		}
		counts(t, s, "handshakes hung up", uint64(cuts), func(c Counters) uint64 { return c.TLS.HandshakesHungUp })
	})
}

// sealed is a client that makes its records itself.
type sealed struct {
	*client
	out *tls13.Sealer
	in  *tls13.Opener
}

// seals does the handshakes of c.
func (c *client) seals(cfg *tls.Config) *sealed {
	c.t.Helper()
	session, err := tls13.Client(context.Background(), c.Conn, cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	s := &sealed{client: c}
	if s.out, err = tls13.NewSealer(session.Out); err != nil {
		c.t.Fatal(err)
	}
	if s.in, err = tls13.NewOpener(session.In); err != nil {
		c.t.Fatal(err)
	}
	h := wsclient.NewHandshake("localhost", "/")
	c.write(s.seal(string(h.Append(nil))))
	for plain := ""; !strings.HasSuffix(plain, "\r\n\r\n"); {
		plain += s.next(tls13.TypeApplicationData)
	}
	return s
}

func (s *sealed) seal(plain string) []byte {
	return s.out.Seal(nil, tls13.TypeApplicationData, []byte(plain))
}

// next returns what the next record of this type has.
func (s *sealed) next(want uint8) string {
	s.t.Helper()
	for {
		for n, err := tls13.RecordSize(s.buf); n == 0 || len(s.buf) < n; n, err = tls13.RecordSize(s.buf) {
			if err != nil {
				s.t.Fatal(err)
			}
			s.more()
		}
		n, _ := tls13.RecordSize(s.buf)
		typ, plain, err := s.in.Open(s.buf[:n])
		if err != nil {
			s.t.Fatal(err)
		}
		s.buf = s.buf[n:]
		if typ == want {
			return string(plain)
		}
	}
}

// Records that arrive in two parts are one, wherever they are cut.
func TestTLSCutRecords(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		c := dialed(t, s).seals(clientConfig(s))
		const want = "\x81\x05hello"
		for i := 1; ; i++ {
			record := c.seal(string(frame(text, "hello")))
			if i == len(record) {
				c.write(record)
				break
			}
			c.write(record[:i])
			echo() // the server has read that by now
			c.write(record[i:])
			if got := c.next(tls13.TypeApplicationData); got != want {
				t.Fatalf("cut at %d: %q, want %q", i, got, want)
			}
		}
		c.Close()
	})
}

// A peer that is gone amid a record is told from one that has taken leave.
func TestTLSTruncated(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		const step = 4
		cuts := 0
		for i := 1; ; i += step {
			c := dialed(t, s).seals(clientConfig(s))
			record := c.seal(string(frame(text, "hello")))
			if i >= len(record) {
				c.write(c.out.SealAlert(nil, tls13.CloseNotify))
				c.Close()
				break
			}
			c.write(record[:i])
			c.Close()
			cuts++
		}
		counts(t, s, "truncated", uint64(cuts), func(c Counters) uint64 { return c.TLSTruncated })
	})
}

// A record that is not what it should be is answered by an alert, and ends its
// connection.
func TestTLSWrongRecords(t *testing.T) {
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		flipped := func(c *sealed) []byte {
			record := c.seal(string(frame(text, "hello")))
			record[len(record)-1] ^= 1
			return record
		}
		wrong := []struct {
			what  string
			wire  func(*sealed) []byte
			alert tls13.AlertError
		}{
			{"a wrong tag", flipped, tls13.BadRecordMAC},
			{"an over-long record", func(*sealed) []byte { return append([]byte("\x17\x03\x03\x41\x01"), make([]byte, 0x4101)...) }, tls13.RecordOverflow},
			{"garbage", func(*sealed) []byte { return bytes.Repeat([]byte("garbage!"), 100) }, 0},
			{"plain HTTP", func(*sealed) []byte { return []byte(handshake()) }, 0},
		}
		for _, tt := range wrong {
			c := dialed(t, s).seals(clientConfig(s))
			c.write(tt.wire(c))
			if s.opt.TLS != TLSKernel { // which reads no further: a reset may overtake the alert
				alert := c.next(tls13.TypeAlert)
				if tt.alert != 0 && alert != string(tls13.AlertMessage(tt.alert)) {
					t.Errorf("%s: alert %x, want %v", tt.what, alert, tt.alert)
				}
			}
			c.drained()
			echo()
		}
		counts(t, s, "refused", uint64(len(wrong)), func(c Counters) uint64 { return c.TLSRefused })
	})
}

// fewer returns n, or a quarter of it where the kernel makes the records. Such
// kernels run in slow machines here, and handshakes are the same.
func fewer(s *Server, n int) int {
	if s.opt.TLS == TLSKernel {
		return n / 4
	}
	return n
}

// A thousand handshakes that go no further keep nobody else out.
func TestTLSHalfOpen(t *testing.T) {
	const n = 1000
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < 3*n {
		t.Skipf("%d descriptors, %v: want %d for %d connections with both ends here", limit.Cur, err, 3*n, n)
	}
	besideInnocent(t, unchanged, func(t *testing.T, s *Server, echo func()) {
		n := fewer(s, n)
		hello := greeting(t, s)
		var half []*client
		for i := range n {
			c := dialed(t, s)
			c.write(hello[:i%len(hello)])
			half = append(half, c)
		}
		waiting.For(t, "all are half open", func() bool { return s.Counters().TLS.HalfOpen == uint64(n) })
		echo()
		c := dialed(t, s).secure(clientConfig(s)).opened()
		c.echoes("among a thousand")
		c.Close()
		for _, c := range half {
			c.Close()
		}
		counts(t, s, "handshakes hung up", uint64(n), func(c Counters) uint64 { return c.TLS.HandshakesHungUp })
	})
}

// Beyond Options.HalfOpen connections wait until others are done, or late.
func TestTLSHalfOpenFull(t *testing.T) {
	overTLS(t, func(t *testing.T, o Options) {
		if o.IO == Net {
			t.Skip("-io net has no bound of its own")
		}
		o.HalfOpen = 4
		s, _ := serve(t, o)
		var silent []*client
		for range o.HalfOpen {
			silent = append(silent, dialed(t, s))
		}
		waiting.For(t, "all are half open", func() bool { return s.Counters().TLS.HalfOpen == 4 })
		c := dialed(t, s)
		waiting.For(t, "one waits", func() bool { return s.Counters().TLS.HalfOpenFull == 1 })
		silent[0].Close()
		c.secure(clientConfig(s)).opened().echoes("at last")
		c.Close()
	})
}

// A handshake that takes too long is ended, wherever it has got to.
func TestTLSLate(t *testing.T) {
	overTLS(t, func(t *testing.T, o Options) {
		o.Handshake = 50 * time.Millisecond
		s, _ := serve(t, o)
		hello := greeting(t, s)
		sent := []int{0, 3, 100, len(hello)}
		var late []*client
		for _, n := range sent {
			late = append(late, arrive(t, s, string(hello[:n])))
		}
		for _, c := range late {
			c.drained()
		}
		counts(t, s, "late handshakes", uint64(len(sent)), func(c Counters) uint64 { return c.TLS.HandshakesLate })
	})
}

// Handshakes that all come at once are spread over the workers evenly.
func TestTLSStorm(t *testing.T) {
	const at = 8
	workers := func(o *Options) {
		if o.IO != Net {
			o.Workers = 2
		}
	}
	besideInnocent(t, workers, func(t *testing.T, s *Server, echo func()) {
		each := fewer(s, 12)
		cfg := clientConfig(s)
		cfg.ClientSessionCache = tls.NewLRUClientSessionCache(at)
		var all sync.WaitGroup
		for range at {
			all.Go(func() {
				for range each {
					storms(t, s, cfg)
				}
			})
		}
		echo()
		all.Wait()
		counts(t, s, "handshakes", uint64(each*at+1), func(c Counters) uint64 { return c.TLS.Handshakes })
		if n := s.Counters().TLS; n.Resumed == 0 {
			t.Errorf("counters%v: no session was resumed", n)
		}
		waiting.For(t, "all but one have ended", func() bool { return s.Counters().Open == 1 })
		for i, c := range s.WorkerCounters() {
			if half := uint64(each * at / 2); c.Accepted != half && c.Accepted != half+1 {
				t.Errorf("worker %d has served %d of %d", i, c.Accepted, each*at+1)
			}
		}
	})
}

// storms connects, has one message echoed, and leaves.
func storms(t *testing.T, s *Server, cfg *tls.Config) {
	conn, err := tls.Dial("tcp", s.Addr().String(), cfg)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	h := wsclient.NewHandshake("localhost", "/")
	conn.Write(append(h.Append(nil), frame(text, "hello")...))
	answer, err := wsclient.Await(conn, &h)
	for err == nil && len(answer) < 7 {
		b := make([]byte, 7)
		var n int
		n, err = conn.Read(b)
		answer = append(answer, b[:n]...)
	}
	if string(answer) != "\x81\x05hello" {
		t.Errorf("%q, %v", answer, err)
	}
}
