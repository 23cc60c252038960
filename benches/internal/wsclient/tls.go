package wsclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"wsbench/benches/internal/tls13"
	"wsbench/parse/opening"
)

// TLS says which certificates a client accepts of servers at wss:// addresses. The
// zero value accepts those of the system's authorities.
type TLS struct {
	Insecure bool           // any certificate
	Roots    *x509.CertPool // of the authorities; nil: the system's
}

// ReadCA adds the certificates of a PEM file to Roots.
func (t *TLS) ReadCA(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if t.Roots == nil {
		t.Roots = x509.NewCertPool()
	}
	if !t.Roots.AppendCertsFromPEM(b) {
		return fmt.Errorf("%s: no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----", file)
	}
	return nil
}

// Given reports whether t differs from the zero value.
func (t TLS) Given() bool { return t != TLS{} }

// Config returns the configuration of a client of host: TLS 1.3, ALPN http/1.1.
func (t TLS) Config(host string) *tls.Config {
	return &tls.Config{
		ServerName: host, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"},
		InsecureSkipVerify: t.Insecure, RootCAs: t.Roots,
	}
}

// Secure reports whether the server at u speaks TLS.
func Secure(u *url.URL) bool { return u.Scheme == "wss" || u.Scheme == "https" }

// Address returns the host and the port of u.
func Address(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case Secure(u):
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// client does the TLS handshake on conn. It closes conn if that fails.
func (t TLS) client(ctx context.Context, conn net.Conn, host string) (net.Conn, error) {
	c := tls.Client(conn, t.Config(host))
	if err := c.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, AdviseTLS(err)
	}
	return &secure{c}, nil
}

// secure is a TLS connection that ends where its TCP connection does.
type secure struct{ *tls.Conn }

// Read reads as the embedded connection does, but io.EOF is the end of TCP too,
// with a close_notify before it or without: a WebSocket has a close frame.
func (s *secure) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

// SetLinger sets that of the TCP connection.
func (s *secure) SetLinger(seconds int) error {
	if l, ok := s.NetConn().(*net.TCPConn); ok {
		return l.SetLinger(seconds)
	}
	return errors.ErrUnsupported
}

// AdviseTLS returns err, which ended a TLS handshake, as an error of one, with advice
// where there is some.
func AdviseTLS(err error) error {
	err = fmt.Errorf("%w: %w", errHandshake, err)
	var header tls.RecordHeaderError
	var bad *tls.CertificateVerificationError
	switch {
	case errors.As(err, &header):
		return &SchemeError{err, "ws", "the server does not speak TLS: its address is ws://, not wss://"}
	case errors.As(err, &bad):
		return fmt.Errorf("%w; -ca FILE names the authority of the server's certificate, -insecure takes any certificate", err)
	case strings.Contains(err.Error(), "protocol version"):
		return fmt.Errorf("%w; the server does not speak TLS 1.3, the only version here", err)
	case ended(err):
		return &SchemeError{err, "ws", "the server ended the connection; if it does not speak TLS, its address is ws://"}
	}
	return err
}

// errHandshake is wrapped by errors of handshakes of TLS.
var errHandshake = errors.New("TLS handshake")

// SchemeError is an error that an address with the wrong scheme may have caused.
type SchemeError struct {
	Err    error
	Scheme string // the scheme that the address should have: ws or wss
	advice string
}

func (e *SchemeError) Error() string { return e.Err.Error() + "; " + e.advice }

// Unwrap returns the error without the advice.
func (e *SchemeError) Unwrap() error { return e.Err }

// errAlert says that a server answers a plain client by a TLS alert.
var errAlert = &SchemeError{errors.New("the server answered with an alert of TLS"), "wss", "its address is wss://, not ws://"}

// isAlert reports whether b begins with an alert of TLS.
func isAlert(b []byte) bool { return len(b) >= 2 && b[0] == tls13.TypeAlert && b[1] == 3 }

// adviseOpening returns err, which ended an opening handshake with the server at u,
// with advice where there is some.
func adviseOpening(u *url.URL, err error) error {
	if err == nil || Secure(u) || !ended(err) && !isBadRequest(err) {
		return err
	}
	return &SchemeError{err, "wss", "if the server speaks TLS, its address is wss://"}
}

// isBadRequest reports whether err is the answer 400, which many servers give to
// plain clients of their TLS port.
func isBadRequest(err error) bool {
	return errors.Is(err, opening.ErrResponse) && strings.Contains(err.Error(), " 400 ")
}

// ended reports whether err says that the other side ended the connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}
