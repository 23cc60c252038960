//go:build linux

package reactor

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wsbench/mask"
	"wsbench/parse"
)

// fragment is frame with a first byte of its own.
func fragment(first uint8, payload string) []byte {
	b := frame(0, payload)
	b[0] = first
	return b
}

type message struct {
	op   parse.Opcode
	text string
}

// wires is messages of every kind, and the bytes by which a client sends them.
func wires() (want []message, wire []byte) {
	for i, n := range []int{0, 1, 8, 31, 32, 33, 125, 126, 3, 5000, 8 << 10, 65535, 4, 65536, 300_000, 5} {
		op, text := parse.Binary, strings.Repeat("né", n)[:n]
		if i%2 > 0 {
			op, text = parse.Text, text[:n/3*3]
		}
		want = append(want, message{op, text})
		wire = append(wire, frame(op, text)...)
	}
	const long = "fragments, cut within the é and the €"
	for cut := range len(long) {
		want = append(want, message{parse.Text, long})
		wire = append(wire, fragment(uint8(parse.Text), long[:cut])...)
		wire = append(wire, frame(parse.Ping, "")...)
		wire = append(wire, fragment(fin, long[cut:])...)
	}
	return want, wire
}

// Messages arrive whole and in order; an echo is what the handler has made of
// the payload, in place.
func TestMessages(t *testing.T) {
	want, wire := wires()
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		next := 0
		s := &script{message: func(c *Conn, op parse.Opcode, payload []byte) {
			if next < len(want) && (op != want[next].op || string(payload) != want[next].text) {
				t.Errorf("message %d: %v of %d bytes, want %v of %d", next, op, len(payload), want[next].op, len(want[next].text))
			}
			next++
			mask.Octet.Unmask(payload, 0x01010101)
			c.Echo()
		}}
		_, addr := s.serve(t, cfg)
		c := connect(t, addr)
		go c.Write(wire)
		for _, m := range want {
			changed := []byte(m.text)
			mask.Octet.Unmask(changed, 0x01010101)
			first, got := c.next()
			for first == fin|uint8(parse.Pong) {
				first, got = c.next()
			}
			if first != fin|uint8(m.op) || got != string(changed) {
				t.Fatalf("echo %#x of %d bytes, want %v of %d, changed", first, len(got), m.op, len(changed))
			}
		}
	})
}

// What a callback sends goes out before its echo, whichever it asks for first.
func TestSendsBeforeEcho(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		p := prepared(parse.Text, []byte("prepared"))
		s := &script{message: func(c *Conn, op parse.Opcode, payload []byte) {
			c.Send(parse.Text, []byte("before"))
			c.Echo()
			c.SendPrepared(p)
			c.Send(op, payload[:min(len(payload), 300)])
		}}
		_, addr := s.serve(t, cfg)
		c := connect(t, addr)
		sizes := []int{1, 2, 3, 20, 125, 126, 5000, 7, 70_000, 1}
		var wire []byte
		for _, n := range sizes {
			wire = append(wire, frame(parse.Binary, strings.Repeat("e", n))...)
		}
		go c.Write(wire)
		for _, n := range sizes {
			c.wantFrame(parse.Text, "before")
			c.wantFrame(parse.Text, "prepared")
			c.wantFrame(parse.Binary, strings.Repeat("e", min(n, 300)))
			c.wantFrame(parse.Binary, strings.Repeat("e", n))
		}
	})
}

// A callback may send on any connection of its loop.
func TestSendsToOthers(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		var all []*Conn
		s := &script{open: func(c *Conn) { all = append(all, c) },
			message: func(c *Conn, op parse.Opcode, payload []byte) {
				c.Echo()
				for _, other := range all {
					if other != c {
						if err := other.Send(op, payload); err != nil {
							t.Error(err)
						}
					}
				}
			}}
		_, addr := s.serve(t, cfg)
		clients := []*client{connect(t, addr), connect(t, addr), connect(t, addr)}
		const each = 50
		for i, c := range clients {
			var wire []byte
			for n := range each {
				wire = append(wire, frame(parse.Text, fmt.Sprintf("%d %03d%s", i, n, strings.Repeat("x", n*n)))...)
			}
			go c.Write(wire)
		}
		for _, c := range clients {
			next := make([]int, len(clients))
			for range each * len(clients) {
				_, got := c.next()
				from := got[0] - '0'
				n := next[from]
				if next[from]++; got != fmt.Sprintf("%d %03d%s", from, n, strings.Repeat("x", n*n)) {
					t.Fatalf("got %.20q, want the message %d of %d", got, n, from)
				}
			}
		}
	})
}

// IDs never repeat, though descriptors do; one that is over reaches nobody.
func TestIDs(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, addr := s.serve(t, cfg)
		sender := l.Sender()
		defer sender.Release()
		var seen []ID
		var fds []int32
		for range 20 {
			c := connect(t, addr)
			conn := within(t, s.opened)
			if id := conn.ID(); slices.Contains(seen, id) {
				t.Fatalf("ID %x comes again", id)
			}
			for _, stale := range seen {
				if sender.Send(stale, parse.Text, []byte("stale")) != nil || sender.Close(stale, parse.CloseNormal, "") != nil {
					t.Error("the loop has ended")
				}
			}
			sender.Send(conn.ID(), parse.Text, []byte("yours"))
			c.wantFrame(parse.Text, "yours")
			seen, fds = append(seen, conn.ID()), append(fds, conn.fd)
			c.Close()
			within(t, s.ended)
		}
		slices.Sort(fds)
		if len(slices.Compact(fds)) == len(seen) {
			t.Error("no descriptor was used twice; the test is about that")
		}
	})
}
