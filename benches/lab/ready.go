package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// portMark in a server's command is where its port goes.
const portMark = "{port}"

// banner begins the first line of wsbench's server, the address behind it.
const banner = "wsbench echo: listening on "

// StartTimeout bounds the time from a server's start to its first accept, unless
// Server.StartTimeout does.
const StartTimeout = 10 * time.Second

var errNotReady = errors.New("it takes no connection")

// fillPort returns argv with a free port in place of the mark; addr is "" where
// there is no mark. The port is free now; that no other takes it before the
// server does is likely, not certain.
func fillPort(argv []string) (filled []string, addr string, err error) {
	if !strings.Contains(strings.Join(argv, "\x00"), portMark) {
		return argv, "", nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	defer l.Close()
	addr = l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	for _, a := range argv {
		filled = append(filled, strings.ReplaceAll(a, portMark, port))
	}
	return filled, addr, nil
}

// announced waits for the line that has the server's address.
func announced(ctx context.Context, p *child) (addr string, err error) {
	line, err := p.next(ctx, StartTimeout, func(s string) bool { return strings.HasPrefix(s, banner) })
	if err != nil {
		return "", err
	}
	addr, _, _ = strings.Cut(strings.TrimPrefix(line, banner), " ")
	return addr, nil
}

// accepting polls until the server takes a connection at addr.
func accepting(ctx context.Context, p *child, addr string, within time.Duration) error {
	end := time.Now().Add(within)
	var d net.Dialer
	for {
		if how, ended := p.exited(); ended {
			return serverEnded(how)
		}
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(end) {
			return fmt.Errorf("%w at %s within %v: %w", errNotReady, addr, within, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
