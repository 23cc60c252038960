package echo

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/reactor"
	"wsbench/parse"
)

// handed returns o with each way to hand messages over; none where it has none.
func handed(o Options) []Options {
	if o.IO == Net || o.IO == Raw {
		return nil
	}
	a, b := o, o
	a.Handler = PerMessage
	b.Handler, b.Pool = OnPool, 3
	return []Options{a, b}
}

// everyHandler runs f with each handler over each backend that has them.
func everyHandler(t *testing.T, f func(t *testing.T, o Options)) {
	for _, io := range []IO{Epoll, Uring} {
		for _, o := range append(handed(options(io)), options(io)) {
			t.Run(fmt.Sprintf("io=%s/handler=%v", io, o.Handler), func(t *testing.T) { f(t, o) })
		}
	}
}

// A client that sends far ahead of what it reads stops the server's reading,
// and then gets every answer, whole and in order; others are served meanwhile.
func TestSlowReader(t *testing.T) {
	everyHandler(t, func(t *testing.T, o Options) {
		const messages, size = 1000, 10_000
		payload := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", size)) }
		s, _ := serve(t, o)
		c := connect(t, s)
		c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
		go func() {
			for i := range messages {
				if _, err := c.Write(frame(bin, payload(i))); err != nil {
					return
				}
			}
		}()
		still(t, s)
		other := connect(t, s)
		other.write(frame(text, "still here"))
		other.want(text, "still here")
		for i := range messages {
			c.want(bin, payload(i))
		}
	})
}

// still waits until s has stopped reading for want of a peer that reads.
func still(t *testing.T, s *Server) {
	t.Helper()
	before, same := uint64(0), 0
	waiting.For(t, "the server stops reading", func() bool {
		time.Sleep(10 * time.Millisecond)
		now := s.Counters()
		if same++; now.Pauses == 0 || now.Bytes != before {
			before, same = now.Bytes, 0
		}
		return same == 5
	})
}

// Small messages of many connections, as fast as they are sent, come back in
// order, the last of them before the answer to the close frame.
func TestPipelinedThenClosed(t *testing.T) {
	everyHandler(t, func(t *testing.T, o Options) {
		const messages = 2000
		s, _ := serve(t, o)
		var conns []*client
		for k := range 10 {
			c := connect(t, s)
			conns = append(conns, c)
			go func() {
				var b []byte
				for i := range messages {
					b = append(b, frame(text, fmt.Sprint(k, i))...)
				}
				c.Write(append(b, frame(fin|uint8(parse.Close), "\x03\xe8")...))
			}()
		}
		for k, c := range conns {
			for i := range messages {
				c.want(text, fmt.Sprint(k, i))
			}
			c.closes("\x03\xe8")
			c.Close()
		}
	})
}

// A peer that leaves, and the server's end, while messages are being answered
// take nothing down with them; TestMain looks for goroutines.
func TestEndWhileAnswering(t *testing.T) {
	everyHandler(t, func(t *testing.T, o Options) {
		o.Spin = 100 * time.Microsecond
		s, stop := serve(t, o)
		var flood []byte
		for range 50 {
			flood = append(flood, frame(text, "flood")...)
		}
		gone, rude := connect(t, s), connect(t, s)
		gone.write(flood)
		rude.write(flood)
		rude.want(text, "flood")
		gone.Close()
		rude.Close()
		stop()
		if c := s.Counters(); c.Open != 0 || c.Done != 2 {
			t.Errorf("counters at the end: %v", c)
		}
	})
}

// A connection that sends messages faster than they can be answered leaves
// others their turn, on a pool of one goroutine as well.
func TestPoolTakesTurns(t *testing.T) {
	for _, way := range []IO{Epoll, Uring} {
		t.Run("io="+string(way), func(t *testing.T) {
			o := options(way)
			o.Handler, o.Pool, o.Spin = OnPool, 1, time.Millisecond
			s, _ := serve(t, o)
			flood, other := connect(t, s), connect(t, s)
			messages := bytes.Repeat(frame(text, "flood"), 1000)
			go func() {
				for _, err := flood.Write(messages); err == nil; _, err = flood.Write(messages) {
				}
			}()
			for range 20 {
				flood.want(text, "flood")
			}
			go io.Copy(io.Discard, flood)
			other.write(frame(text, "my turn"))
			other.want(text, "my turn")
		})
	}
}

// An inbox keeps the order, and no more room than what waits.
func TestInbox(t *testing.T) {
	var b inbox
	next := 0
	put := func(op int) { b.put(message{op: parse.Opcode(op)}) }
	for i := range 200 {
		put(i)
		if i == 0 {
			continue
		}
		if got := int(b.first().op); got != next || !b.next() {
			t.Fatalf("message %d comes first, want %d and one behind it", got, next)
		}
		next++
	}
	if b.next() || cap(b.list) > 16 {
		t.Errorf("room for %d messages where two were the most", cap(b.list))
	}
	if !b.put(message{Deferred: reactor.Deferred{}}) {
		t.Error("an empty inbox is in nobody's hands")
	}
}

// Switches that handing over leaves without effect are refused by name.
func TestHandlerFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-handler loop":                          "",
		"-handler goroutine -pin 0":              "",
		"-handler pool -pool 2":                  "",
		"-handler process":                       `handler "process": want loop, goroutine, pool or thread`,
		"-pool 2":                                "-pool has no effect without -handler pool",
		"-handler pool -pool 0":                  "pool 0: want 1 to 1024 goroutines",
		"-handler pool -flush frame":             "-flush has no effect with -handler pool",
		"-handler goroutine -write copy":         "-write has no effect with -handler goroutine",
		"-handler pool -message parts":           "-message has no effect with -handler pool",
		"-handler pool -pin 0 -background same":  "",
		"-handler pool -pin 0 -background apart": "background apart: with -handler pool",
		"-io raw -handler pool":                  "-handler has no effect with -io raw",
		"-io net -handler goroutine":             "-handler has no effect with -io net",
	} {
		var o Options
		fs := flag.NewFlagSet("echo", flag.ContinueOnError)
		read := o.Flags(fs)
		if err := fs.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		err := read()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
		if err == nil && !slices.Contains(strings.Fields(o.String()), "handler="+o.Handler.String()) && o.Handler != OnLoop {
			t.Errorf("%s: %v does not say it", args, o)
		}
	}
}
