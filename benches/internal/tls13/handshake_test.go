package tls13

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
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

// Sessions resume: crypto/tls's client keeps the ticket of one, this package's
// uses it, and the tickets of both are counted.
func TestResumption(t *testing.T) {
	cc, sc := clientConfig(), serverConfig()
	cc.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	cc.NextProtos = []string{"http/1.1"}
	client, server := tcpPair(t)
	go func() {
		defer server.Close()
		if ss, err := Server(context.Background(), server, sc); err == nil {
			newEnd(t, server, ss).conn.Write(newSealer(t, ss.Out).Seal(nil, TypeApplicationData, []byte("x")))
		}
	}()
	c := tls.Client(client, cc)
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	client, server = tcpPair(t)
	cs, ss := shake(t, client, server, cc, sc)
	if !cs.Resumed || !ss.Resumed {
		t.Errorf("resumed: client %v, server %v", cs.Resumed, ss.Resumed)
	}
	talk(t, client, server, cs, ss)
}

// talk sends a message there and back.
func talk(t *testing.T, client, server net.Conn, cs, ss *Session) {
	t.Helper()
	c, s := newEnd(t, client, cs), newEnd(t, server, ss)
	c.Post.Client = true
	c.send(t, TypeApplicationData, []byte("there"))
	s.send(t, TypeApplicationData, append(s.receive(t, 5), " and back"...))
	if got := c.receive(t, 14); string(got) != "there and back" {
		t.Errorf("%q", got)
	}
}

// The kinds of handshake that have other records: a HelloRetryRequest, a client's
// certificate (the ticket comes late then), no tickets, certificates and tickets
// of several records.
func TestHandshakes(t *testing.T) {
	for name, change := range map[string]func(c, s *tls.Config){
		"retry":      func(c, s *tls.Config) { s.CurvePreferences = []tls.CurveID{tls.CurveP384} },
		"no tickets": func(c, s *tls.Config) { s.SessionTicketsDisabled = true },
		"client's certificate": func(c, s *tls.Config) {
			s.ClientAuth, s.ClientCAs = tls.RequireAnyClientCert, c.RootCAs
			c.Certificates = s.Certificates
		},
		"long certificate": func(c, s *tls.Config) {
			long := certificate()
			for range 60 {
				long.Certificate = append(long.Certificate, long.Certificate[0])
			}
			s.Certificates = []tls.Certificate{long}
		},
		"own tickets": func(c, s *tls.Config) {
			s.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) {
				return make([]byte, maxTicketLabel), nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			cc, sc := clientConfig(), serverConfig()
			cc.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			change(cc, sc)
			cs, ss := shake(t, client, server, cc, sc)
			if want := uint64(1); sc.SessionTicketsDisabled == (ss.Out.Seq == want) {
				t.Errorf("the server's next record is %d", ss.Out.Seq)
			}
			talk(t, client, server, cs, ss)
		})
	}
}

// crypto/tls's peers take the records of this package, and it takes theirs.
func TestStandardPeers(t *testing.T) {
	client, server := tcpPair(t)
	go func() {
		c := tls.Server(server, serverConfig())
		b := make([]byte, 5)
		io.ReadFull(c, b)
		c.Write(append(b, " and back"...))
		c.Close()
	}()
	cs, err := Client(context.Background(), client, clientConfig())
	if err != nil {
		t.Fatal(err)
	}
	e := newEnd(t, client, cs)
	e.send(t, TypeApplicationData, []byte("there"))
	if got := e.receive(t, 14); string(got) != "there and back" {
		t.Errorf("%q", got)
	}
	if typ, plain := e.record(t); typ != TypeAlert || !bytes.Equal(plain, AlertMessage(CloseNotify)) {
		t.Errorf("type %d, % x; want close_notify", typ, plain)
	}
}

// Configurations that would take the secrets elsewhere are refused at once.
func TestConfigRefused(t *testing.T) {
	_, server := tcpPair(t)
	config := serverConfig()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, nil }
	if _, err := Server(context.Background(), server, config); err == nil || !strings.Contains(err.Error(), "GetConfigForClient") {
		t.Errorf("%v", err)
	}
	config = serverConfig()
	config.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) {
		return make([]byte, maxTicketLabel+1), nil
	}
	cc := clientConfig()
	cc.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	client, server := tcpPair(t)
	go tls.Client(client, cc).Handshake()
	if _, err := Server(context.Background(), server, config); err == nil || !strings.Contains(err.Error(), "ticket") {
		t.Errorf("%v", err)
	}
}

// The caller's configuration stays as it was, and its key log gets nothing.
func TestConfigUntouched(t *testing.T) {
	var log bytes.Buffer
	client, server := tcpPair(t)
	config := serverConfig()
	config.KeyLogWriter = &log
	shake(t, client, server, clientConfig(), config)
	if log.Len() != 0 || config.MinVersion != 0 || config.NextProtos != nil || config.WrapSession != nil {
		t.Errorf("%d bytes logged, %+v", log.Len(), config)
	}
}

// Without AES in the CPU, or with GODEBUG=cpu.aes=off, crypto/tls prefers
// ChaCha20-Poly1305.
func TestChaChaByGODEBUG(t *testing.T) {
	if os.Getenv("WSBENCH_CHACHA") != "" {
		client, server := tcpPair(t)
		cs, ss := shake(t, client, server, clientConfig(), serverConfig())
		if cs.In.Suite != ChaCha20Poly1305 {
			t.Fatalf("%v", cs.In.Suite)
		}
		talk(t, client, server, cs, ss)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestChaChaByGODEBUG$")
	cmd.Env = append(os.Environ(), "WSBENCH_CHACHA=1", "GODEBUG=cpu.aes=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
