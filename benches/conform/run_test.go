package conform

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse/opening"
)

func ids(cases []Case) (list []string) {
	for _, c := range cases {
		list = append(list, c.ID)
	}
	return list
}

func TestSelect(t *testing.T) {
	for patterns, want := range map[string]string{
		"6.4.3": "6.4.3", "10": "10.1.1", "2.7, 2.6": "2.6 2.7", "2.1": "2.1", "6.4": "6.4.1 6.4.2 6.4.3 6.4.4",
		"x.1.*,7.5": "7.5.1 x.1.1 x.1.2 x.1.3 x.1.4", "*.13.1": "6.13.1 7.13.1", "2.[89],2.8": "2.8 2.9",
	} {
		list, err := Select(Cases(), patterns)
		if got := strings.Join(ids(list), " "); got != want || err != nil {
			t.Errorf("%q selects %q, %v; %q wanted", patterns, got, err, want)
		}
	}
	if list, err := Select(Cases(), "*"); len(list) != len(Cases()) || err != nil {
		t.Errorf("* selects %d cases, %v", len(list), err)
	}
	for _, wrong := range []string{"", "8", "1.1.9", "6.4.3,nothing", "[", "y.*"} {
		if _, err := Select(Cases(), wrong); err == nil || !strings.Contains(err.Error(), "no case ") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// Results come in the order of the cases, whichever end first.
func TestOrder(t *testing.T) {
	url := listen(t, (&honest{}).serve)
	cases := selected(t, "5.19", "1.1", "7.3")
	var seen []string
	results, err := Run(t.Context(), Config{URL: url, Each: func(r Result) { seen = append(seen, r.Case.ID) }}, cases)
	var got []string
	for _, r := range results {
		got = append(got, r.Case.ID)
	}
	if err != nil || !slices.Equal(got, ids(cases)) || !slices.Equal(seen, got) {
		t.Errorf("%v: results of %v, seen %v", err, got, seen)
	}
}

// Nothing but the context ends the second case: its server does not answer,
// and its time is an hour.
func TestInterrupted(t *testing.T) {
	var conns atomic.Int32
	silent := hostile(func(c net.Conn) { io.Copy(io.Discard, c) })
	url := listen(t, func(c net.Conn) {
		if conns.Add(1) <= 2 { // one to see whether there is a server
			(&honest{}).serve(c)
		} else {
			silent(c)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cases := selected(t, "1.1")
	for i := range cases {
		cases[i].Timer = kill(3600)
	}
	results, err := Run(ctx, Config{URL: url, Jobs: 1, Timeout: time.Hour, Each: func(Result) { cancel() }}, cases)
	if len(results) != 1 || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted after 1 of 8 cases") {
		t.Errorf("%d results, %v", len(results), err)
	}
}

// No server is one clear error, before any case.
func TestUnreachable(t *testing.T) {
	closed := listen(t, func(net.Conn) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for url, want := range map[string]string{
		"ws://" + l.Addr().String(): "is the server running?",
		closed:                      "opening handshake not answered",
		listen(t, func(c net.Conn) { io.Copy(io.Discard, c) }):                                                           "no opening handshake within",
		listen(t, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"); io.Copy(io.Discard, c) }):             `the server answered "HTTP/1.1 200 OK"`,
		listen(t, func(c net.Conn) { io.WriteString(c, strings.Repeat("HTTP/1.1 101 ", 1000)); io.Copy(io.Discard, c) }): "no end of the answer's head",
		"http://127.0.0.1/": "does not begin with ws://", "ws:///": "names no host", "ws://a b\x00": "no URL",
	} {
		results, err := Run(t.Context(), Config{URL: url, Timeout: time.Second}, Cases())
		if results != nil || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %d results, %v; want %q", url, len(results), err, want)
		}
	}
}

// hostile answers the opening handshake and then does its worst.
func hostile(behave func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		var head []byte
		part := make([]byte, 4096)
		for {
			n, err := c.Read(part)
			if err != nil {
				return
			}
			head = append(head, part[:n]...)
			if u, _ := opening.ParseUpgrade(head); u.Size > 0 {
				c.Write(opening.AppendAccept(nil, u.Key))
				behave(c)
				return
			}
		}
	}
}

// endless sends first, and then b again and again, with pauses: there are many
// of it at a time.
func endless(first, b string) func(net.Conn) {
	return hostile(func(c net.Conn) {
		many := []byte(strings.Repeat(b, 1+4096/len(b)))
		for _, err := c.Write([]byte(first)); err == nil; time.Sleep(time.Millisecond) {
			_, err = c.Write(many)
		}
	})
}

// Whatever the server does, each case ends in its time, as failed.
func TestHostile(t *testing.T) {
	for name, behave := range map[string]func(net.Conn){
		"never reads":         hostile(func(c net.Conn) { time.Sleep(5 * time.Second) }),
		"reads only":          hostile(func(c net.Conn) { io.Copy(io.Discard, c) }),
		"pings without end":   endless("", "\x89\x00"),
		"pongs without end":   endless("", "\x8A\x00"),
		"texts without end":   endless("", "\x81\x00"),
		"closes without end":  endless("", "\x88\x00"),
		"bytes without end":   endless("", "x"),
		"one endless frame":   endless("\x82\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "x"),
		"one endless message": endless("\x01\x00", "\x00\x01a"),
		"a header by and by":  hostile(func(c net.Conn) { c.Write([]byte{text}); io.Copy(io.Discard, c) }),
		"closes and goes on":  endless("\x88\x02\x03\xEA", "x"),
		"resets":              hostile(func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }),
		"drip":                hostile(drip),
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), waiting.Bound)
			defer cancel()
			results, err := Run(ctx, Config{URL: listen(t, behave), Jobs: 9, Timeout: 5 * time.Second},
				selected(t, "1.1.7", "2.10", "5.19", "6.4.3", "7.3.3", "9.1.6", "9.7.1", "x.9.1", "x.8.1"))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if r.Strict() {
					t.Errorf("case %s passes: %s", r.Case.ID, r.Came)
				}
			}
		})
	}
}

// drip sends a ping now and then.
func drip(c net.Conn) {
	for {
		if _, err := c.Write([]byte("\x89\x00")); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
