package peers

import (
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"wsbench/benches/internal/libraries"
	"wsbench/benches/load"
	"wsbench/parse"
)

// Every library that is Go has a server, and only those listed do.
func TestSocketsAreTheLibraries(t *testing.T) {
	var names []string
	for _, s := range Sockets() {
		names = append(names, s.Name)
	}
	if want := slices.DeleteFunc(libraries.Names(), func(n string) bool { return n == libraries.WS }); !slices.Equal(names, want) {
		t.Errorf("servers of %q, want %q", names, want)
	}
	for _, s := range append(Servers(), EchoFloor()) {
		if s.Lib != "wsbench" && s.Lib != "floor" && !slices.Contains(names, s.Lib) {
			t.Errorf("%s is compared in memory, and has no server", s.Lib)
		}
	}
}

// Every server sends back what it is sent, on TCP: texts and binary messages,
// alone and many at once, on both sides of where headers grow.
func TestSocketsEcho(t *testing.T) {
	for _, s := range Sockets() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			url := served(t, s)
			for _, c := range []load.Config{
				{Conns: 3, Size: 20, Depth: 1, Op: parse.Text},
				{Conns: 3, Size: 0, Depth: 16, Op: parse.Binary},
				{Conns: 3, Size: 126, Depth: 16, Op: parse.Binary},
				{Conns: 2, Size: 70000, Depth: 4, Op: parse.Binary},
				{Conns: 2, Size: 100, Depth: 4, Op: parse.Ping},
			} {
				c.URL, c.Verify, c.Timeout = url, load.VerifyAll, time.Minute
				checkEchoes(t, c)
			}
		})
	}
}

// Every server counts messages, fragments of one as one, and answers when all have come.
func TestSocketsCount(t *testing.T) {
	for _, s := range Sockets() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			c, _, err := gorilla.DefaultDialer.Dial(served(t, s)+"ws?n=3", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			pongs := 0
			c.SetPongHandler(func(string) error { pongs++; return nil })
			c.WriteMessage(gorilla.TextMessage, []byte("A"))
			w, err := c.NextWriter(gorilla.TextMessage)
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != libraries.XNet { // which takes fragments for messages
				io.WriteString(w, strings.Repeat("A", 10_000)) // more than a buffer holds
			}
			w.Close()
			c.WriteMessage(gorilla.PingMessage, []byte("P")) // its pong comes before a count of all, and behind one that was too early
			c.WriteMessage(gorilla.BinaryMessage, nil)
			c.SetReadDeadline(time.Now().Add(time.Minute))
			if _, p, err := c.ReadMessage(); err != nil || string(p) != `{"frames":3}` || pongs != 1 {
				t.Errorf("answered %q, %d pongs, %v", p, pongs, err)
			}
		})
	}
}

// Only a positive number at /ws is a count; all else is echoed.
func TestCounted(t *testing.T) {
	for target, want := range map[string]int{"/ws?n=3": 3, "/ws?n=-3": 0, "/ws?n=x": 0, "/ws": 0, "/?n=3": 0} {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			t.Fatal(err)
		}
		if got := counted(u); got != want {
			t.Errorf("%s: %d, want %d", target, got, want)
		}
	}
}

// served returns the URL of a library's server.
func served(t *testing.T, s Socket) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go Serve(s.Name, l)
	if s.Name != libraries.Netpoll { // which closes it with its loop, that nothing ends
		t.Cleanup(func() { l.Close() })
	}
	return "ws://" + l.Addr().String() + "/"
}

// checkEchoes puts a load on a server until messages came back.
func checkEchoes(t *testing.T, c load.Config) {
	t.Helper()
	g, err := load.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for echoes := int64(0); echoes < int64(c.Conns); {
		r, err := g.Run(t.Context(), 0, 20*time.Millisecond)
		if err != nil || r.Corruption != nil {
			t.Fatalf("%d bytes, depth %d: %v, %v", c.Size, c.Depth, err, r.Corruption)
		}
		echoes += r.Echoes
	}
}
