package reactor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/netip"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
)

// overTLS has the loops that dial reaches over TLS; nil: none.
var overTLS map[netip.AddrPort]*Loop

// dialledTLS counts the connections of dialTLS.
var dialledTLS int

// serverTLS is what servers of tests do handshakes with.
var serverTLS = sync.OnceValue(func() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
})

// clientTLS is what clients of tests do handshakes with.
func clientTLS() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}
}

// handshake does the server's part of a TLS handshake with c, whose part the
// caller does meanwhile, and returns the session and the descriptor.
func handshake(t testing.TB, do func(c *client) error) (fd int, s *tls13.Session, c *client) {
	t.Helper()
	server, c := sockets(t)
	done := make(chan error, 1)
	go func() { done <- do(c) }()
	ctx, cancel := context.WithTimeout(context.Background(), waiting.Bound)
	defer cancel()
	s, err := tls13.Server(ctx, server, serverTLS())
	if err != nil {
		t.Fatal(err)
	}
	if err := within(t, done); err != nil {
		t.Fatal(err)
	}
	return descriptor(t, server), s, c
}

// dialTLS is a client that the loop has adopted after its TLS handshake.
func dialTLS(t testing.TB, l *Loop) *client {
	t.Helper()
	fd, s, c := handshake(t, func(c *client) error {
		c.tls = tls.Client(c.TCPConn, clientTLS())
		return c.tls.Handshake()
	})
	dialledTLS++
	if err := l.AdoptTLS(fd, s, false); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *client) Read(b []byte) (int, error) {
	if c.tls != nil {
		return c.tls.Read(b)
	}
	return c.TCPConn.Read(b)
}

func (c *client) Write(b []byte) (int, error) {
	if c.tls != nil {
		return c.tls.Write(b)
	}
	return c.TCPConn.Write(b)
}

// Close closes the connection, over TLS by close_notify.
func (c *client) Close() error {
	if c.tls != nil {
		return c.tls.Close()
	}
	return c.TCPConn.Close()
}

// TestOverTLS runs tests of the public surface over TLS.
func TestOverTLS(t *testing.T) {
	overTLS = map[netip.AddrPort]*Loop{}
	defer func() { overTLS = nil }()
	for name, test := range map[string]func(*testing.T){
		"messages":        TestMessages,
		"sends, echo":     TestSendsBeforeEcho,
		"others":          TestSendsToOthers,
		"flush frame":     TestFlushFrameSends,
		"backpressure":    TestBackpressure,
		"full":            TestFullThenDrained,
		"full in a split": TestFullWithinSplitRead,
		"slow reader":     TestSlowReaderBehindFIN,
		"deferred":        TestDeferred,
		"deferred, close": TestDeferredBeforeClose,
		"answers, FIN":    TestAnswersBeforeFIN,
		"close":           TestCloseFromWithin,
		"close in Open":   TestCloseInOpen,
		"server closes":   TestServerClosesFirst,
		"routes":          TestRoutesThenUpgrade,
		"broadcast":       TestBroadcastAcrossLoops,
		"senders":         TestSenders,
		"shutdown":        TestShutdown,
	} {
		t.Run(name, func(t *testing.T) {
			before := dialledTLS
			if test(t); dialledTLS == before && !t.Failed() {
				t.Error("it has no connection over TLS")
			}
		})
	}
}
