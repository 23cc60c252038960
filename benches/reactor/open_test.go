//go:build linux

package reactor

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"wsbench/parse"
	"wsbench/parse/opening"
)

// Open comes first, even where messages arrive with the request; what it sends
// precedes all else.
func TestOpenFirst(t *testing.T) {
	surfaceLayouts(t, func(t *testing.T, cfg Config) {
		s := &script{open: func(c *Conn) {
			c.Data = "mine"
			c.Send(parse.Text, []byte("welcome"))
		}, message: func(c *Conn, _ parse.Opcode, _ []byte) {
			if c.Data != "mine" {
				t.Errorf("Data is %v", c.Data)
			}
			c.Echo()
		}}
		_, addr := s.serve(t, cfg)
		wire := opening.AppendRequest(nil, "x", "/", testKey)
		for i := range 3 {
			wire = append(wire, frame(parse.Text, fmt.Sprint(i))...)
		}
		for _, behind := range []int{0, 3, len(wire)} {
			c := dial(t, addr)
			c.send(wire[:len(wire)-behind])
			if behind > 0 {
				time.Sleep(time.Millisecond)
				c.send(wire[len(wire)-behind:])
			}
			c.accepted()
			for _, want := range []string{"welcome", "0", "1", "2"} {
				c.wantFrame(parse.Text, want)
			}
		}
		if n := len(s.opened); n != 3 {
			t.Errorf("Open called %d times, want 3", n)
		}
	})
}

// What never becomes a WebSocket is no connection to the handler.
func TestNoOpenForRefused(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Handshake = 100 * time.Millisecond
		cfg.Opening.Routes = routes
		s := &script{}
		_, addr := s.serve(t, cfg)
		for _, request := range []string{"", "GET /", "nonsense\r\n\r\n", healthz, "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + string(frame(parse.Text, "hi"))} {
			c := dial(t, addr)
			c.send([]byte(request))
			for b := make([]byte, 1024); ; {
				if _, err := c.Read(b); err != nil {
					break
				}
			}
		}
		if len(s.opened) > 0 || len(s.ended) > 0 {
			t.Errorf("%d opened, %d closed", len(s.opened), len(s.ended))
		}
	})
}

// Within Open, and there alone, the handler sees what was asked for.
func TestOpenTellsRequest(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Opening.Protocols = []string{"chat.v2"}
		s := &script{open: func(c *Conn) { c.Data = c.Target() + " " + c.Protocol() },
			message: func(c *Conn, op parse.Opcode, _ []byte) {
				c.Send(op, fmt.Append(nil, c.Data, c.Target(), c.Protocol()))
			}}
		_, addr := s.serve(t, cfg)
		for target, offer := range map[string][]string{"/room/a?name=b": {"x", "chat.v2"}, "/": nil} {
			c := dial(t, addr)
			h := opening.Handshake{Host: "x", Target: target, Key: testKey, Protocols: offer}
			c.send(append(h.Append(nil), frame(parse.Text, "well?")...))
			want := target + " "
			if offer != nil {
				want += "chat.v2"
			}
			for !bytes.Contains(c.buf, []byte("\r\n\r\n")) {
				c.more()
			}
			c.buf = c.buf[bytes.Index(c.buf, []byte("\r\n\r\n"))+4:]
			c.wantFrame(parse.Text, want)
		}
	})
}
