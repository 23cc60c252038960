package echo

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse/opening"
)

// everyIO runs f against a server of each backend, which must leave no
// descriptor; TestMain looks for goroutines.
func everyIO(t *testing.T, change func(*Options), f func(t *testing.T, s *Server)) {
	for _, io := range []IO{Epoll, Uring, Net, Raw} {
		t.Run(string(io), func(t *testing.T) {
			before := descriptors(t)
			t.Cleanup(func() {
				for deadline := time.Now().Add(waiting.Bound); descriptors(t) > before; time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%d descriptors open, %d before", descriptors(t), before)
					}
				}
			})
			o := options(io)
			change(&o)
			s, _ := serve(t, o)
			f(t, s)
		})
	}
}

func descriptors(t *testing.T) int {
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}

func unchanged(*Options) {}

// httpClient is a client made of net/http, and its requests to s.
type httpClient struct {
	*http.Client
	t   *testing.T
	url string
	new int // connections it has made
}

func newHTTPClient(t *testing.T, s *Server) *httpClient {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &httpClient{Client: &http.Client{Transport: transport, Timeout: waiting.Bound}, t: t, url: "http://" + s.Addr().String()}
}

func (c *httpClient) do(method, path, body string, header ...string) (*http.Response, string) {
	c.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(c.t.Context(), &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			if !i.Reused {
				c.new++
			}
		},
	}), method, c.url+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := c.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer, string(b)
}

// net/http's client uses the routes over one connection, and gets a clear
// answer to what is no route.
func TestRoutes(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		c := newHTTPClient(t, s)
		for i, tt := range []struct {
			method, path, sent string
			header             []string
			status             int
			body               string
			conns              int // that the client has made by then
		}{
			{"GET", "/healthz", "", nil, 200, "ok", 1},
			{"GET", "/healthz?verbose", "", nil, 200, "ok", 1},
			{"HEAD", "/healthz", "", nil, 200, "", 1},
			{"GET", "/healthz", "a body", nil, 200, "ok", 1},
			{"GET", "/healthz", "", []string{"Upgrade", "h2c", "Connection", "Upgrade"}, 200, "ok", 1},
			{"GET", "/", "", nil, 426, opening.ErrUpgrade.Why + "\n", 1},
			{"GET", "/healthz", "", nil, 200, "ok", 2},
			{"HEAD", "/", "", nil, 405, "", 2},
			{"POST", "/healthz", "a body", nil, 405, opening.ErrRouteMethod.Why + "\n", 3},
			{"POST", "/", strings.Repeat("body", 50_000), nil, 405, opening.ErrMethod.Why + "\n", 4},
			{"GET", "/healthz", strings.Repeat("b", opening.MaxRequest+1), nil, 413, opening.ErrBodyLong.Why + "\n", 5},
			{"GET", "/", "", []string{"X", strings.Repeat("x", opening.MaxRequest)}, 431, opening.ErrLong.Why + "\n", 6},
			{"GET", "/healthz", "", []string{"Connection", "close"}, 200, "ok", 7},
		} {
			answer, body := c.do(tt.method, tt.path, tt.sent, tt.header...)
			if answer.StatusCode != tt.status || body != tt.body || c.new != tt.conns {
				t.Errorf("%d: %s %s: status %d, body %q, %d connections; want %d, %q, %d", i, tt.method, tt.path, answer.StatusCode, body, c.new, tt.status, tt.body, tt.conns)
			}
			if got := answer.Header.Get("Sec-WebSocket-Version"); (got == "13") != (tt.status == 426) {
				t.Errorf("%d: Sec-WebSocket-Version %q with status %d", i, got, tt.status)
			}
			if tt.status == 405 && !strings.HasPrefix(answer.Header.Get("Allow"), "GET") {
				t.Errorf("%d: Allow %q", i, answer.Header.Get("Allow"))
			}
		}
	})
}
