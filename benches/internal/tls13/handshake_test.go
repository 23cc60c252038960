package tls13

import (
	"bytes"
	"crypto/tls"
	"testing"
)

// Both sides come to the same secrets, and the sequence numbers are those of
// the next records. A client without a cache gets no ticket.
func TestHandshake(t *testing.T) {
	for tickets, cache := range []tls.ClientSessionCache{nil, tls.NewLRUClientSessionCache(1)} {
		client, server := tcpPair(t)
		config := clientConfig()
		config.ClientSessionCache = cache
		cs, ss := shake(t, client, server, config, serverConfig())
		if !bytes.Equal(cs.In.Secret, ss.Out.Secret) || !bytes.Equal(cs.Out.Secret, ss.In.Secret) {
			t.Error("the sides differ in their secrets")
		}
		if cs.In.Seq != 0 || cs.Out.Seq != 0 || ss.In.Seq != 0 || ss.Out.Seq != uint64(tickets) {
			t.Errorf("sequence numbers: client %d %d, server %d %d; want 0 0, 0 %d", cs.In.Seq, cs.Out.Seq, ss.In.Seq, ss.Out.Seq, tickets)
		}
		if cs.ALPN != "http/1.1" || ss.ALPN != "http/1.1" || cs.Resumed || ss.Resumed {
			t.Errorf("client %q %v, server %q %v", cs.ALPN, cs.Resumed, ss.ALPN, ss.Resumed)
		}
	}
}

// What one side seals the other opens, in both directions, after the ticket.
func TestEcho(t *testing.T) {
	client, server := tcpPair(t)
	config := clientConfig()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	cs, ss := shake(t, client, server, config, serverConfig())
	c, s := newEnd(t, client, cs), newEnd(t, server, ss)
	c.Post.Client = true
	want := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	c.send(t, TypeApplicationData, want)
	s.send(t, TypeApplicationData, s.receive(t, len(want)))
	if got := c.receive(t, len(want)); !bytes.Equal(got, want) {
		t.Errorf("%d bytes came back, others than the %d sent", len(got), len(want))
	}
}
