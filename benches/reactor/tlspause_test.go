//go:build linux

package reactor

import (
	"strings"
	"testing"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// A pause behind a record that came in several reads loses nothing, also where
// that one record fills a receive buffer.
func TestTLSPauseBehindSplitRecord(t *testing.T) {
	overTLSModes(t, func(t *testing.T, cfg Config, kernel bool) {
		cfg.BufferSize = MinBufferSize
		l, _ := echoes().serve(t, cfg)
		p := connectPeer(t, l, kernel)
		text := strings.Repeat("p", tls13.MaxPlaintext-8) // with its header, one record
		paused, written := make(chan bool), make(chan error, 1)
		go func() { written <- p.flood(frame(parse.Binary, text), paused, frame(parse.Text, "end")) }()
		waiting.For(t, "the loop receives nothing from a peer that does not read", func() (is bool) {
			onLoop(t, l, func() { is = l.count.Pauses > 0 })
			return is
		})
		close(paused)
		for {
			first, payload := p.next()
			if first == fin|uint8(parse.Text) && payload == "end" {
				break
			}
			if first != fin|uint8(parse.Binary) || payload != text {
				t.Fatalf("%d bytes that begin with %#x came, want what was sent", len(payload), first)
			}
		}
		if err := within(t, written); err != nil {
			t.Error(err)
		}
	})
}

// flood sends b until the channel is closed, then last.
func (p *peer) flood(b []byte, until <-chan bool, last []byte) error {
	for {
		select {
		case <-until:
			_, err := p.Write(last)
			return err
		default:
		}
		if _, err := p.Write(b); err != nil {
			return err
		}
	}
}
