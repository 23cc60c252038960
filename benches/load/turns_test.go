package load

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// A connection does its turn and makes room for the next, from other addresses of
// loopback too.
func TestTurns(t *testing.T) {
	for _, depth := range []int{1, 4, 16} {
		leaks(t)
		const turns = 10
		var mu sync.Mutex
		done := map[int]int{} // connections by how many messages they had
		from := map[string]bool{}
		s := serve(t, func(s *session) {
			n := 0
			s.echo(func(op parse.Opcode, p []byte) error {
				n++
				if string(p) != "hello" || op != parse.Text {
					t.Errorf("%v %q", op, p)
				}
				_, err := s.Write(frame(parse.FIN, op, p))
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			done[n]++
			from[s.RemoteAddr().(*net.TCPAddr).IP.String()] = true
		})
		cfg := config(s.url)
		cfg.Op, cfg.Payload, cfg.Size, cfg.Turns, cfg.Depth, cfg.Endure = parse.Text, []byte("hello"), 5, turns, depth, true
		r, err := measure(t, s, cfg, 500)
		if err != nil || r.Corrupt != 0 || len(r.Errors) > 0 {
			t.Fatalf("%v, %v, errors %v", err, r.Corruption, r.Errors)
		}
		waiting.For(t, "the server saw connections end", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return done[turns] >= 20
		})
		mu.Lock()
		for n, count := range done {
			if n > turns || n < turns && count > 2*cfg.Conns { // the drain ends some turns early
				t.Errorf("depth %d: %d connections had %d messages", depth, count, n)
			}
		}
		if r.Opened < 20 || r.Handshakes.TotalCount() != r.Opened || len(from) < 2 {
			t.Errorf("depth %d: %d opened, %d handshakes timed, from %v", depth, r.Opened, r.Handshakes.TotalCount(), from)
		}
		mu.Unlock()
	}
}

// Connections that cannot be opened again are counted.
func TestTurnsUnopened(t *testing.T) {
	conns := 0
	var mu sync.Mutex
	s := &server{}
	s.url = listen(t, func(c net.Conn) {
		mu.Lock()
		conns++
		refuse := conns > 3
		mu.Unlock()
		if refuse {
			c.Read(make([]byte, 4096))
			io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\n\r\n")
			return
		}
		upgraded(c, s, faithful)
	})
	cfg := config(s.url)
	cfg.Turns, cfg.Endure = 2, true
	_, err := measure(t, s, cfg, 1000)
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("error %v, want that of the last connection", err)
	}
}
