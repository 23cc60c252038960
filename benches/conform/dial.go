package conform

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"wsbench/parse/opening"
)

// ParseURL reads the address of a server.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("conform: %q is no URL such as ws://127.0.0.1:9001/", s)
	case u.Scheme == "wss" || u.Scheme == "https":
		return nil, fmt.Errorf("conform: %s: TLS is not there; use the server's ws:// address", s)
	case u.Scheme != "ws":
		return nil, fmt.Errorf("conform: %q does not begin with ws://; give the address as ws://127.0.0.1:9001/", s)
	case u.Hostname() == "":
		return nil, fmt.Errorf("conform: %s names no host; give it as ws://127.0.0.1:9001/", s)
	}
	return u, nil
}

// dial opens a connection as a client, within a time. early are octets that
// came along with the server's answer. Package net sets TCP_NODELAY by itself.
func dial(ctx context.Context, u *url.URL, within time.Duration) (conn net.Conn, early []byte, err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	port := u.Port()
	if port == "" {
		port = "80"
	}
	conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, nil, unreachable(err, began)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	early, err = handshake(conn, u)
	if stop(); err != nil {
		conn.Close()
		return nil, nil, unreachable(err, began)
	}
	conn.SetDeadline(time.Time{})
	return conn, early, nil
}

// unreachable is err in words that help.
func unreachable(err error, began time.Time) error {
	var wait net.Error
	switch {
	case errors.As(err, &wait) && wait.Timeout():
		return fmt.Errorf("no opening handshake within %v", time.Since(began).Round(time.Millisecond))
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; is the server running?", err)
	}
	return err
}

// refusal is what is wrong with a server's answer.
type refusal struct{ what string }

func (r refusal) Error() string { return r.what }

// handshake does the opening handshake (RFC 6455, section 4.1), offering
// neither extension nor subprotocol.
func handshake(conn net.Conn, u *url.URL) (early []byte, err error) {
	var nonce [16]byte
	rand.Read(nonce[:])
	key := opening.NewKey(nonce)
	if _, err := conn.Write(opening.AppendRequest(nil, u.Host, u.RequestURI(), key)); err != nil {
		return nil, err
	}
	var buf []byte
	part := make([]byte, 4096)
	for {
		n, err := conn.Read(part)
		buf = append(buf, part[:n]...)
		size, refused := opening.ParseResponse(buf, key)
		switch {
		case refused != nil:
			return nil, refusal{strings.TrimPrefix(refused.Error(), "parse: ")}
		case size > 0:
			return buf[size:], nil
		case err != nil:
			return nil, fmt.Errorf("opening handshake not answered: %w", err)
		}
	}
}
