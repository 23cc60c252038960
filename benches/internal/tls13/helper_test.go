package tls13

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// certificate is of localhost and 127.0.0.1, signed by itself.
var certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(24 * time.Hour),
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

func serverConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate()}}
}

func clientConfig() *tls.Config {
	leaf, err := x509.ParseCertificate(certificate().Certificate[0])
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// tcpPair returns the two ends of a connection over loopback.
func tcpPair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for _, c := range []net.Conn{client, server} {
		c.SetDeadline(time.Now().Add(waiting.Bound))
	}
	return client, server
}

// shake does both sides of a handshake.
func shake(t testing.TB, client, server net.Conn, cc, sc *tls.Config) (cs, ss *Session) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waiting.Bound)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		var err error
		ss, err = Server(ctx, server, sc)
		done <- err
	}()
	cs, err := Client(ctx, client, cc)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return cs, ss
}

// end is one side of a connection after its handshake.
type end struct {
	*Sealer
	*Opener
	Post
	conn net.Conn
}

func newEnd(t testing.TB, conn net.Conn, s *Session) *end {
	t.Helper()
	return &end{Sealer: newSealer(t, s.Out), Opener: newOpener(t, s.In), conn: conn}
}

func (e *end) send(t testing.TB, typ uint8, plain []byte) {
	t.Helper()
	e.write(t, e.Seal(nil, typ, plain))
}

func (e *end) write(t testing.TB, records []byte) {
	t.Helper()
	if _, err := e.conn.Write(records); err != nil {
		t.Fatal(err)
	}
}

// record reads one record and opens it.
func (e *end) record(t testing.TB) (typ uint8, plain []byte) {
	t.Helper()
	b := make([]byte, MaxRecord)
	if _, err := io.ReadFull(e.conn, b[:headerLen]); err != nil {
		t.Fatal(err)
	}
	n, err := RecordSize(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(e.conn, b[headerLen:n]); err != nil {
		t.Fatal(err)
	}
	typ, plain, err = e.Open(b[:n])
	if err != nil {
		t.Fatal(err)
	}
	return typ, plain
}

// receive returns n bytes of application data; it does on the way what
// handshake records say.
func (e *end) receive(t testing.TB, n int) (data []byte) {
	t.Helper()
	for len(data) < n {
		typ, plain := e.record(t)
		switch typ {
		case TypeApplicationData:
			data = append(data, plain...)
		case TypeHandshake:
			e.handshake(t, plain)
		default:
			t.Fatalf("a record of type %d: % x", typ, plain)
		}
	}
	return data
}

func (e *end) handshake(t testing.TB, plain []byte) {
	t.Helper()
	u, err := e.Post.Read(plain)
	if err != nil {
		t.Fatal(err)
	}
	if u.Received {
		e.Opener.Update()
	}
	if u.Requested {
		e.write(t, e.SealKeyUpdate(nil, false))
	}
}
