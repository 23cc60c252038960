package lab

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
)

// shaking returns a client of a TLS server that answers requests, and ends its
// connections when the client does.
func shaking(t *testing.T, resume string, change func(*tls.Config)) *handshakeClient {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	cfg := certified.TLS.Clone()
	change(cfg)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				s := tls.Server(c, cfg)
				defer s.Close()
				if n, _ := s.Read(make([]byte, 4096)); n > 0 {
					io.WriteString(s, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	u, err := wsclient.ParseURL("wss://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	return &handshakeClient{c: results.Case("conns=3/resume=" + resume), url: u, tls: wsclient.TLS{Insecure: true}.Config(u.Hostname())}
}

// shake has every dialer do one handshake.
func (h *handshakeClient) shake(t *testing.T) (sum dialer) {
	t.Helper()
	for range h.c.Int("conns") {
		var d dialer
		d.dial(t.Context(), h)
		sum.done += d.done
		sum.resumed += d.resumed
		sum.fails += d.fails
		if d.failed != nil {
			sum.failed = d.failed
		}
	}
	return sum
}

// Handshakes resume a session where they are to, and say so.
func TestHandshakes(t *testing.T) {
	for _, resume := range []string{resumeNone, resumeAll} {
		h := shaking(t, resume, func(*tls.Config) {})
		want := int64(0)
		if resume == resumeAll {
			want = 3
			if err := h.askSession(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sum := h.shake(t)
		if sum.done != 3 || sum.resumed != want || sum.fails != 0 || h.invalid(&sum) != "" {
			t.Errorf("resume %s: %+v, %s", resume, sum, h.invalid(&sum))
		}
	}
}

// All dialers go on until the time is over, and what they have done is added up.
func TestHandshakeDialers(t *testing.T) {
	h := shaking(t, resumeNone, func(*tls.Config) {})
	if sum := h.all(t.Context(), time.Millisecond); sum.done < 3 || sum.latency.TotalCount() != sum.done || sum.failed != nil {
		t.Errorf("%d handshakes, %d latencies, %v", sum.done, sum.latency.TotalCount(), sum.failed)
	}
}

// A server that gives no session, takes none, or does not speak TLS 1.3 is told
// apart.
func TestHandshakesFail(t *testing.T) {
	h := shaking(t, resumeAll, func(c *tls.Config) { c.SessionTicketsDisabled = true })
	if err := h.askSession(t.Context()); err == nil || !strings.Contains(err.Error(), "sends no session ticket") {
		t.Error(err)
	}
	for want, sum := range map[string]dialer{
		"resumed 2 of 3 sessions":   {done: 3, resumed: 2},
		"1 of 4 handshakes failed,": {done: 3, resumed: 3, fails: 1, failed: io.EOF},
	} {
		if got := h.invalid(&sum); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	old := shaking(t, resumeNone, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	if sum := old.shake(t); sum.done != 0 || sum.fails != 3 || !strings.Contains(sum.failed.Error(), "does not speak TLS 1.3") {
		t.Errorf("%+v", sum)
	}
	stranger := shaking(t, resumeNone, func(*tls.Config) {})
	stranger.tls.InsecureSkipVerify = false
	if sum := stranger.shake(t); sum.done != 0 || !strings.Contains(sum.failed.Error(), "-insecure takes any certificate") {
		t.Errorf("%+v", sum)
	}
}
