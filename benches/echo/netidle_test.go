package echo

import (
	"io"
	"net"
	"strings"
	"testing"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// With -io net too, a peer that takes a long answer slowly is not dropped as
// silent; one that takes nothing more of it is.
func TestNetIdleSlowReader(t *testing.T) {
	t.Parallel()
	s, _, peer := piped(t, func(nc net.Conn) net.Conn { return nc })
	peer.write([]byte(handshake()))
	peer.answered(101)
	payload := strings.Repeat("x", 4*longPiece)
	peer.write(frame(bin, payload))
	due := make([]byte, parse.HeaderSize(len(payload))+len(payload))
	for n := 1; len(due) > n; n = longPiece {
		if _, err := io.ReadFull(peer, due[:n]); err != nil {
			t.Fatalf("%d bytes before the end of the answer: %v", len(due), err)
		}
		due = due[n:]
		for range dropAfter {
			s.sweep() // the server is writing the next piece
		}
	}
	waiting.For(t, "a peer that takes nothing to be dropped", func() bool {
		s.sweep() // how many it takes depends on when the server began the last piece
		return len(s.list()) == 0
	})
	if _, err := io.ReadFull(peer, due); err == nil {
		t.Error("a peer that took nothing for longer than Idle was not dropped")
	}
	if n := s.count.silent.Load(); n != 1 {
		t.Errorf("%d silent connections, want 1", n)
	}
}
