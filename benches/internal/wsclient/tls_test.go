package wsclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// certificate returns a certificate of 127.0.0.1, and a PEM file of its authority.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.TLS.Certificates[0], file
}

// listenTLS does what listen does, by TLS.
func listenTLS(t *testing.T, cfg *tls.Config, serve func(net.Conn)) *url.URL {
	u := listen(t, func(c net.Conn) {
		s := tls.Server(c, cfg)
		serve(s)
		s.Close()
	})
	u.Scheme = "wss"
	return u
}

// A server at wss:// is reached under each way to trust it, and the connection
// outlives the context of its opening.
func TestDialTLS(t *testing.T) {
	cert, file := certificate(t)
	u := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}}, accept("\x81\x01a"))
	var trusting TLS
	if err := trusting.ReadCA(file); err != nil {
		t.Fatal(err)
	}
	for name, settings := range map[string]TLS{"-ca": trusting, "-insecure": {Insecure: true}} {
		ctx, cancel := context.WithCancel(t.Context())
		conn, early, err := Offer{TLS: settings}.Dial(ctx, u, waiting.Bound)
		cancel()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		io.WriteString(conn, "hello")
		got := make([]byte, len("\x81\x01ahello"))
		n := copy(got, early)
		if _, err := io.ReadFull(conn, got[n:]); err != nil || string(got) != "\x81\x01ahello" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		conn.Close()
	}
}

// What goes wrong is told in one line with what to do.
func TestDialTLSFails(t *testing.T) {
	cert, _ := certificate(t)
	old := &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12}
	cfg := &tls.Config{Certificates: []tls.Certificate{cert}}
	as := func(scheme string, u *url.URL) *url.URL { u.Scheme = scheme; return u }
	for name, c := range map[string]struct {
		url      *url.URL
		insecure bool
		want     string
	}{
		"unknown authority":   {listenTLS(t, cfg, silent), false, "-ca FILE names the authority of the server's certificate, -insecure takes any"},
		"TLS on a plain port": {as("wss", listen(t, answer("HTTP/1.1 400 Bad Request\r\n\r\n"))), true, "its address is ws://, not wss://"},
		"TLS, and an end":     {as("wss", listen(t, func(c net.Conn) { c.Read(make([]byte, 4096)) })), true, "if it does not speak TLS, its address is ws://"},
		"plain on a TLS port": {as("ws", listenTLS(t, cfg, silent)), true, "if the server speaks TLS, its address is wss://"},
		"plain, and a 400":    {listen(t, answer("HTTP/1.0 400 Bad Request\r\n\r\n")), false, "if the server speaks TLS, its address is wss://"},
		"plain, and an alert": {listen(t, answer("\x15\x03\x03\x00\x02\x02\x0a")), false, "its address is wss://, not ws://"},
		"TLS 1.2":             {listenTLS(t, old, silent), true, "does not speak TLS 1.3"},
		"refused":             {listenTLS(t, cfg, answer("HTTP/1.1 403 Forbidden\r\n\r\n")), true, `the server answered "HTTP/1.1 403 Forbidden"`},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _, err := Offer{TLS: TLS{Insecure: c.insecure}}.Dial(t.Context(), c.url, waiting.Bound)
			if conn != nil || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

// A handshake of TLS that is not answered ends as its context does.
func TestSilentTLS(t *testing.T) {
	u := listen(t, silent)
	u.Scheme = "wss"
	for name, dial := range map[string]func(context.Context, time.Duration) error{
		"Dial": func(ctx context.Context, within time.Duration) error { _, _, err := Dial(ctx, u, within); return err },
		"DialRaw": func(ctx context.Context, within time.Duration) error {
			_, err := Offer{}.DialRaw(ctx, u, within)
			return err
		},
	} {
		if err := dial(t.Context(), 20*time.Millisecond); err == nil || !strings.HasPrefix(err.Error(), "no handshake of TLS within 20ms; if the server does not speak TLS") {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		if err := dial(ctx, waiting.Bound); err != context.Canceled {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The end of TCP is io.EOF, with a close_notify before it or without.
func TestEndTLS(t *testing.T) {
	cert, _ := certificate(t)
	for name, end := range map[string]func(*tls.Conn){"close_notify": func(c *tls.Conn) { c.Close() }, "FIN": func(c *tls.Conn) { c.NetConn().Close() }} {
		u := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}}, func(c net.Conn) {
			s := c.(*tls.Conn)
			s.Handshake()
			s.Read(make([]byte, 4096))
			end(s)
		})
		conn, err := net.Dial("tcp", Address(u))
		if err != nil {
			t.Fatal(err)
		}
		if conn, err = (TLS{Insecure: true}).client(t.Context(), conn, u.Hostname()); err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, "x")
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: %v, want EOF", name, err)
		}
		conn.Close()
	}
}

func TestReadCA(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	os.WriteFile(empty, bytes.Repeat([]byte("x"), 10), 0o600)
	for file, want := range map[string]string{empty: "no certificate in PEM form", empty + ".none": "no such file"} {
		if err := new(TLS).ReadCA(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for s, want := range map[string]string{"ws://a/": "a:80", "wss://a/": "a:443", "wss://[::1]:9/": "[::1]:9"} {
		u, err := ParseURL(s)
		if err != nil || Address(u) != want {
			t.Errorf("%s: %s, %v", s, Address(u), err)
		}
	}
}
