package echo

import (
	"bytes"
	"testing"

	"wsbench/benches/engine"
	"wsbench/parse"
)

// A connection that asks for /ws?n=N is answered once, after N messages; other
// targets are echoed.
func TestCount(t *testing.T) {
	everyIO(t, unchanged, func(t *testing.T, s *Server) {
		c := connectTo(t, s, "/ws?n=4")
		text := parse.FIN | uint8(parse.Text)
		c.write(bytes.Repeat(frame(text, "A"), 2))
		c.write(frame(uint8(parse.Text), "A"))
		c.write(frame(uint8(parse.Continuation), ""))
		c.write(frame(parse.FIN|uint8(parse.Continuation), "A"))
		if s.IO() != Raw {
			c.write(frame(parse.FIN|uint8(parse.Ping), "p"))
			c.want(parse.FIN|uint8(parse.Pong), "p")
		}
		last := frame(text, "A")
		for i := range last {
			c.write(last[i : i+1])
		}
		c.want(text, `{"frames":4}`)
		c.write(frame(text, "A"))
		c.write(frame(parse.FIN|uint8(parse.Close), ""))
		c.want(parse.FIN|uint8(parse.Close), "")

		for _, target := range []string{"/ws", "/ws?n=", "/ws?n=0", "/ws?n=-1", "/ws?n=1x", "/ws?m=1", "/wss?n=1", "/?n=1"} {
			c := connectTo(t, s, target)
			c.write(frame(text, "A"))
			if s.IO() == Raw {
				c.want(text, string(frame(text, "A")[6:]))
			} else {
				c.want(text, "A")
			}
		}
	})
}

// A message that is counted costs no allocation.
func TestCountAllocatesNothing(t *testing.T) {
	o := options(Epoll)
	cfg, ok := o.counting([]byte("/ws?x=1&n=1000000000"))
	if !ok {
		t.Fatal("the target asks for no count")
	}
	eng, out := engine.New(&cfg), engine.NewOutput(engine.Slot, nil)
	wire := bytes.Repeat(frame(parse.FIN|uint8(parse.Text), "A"), 64)
	in := make([]byte, len(wire))
	if n := testing.AllocsPerRun(100, func() {
		copy(in, wire)
		if p, err := eng.Process(in, out, 0); err != nil || p.Frames != 64 {
			t.Fatal(p, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per 64 messages", n)
	}
}
