//go:build linux

package reactor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net/netip"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/parse/opening"
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

// adopt has the loop adopt what handshake returned.
func adoptTLS(t testing.TB, l *Loop, fd int, s *tls13.Session, kernel bool) {
	t.Helper()
	if kernel {
		if err := s.ToKernel(fd); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.AdoptTLS(fd, s, kernel); err != nil {
		t.Fatal(err)
	}
}

// dialTLS is a client that the loop has adopted after its TLS handshake.
func dialTLS(t testing.TB, l *Loop) *client {
	t.Helper()
	fd, s, c := handshake(t, func(c *client) error {
		conn := tls.Client(c.TCPConn, clientTLS())
		c.tls = conn
		return conn.Handshake()
	})
	dialledTLS++
	adoptTLS(t, l, fd, s, false)
	return c
}

// peer is a client that makes its records by itself.
type peer struct {
	*client
	seal    *tls13.Sealer
	open    *tls13.Opener
	wire    []byte // received, and not opened
	plain   []byte // opened, and not read
	records int    // of application data, opened
	updates int    // key updates
}

// dialPeer is dialTLS for a peer.
func dialPeer(t testing.TB, l *Loop, kernel bool) *peer {
	t.Helper()
	p := &peer{}
	var cs *tls13.Session
	fd, s, c := handshake(t, func(c *client) (err error) {
		cs, err = tls13.Client(context.Background(), c.TCPConn, clientTLS())
		return err
	})
	var err error
	if p.seal, err = tls13.NewSealer(cs.Out); err != nil {
		t.Fatal(err)
	}
	if p.open, err = tls13.NewOpener(cs.In); err != nil {
		t.Fatal(err)
	}
	p.client, c.tls = c, p
	adoptTLS(t, l, fd, s, kernel)
	return p
}

// connectPeer is connect for a peer.
func connectPeer(t testing.TB, l *Loop, kernel bool) *peer {
	t.Helper()
	p := dialPeer(t, l, kernel)
	p.send(opening.AppendRequest(nil, "localhost", "/", testKey))
	p.accepted()
	return p
}

// data returns plain as a record.
func (p *peer) data(plain []byte) []byte {
	return p.seal.Seal(nil, tls13.TypeApplicationData, plain)
}

// raw sends bytes as they are.
func (p *peer) raw(b []byte) {
	p.t.Helper()
	if _, err := p.TCPConn.Write(b); err != nil {
		p.t.Fatal(err)
	}
}

// Write sends b as a record.
func (p *peer) Write(b []byte) (int, error) {
	_, err := p.TCPConn.Write(p.data(b))
	return len(b), err
}

// Close sends close_notify and closes the connection.
func (p *peer) Close() error {
	p.TCPConn.Write(p.seal.SealAlert(nil, tls13.CloseNotify))
	return p.TCPConn.Close()
}

// Read reads application data. An alert is its error, close_notify io.EOF.
func (p *peer) Read(b []byte) (int, error) {
	for len(p.plain) == 0 {
		if err := p.record(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.plain)
	p.plain = p.plain[n:]
	return n, nil
}

// record receives one record.
func (p *peer) record() error {
	size, err := tls13.RecordSize(p.wire)
	if err != nil {
		return err
	}
	if size == 0 || size > len(p.wire) {
		b := make([]byte, 32<<10)
		n, err := p.TCPConn.Read(b)
		if p.wire = append(p.wire, b[:n]...); err == io.EOF {
			err = io.ErrUnexpectedEOF // there was no close_notify
		}
		return err
	}
	typ, plain, err := p.open.Open(p.wire[:size])
	p.wire = p.wire[size:]
	switch {
	case err != nil:
		return err
	case typ == tls13.TypeApplicationData:
		p.plain = plain
		p.records++
	case typ == tls13.TypeAlert:
		a, err := tls13.ParseAlert(plain)
		if err == nil && a == tls13.CloseNotify {
			return io.EOF
		}
		return errors.Join(err, a)
	case string(plain) == string(tls13.KeyUpdateMessage(false)):
		p.open.Update()
		p.updates++
	}
	return nil // a ticket
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
