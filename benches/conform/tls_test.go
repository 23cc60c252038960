package conform

import (
	"crypto/tls"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

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
	cfg := Config{URL: url, Jobs: 8, Timeout: ample, Offer: wsclient.Offer{TLS: wsclient.TLS{Insecure: true}}}
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
