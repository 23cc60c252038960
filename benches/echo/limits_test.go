package echo

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/parse"
)

// closes wants the close frame with this code, and then EOF.
func (c *client) closes(code string) {
	c.t.Helper()
	c.want(fin|uint8(parse.Close), code)
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
		c.t.Errorf("after the close frame: %d, %v", n, err)
	}
}

func TestLimits(t *testing.T) {
	for _, kind := range []IO{Epoll, Uring, Net} {
		o := options(kind)
		o.MaxMessage, o.MaxFragments, o.MaxControl = 100_000, 3, 5
		s, _ := serve(t, o)

		c := connect(t, s)
		c.write(frame(bin, strings.Repeat("x", 100_000)))
		c.want(bin, strings.Repeat("x", 100_000))
		c.write(frame(bin, strings.Repeat("x", 100_001))[:14]) // its header is enough
		c.closes("\x03\xf1")

		c = connect(t, s)
		c.write(frame(uint8(parse.Text), "a"))
		for range 3 {
			c.write(frame(uint8(parse.Continuation), "b"))
		}
		c.closes("\x03\xf0")

		c = connect(t, s)
		for range 6 {
			c.write(frame(fin|uint8(parse.Ping), "p"))
		}
		for range 5 {
			c.want(fin|uint8(parse.Pong), "p")
		}
		c.closes("\x03\xf0")
	}
}

// A peer that answers pings stays; one that is gone without a word does not.
func TestIdle(t *testing.T) {
	for _, kind := range []IO{Epoll, Uring, Net} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			o := options(kind)
			o.Idle = time.Second // a pong must make it within half of that
			s, _ := serve(t, o)
			dead, live := connect(t, s), connect(t, s)
			ended := make(chan struct{})
			go func() { // it answers pings, and nothing else
				defer close(ended)
				ping := make([]byte, 2)
				for {
					if _, err := io.ReadFull(live, ping); err != nil || ping[0] != fin|uint8(parse.Ping) {
						return
					}
					if _, err := live.Write(frame(fin|uint8(parse.Pong), "")); err != nil {
						return
					}
				}
			}()
			dead.want(fin|uint8(parse.Ping), "")
			if n, err := dead.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
				t.Errorf("a silent peer: %d, %v", n, err)
			}
			time.Sleep(o.Idle)
			if c := s.Counters(); c.Open != 1 || c.Silent != 1 {
				t.Errorf("%v, want the live one open", c)
			}
			live.CloseWrite()
			<-ended
		})
	}
}

func (c *client) CloseWrite() { c.Conn.(*net.TCPConn).CloseWrite() }

// In parts, a message is echoed as it arrives: its end need not have come.
func TestParts(t *testing.T) {
	for _, kind := range []IO{Epoll, Uring, Net} {
		o := options(kind)
		o.Parts = true
		s, _ := serve(t, o)
		c := connect(t, s)
		c.write(frame(uint8(parse.Text), "begun"))
		c.want(uint8(parse.Text), "begun")
		c.write(frame(fin|uint8(parse.Continuation), " and ended"))
		c.want(fin|uint8(parse.Continuation), " and ended")
		long := frame(bin, strings.Repeat("x", 100_000))
		c.write(long[:50_000])
		got := 0
		for got < 50_000-14 {
			h, need, err := parse.ParseHeader(c.buf, parse.FromServer)
			if err != nil {
				t.Fatal(err)
			}
			if end := int(h.Size) + int(h.Length); need == 0 && len(c.buf) >= end {
				got += int(h.Length)
				c.buf = c.buf[end:]
				continue
			}
			c.more()
		}
	}
}
