package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wsbench/parse"
)

// A client's engine gives the same answers, masked, each under its own key.
func TestClient(t *testing.T) {
	for _, tt := range conversations {
		for _, whole := range []int{0, 20} {
			for _, chunk := range []int{1 << 30, 5, 1} {
				t.Run(fmt.Sprintf("%s/whole=%d/chunk=%d", tt.name, whole, chunk), func(t *testing.T) {
					var b []byte
					for _, f := range tt.send {
						b = append(parse.AppendHeader(b, f.First, len(f.Payload)), f.Payload...)
					}
					p := newPeer(Slot, Config{Client: true, Whole: whole, Limits: Limits{MaxMessage: limit}})
					p.feedBy(chunk, b)
					if p.err != tt.err {
						t.Errorf("error %v, want %v", p.err, tt.err)
					}
					p.want(t, tt.want...)
				})
			}
		}
	}
}

func TestClientKeysDiffer(t *testing.T) {
	p := newPeer(Slot, Config{Client: true})
	seen := map[uint32]bool{}
	for range 100 {
		p.answer = nil
		p.feed(append(parse.AppendHeader(nil, first(parse.Text), 2), "hi"...))
		h, _, err := parse.ParseHeader(p.answer, parse.FromClient)
		if err != nil || seen[h.Key] {
			t.Fatalf("key %x again, or %v", h.Key, err)
		}
		seen[h.Key] = true
	}
}

func TestClientRefusesMasked(t *testing.T) {
	p := newPeer(Slot, Config{Client: true})
	p.feed(frame(rand.New(rand.NewPCG(1, 41)), first(parse.Text), "x"))
	if p.err != parse.ErrMasked {
		t.Errorf("error %v", p.err)
	}
	p.want(t, reply{first(parse.Close), closePayload(1002)})
}

// The two ends understand each other at every length form, fragmented or not.
func TestBothEnds(t *testing.T) {
	client, server := newPeer(Slot, Config{Client: true}), newPeer(Slot, Config{})
	for _, n := range []int{0, 1, 125, 126, 65535, 65536, 200_000} {
		text := strings.Repeat("κ", n/2) + strings.Repeat("a", n%2)
		client.out.Begin(nil)
		client.out.masked = true
		client.out.Append(uint8(parse.Text), []byte(text[:n/3]))
		client.out.Append(first(parse.Continuation), []byte(text[n/3:]))
		var b []byte
		for _, s := range client.out.Segments() {
			b = append(b, s...)
		}
		server.answer, client.answer = nil, nil
		server.feedBy(1000, b)
		server.want(t, reply{first(parse.Text), text})
		client.feedBy(1000, server.answer)
		client.want(t, reply{first(parse.Text), text})
		if server.err != nil || client.err != nil {
			t.Fatalf("%d bytes: server %v, client %v", n, server.err, client.err)
		}
	}
}
