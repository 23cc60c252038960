package engine

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

func TestSubprotocols(t *testing.T) {
	for _, c := range []struct{ offer, want string }{
		{"", ""},
		{"Sec-WebSocket-Protocol: chat\r\n", "chat"},
		{"Sec-WebSocket-Protocol: other, chat , chat.v2\r\n", "chat.v2"},
		{"sec-websocket-protocol: chat\r\nX: y\r\nSEC-WEBSOCKET-PROTOCOL: chat.v2\r\n", "chat.v2"},
		{"Sec-WebSocket-Protocol: other\r\n", ""},
		{"Sec-WebSocket-Protocol: Chat\r\n", ""},
		{"Sec-WebSocket-Protocol:\r\n", ""},
	} {
		d := &door{o: routed}
		d.arrive([]byte(upgrade + c.offer + "\r\n"))
		answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(d.wire)), nil)
		if err != nil || answer.StatusCode != 101 || d.protocol != c.want {
			t.Errorf("%q: chosen %q, %v, %q", c.offer, d.protocol, err, d.wire)
			continue
		}
		if got, there := answer.Header["Sec-Websocket-Protocol"]; answer.Header.Get("Sec-WebSocket-Protocol") != c.want || there != (c.want != "") {
			t.Errorf("%q: the answer says %q, want %q", c.offer, got, c.want)
		}
	}
}

func TestGreeting(t *testing.T) {
	d := &door{o: routed}
	for _, c := range []struct {
		b        string
		begun    bool
		answered int
	}{
		{"GET /he", true, 0},
		{"althz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", false, 1},
		{"a", false, 1},
		{"bG", true, 1},
		{strings.TrimPrefix(healthz, "G"), false, 2},
	} {
		d.arrive([]byte(c.b))
		if d.g.Begun() != c.begun || d.g.Answered() != c.answered {
			t.Errorf("after %q: begun %v, answered %d", c.b, d.g.Begun(), d.g.Answered())
		}
	}
}

func TestOpeningValidate(t *testing.T) {
	for _, c := range []struct {
		o    Opening
		want string
	}{
		{Opening{}, ""},
		{Opening{MaxRequest: LeastMaxRequest, Protocols: []string{"a", "b"}}, ""},
		{Opening{MaxRequest: MostMaxRequest}, ""},
		{Opening{MaxRequest: -1}, "max-request -1: want 256 to 65535 bytes"},
		{Opening{MaxRequest: LeastMaxRequest - 1}, "max-request 255: want"},
		{Opening{MaxRequest: MostMaxRequest + 1}, "max-request 65536: want"},
		{Opening{Protocols: []string{""}}, `subprotocol "": want a token`},
		{Opening{Protocols: []string{"a b"}}, `subprotocol "a b": want a token`},
		{Opening{Protocols: []string{"a", "b", "a"}}, `duplicate subprotocol "a"`},
	} {
		switch err := c.o.Validate(); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v, want %q", c.o, err, c.want)
		}
	}
}

func TestOpeningAllocatesNothing(t *testing.T) {
	wire := []byte(healthz + upgrade + "Origin: https://A.example:443\r\nSec-WebSocket-Protocol: a, chat\r\n\r\n")
	dst := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		var g Greeting
		if r := routed.Answer(&g, wire, dst); r.Step != Accepted || r.Protocol != "chat" {
			t.Fatalf("%+v", r)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Any cutting of any bytes gives the same answers, end and consumption.
func FuzzOpening(f *testing.F) {
	for _, v := range visits {
		if len(v.wire) < 1000 {
			f.Add([]byte(v.wire), uint16(3))
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte, seed uint16) {
		whole, parts := &door{o: routed}, &door{o: routed}
		whole.arrive(wire)
		cuts := rand.New(rand.NewPCG(uint64(seed), 1))
		most := 1 + int(seed)%64
		for rest := wire; len(rest) > 0; {
			n := min(len(rest), 1+cuts.IntN(most))
			parts.arrive(rest[:n])
			rest = rest[n:]
		}
		if whole.wire != parts.wire || whole.step != parts.step || whole.consumed != parts.consumed || whole.protocol != parts.protocol {
			t.Fatalf("whole: step %v, %d consumed, %q\nparts: step %v, %d consumed, %q", whole.step, whole.consumed, whole.wire, parts.step, parts.consumed, parts.wire)
		}
		if !bytes.Equal(whole.carry, wire[whole.consumed:]) || whole.step == Await && len(whole.carry) >= routed.Limit() {
			t.Fatalf("step %v with %d bytes left of %d", whole.step, len(whole.carry), len(wire))
		}
	})
}

// BenchmarkOpening is the server's work of one opening handshake besides the
// network, the answer included.
func BenchmarkOpening(b *testing.B) {
	wire := []byte(upgrade + "Origin: https://a.example\r\nSec-WebSocket-Protocol: chat\r\n\r\n")
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		var g Greeting
		if routed.Answer(&g, wire, dst).Step != Accepted {
			b.Fatal("refused")
		}
	}
}

// A request that waits is not consumed, and is answered once it may go on, after
// those before it.
func TestOpeningWaits(t *testing.T) {
	asked := 0
	o := Opening{
		Routes: map[string]Route{"/": Text("ok")},
		Before: func(path []byte) bool { asked++; return string(path) == "/wait" },
	}
	o.Routes["/wait"] = o.Routes["/"]
	first, second := "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /wait?x HTTP/1.1\r\nHost: a\r\n\r\n"
	var g Greeting
	in := []byte(first + second + second)
	for i, tt := range []struct {
		step     Step
		consumed int
		asked    int
	}{{Waiting, len(first), 2}, {Waiting, len(second), 3}, {Await, len(second), 3}} {
		r := o.Answer(&g, in, nil)
		if r.Step != tt.step || r.Consumed != tt.consumed || asked != tt.asked || !strings.HasSuffix(string(r.Wire), "ok") {
			t.Fatalf("%d: %+v after %d calls, want %+v", i, r, asked, tt)
		}
		in = in[r.Consumed:]
		g.Proceed()
	}
}
