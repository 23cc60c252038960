package conform

import (
	"crypto/tls"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"wsbench/benches/echo"
	"wsbench/benches/internal/wsclient"
)

// A server at wss:// is judged as one at ws:// is.
func TestTLS(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	url := listen(t, func(c net.Conn) {
		s := tls.Server(c, certified.TLS)
		(&honest{}).serve(s)
		s.Close()
	})
	url = "wss" + strings.TrimPrefix(url, "ws")
	cfg := Config{URL: url, Jobs: 8, Timeout: ample, Offer: trusting}
	results, err := Run(t.Context(), cfg, selected(t, "1.1", "2", "3.2", "5.3", "6.2", "7.1", "7.3"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.Strict() {
			t.Errorf("%s: %+v", r.Case.ID, r)
		}
	}
	cfg.Offer = wsclient.Offer{}
	if _, err := Run(t.Context(), cfg, nil); err == nil || !strings.Contains(err.Error(), "-insecure takes any certificate") {
		t.Errorf("%v, want advice", err)
	}
}

// The reference server passes over TLS too, by records of its loops' and of crypto/tls.
func TestReferenceTLS(t *testing.T) {
	for _, io := range []echo.IO{echo.Epoll, echo.Uring, echo.Net} {
		t.Run("io="+string(io), func(t *testing.T) {
			o := options(io)
			o.TLS = echo.TLSUser
			url, _ := reference(t, o)
			verify(t, runAll(t, url, selected(t, "1.1", "2", "5.1", "5.3", "6.2", "6.3", "7.1", "7.3", "10")))
		})
	}
}
