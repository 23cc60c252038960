// Package wsclient opens WebSocket connections as a client: for the load
// generator, the conformance suite, the lab and tests of the examples. It ends
// where frames begin.
//
// [Dial] does everything, by crypto/tls where the address is wss://. Who sends and
// receives by descriptors uses [Offer.DialRaw], and has a record layer of TLS in
// [Records]. Who has a connection of its own uses [NewHandshake] and [Await], or
// reads answers by the handshake's ParseResponse.
package wsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"wsbench/parse/opening"
)

// ParseURL reads the address of a server, ws:// or, of one that speaks TLS, wss://.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no URL such as ws://127.0.0.1:9001/", s)
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, fmt.Errorf("%q does not begin with ws:// or wss://; give the address as ws://127.0.0.1:9001/", s)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%s names no host; give it as ws://127.0.0.1:9001/", s)
	case strings.Contains(u.RawQuery, " "):
		return nil, fmt.Errorf("%q has a space in its query; write it as %%20", s)
	}
	return u, nil
}

// Dial does what the method of an empty [Offer] does.
func Dial(ctx context.Context, u *url.URL, within time.Duration) (conn net.Conn, early []byte, err error) {
	return Offer{}.Dial(ctx, u, within)
}

// Dial connects to u, by TLS where u says so, and does the opening handshake
// (RFC 6455, section 4.1). It offers no extension. early holds what the server sent
// behind its answer.
//
// The time within bounds both; ctx may end them sooner. The connection that is
// returned has no deadline and depends on neither. It has TCP_NODELAY set, which
// package net does, and sends no keep-alive probes. An error wraps
// [opening.ErrResponse] if the server answered something else.
func (o Offer) Dial(ctx context.Context, u *url.URL, within time.Duration) (conn net.Conn, early []byte, err error) {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	conn, err = o.Connect(bounded, u)
	if err == nil {
		early, err = o.open(bounded, conn, u)
	}
	if err != nil {
		return nil, nil, explain(bounded, err, within)
	}
	return conn, early, nil
}

// Connect connects to u, by TLS where u says so, without an opening handshake.
func (o Offer) Connect(ctx context.Context, u *url.URL) (net.Conn, error) {
	conn, err := connect(ctx, u)
	if err != nil || !Secure(u) {
		return conn, err
	}
	return o.TLS.client(ctx, conn, u.Hostname())
}

// connect connects to u by TCP.
func connect(ctx context.Context, u *url.URL) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1}
	return d.DialContext(ctx, "tcp", Address(u))
}

// open does the opening handshake on conn, which it closes if that fails.
func (o Offer) open(ctx context.Context, conn net.Conn, u *url.URL) (early []byte, err error) {
	if o.HTTP {
		return nil, nil
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	h := o.Handshake(u.Host, u.RequestURI())
	if _, err = conn.Write(h.Append(nil)); err == nil {
		early, err = Await(conn, &h)
	}
	if !stop() && err == nil { // the deadline may be set at any time
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
	}
	return early, adviseOpening(u, err)
}

// NewHandshake returns an opening handshake with a random key.
func NewHandshake(host, target string) opening.Handshake {
	return Offer{}.Handshake(host, target)
}

// Await reads the server's answer to h from conn. early holds what followed it.
func Await(conn io.Reader, h *opening.Handshake) (early []byte, err error) {
	var buf []byte
	part := make([]byte, 4096)
	for {
		n, err := conn.Read(part)
		buf = append(buf, part[:n]...)
		size, _, refused := h.ParseResponse(buf)
		switch {
		case isAlert(buf):
			return nil, errAlert
		case refused != nil:
			return nil, refused
		case size > 0:
			return buf[size:], nil
		case err != nil:
			return nil, fmt.Errorf("opening handshake not answered: %w", err)
		}
	}
}

// explain returns err, which ended an opening bounded by ctx, in words that
// help.
func explain(ctx context.Context, err error, within time.Duration) error {
	var wait net.Error
	switch {
	case errors.Is(err, opening.ErrResponse):
		return err
	case ctx.Err() == context.Canceled:
		return ctx.Err()
	case ctx.Err() != nil, errors.As(err, &wait) && wait.Timeout():
		return late(err, within)
	}
	return Advise(err)
}

// late returns the error of an opening that took too long, and ended with err.
func late(err error, within time.Duration) error {
	if errors.Is(err, errHandshake) {
		return &SchemeError{fmt.Errorf("no handshake of TLS within %v", within), "ws", "if the server does not speak TLS, its address is ws://"}
	}
	return fmt.Errorf("no opening handshake within %v", within)
}

// Advise returns err, which came of connecting, with what to do about it where
// that is known.
func Advise(err error) error {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; is the server running?", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w: no port is left on this side; 'sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"' widens their range, or lower the connections", err)
	}
	return err
}
