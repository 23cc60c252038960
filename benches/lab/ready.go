package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// portMark in a server's command is where its port goes, securePortMark where that
// of a server goes which speaks TLS there.
const (
	portMark       = "{port}"
	securePortMark = "{tls-port}"
)

// banner begins the first line of wsbench's server, the address behind it and its
// switches behind that.
const banner = "wsbench echo: listening on "

// StartTimeout bounds the time from a server's start to its first accept, unless
// Server.StartTimeout does.
const StartTimeout = 10 * time.Second

var errNotReady = errors.New("it takes no connection")

// marked reports whether argv has a mark.
func marked(argv []string, mark string) bool {
	return strings.Contains(strings.Join(argv, "\x00"), mark)
}

// TakesPort reports whether a command has a mark where its port goes.
func TakesPort(command string) bool {
	return strings.Contains(command, portMark) || strings.Contains(command, securePortMark)
}

// fillPort returns argv with a free port in place of the marks; addr is "" where
// there is none. The port is free now; that no other takes it before the
// server does is likely, not certain.
func fillPort(argv []string) (filled []string, addr string, err error) {
	if !marked(argv, portMark) && !marked(argv, securePortMark) {
		return argv, "", nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	defer l.Close()
	addr = l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	ports := strings.NewReplacer(portMark, port, securePortMark, port)
	for _, a := range argv {
		filled = append(filled, ports.Replace(a))
	}
	return filled, addr, nil
}

// announced waits for the line that has the server's address and, behind it, the
// switches in force.
func announced(ctx context.Context, p *child) (addr, switches string, err error) {
	line, err := p.next(ctx, StartTimeout, func(s string) bool { return strings.HasPrefix(s, banner) })
	if err != nil {
		return "", "", err
	}
	addr, switches, _ = strings.Cut(strings.TrimPrefix(line, banner), " ")
	return addr, switches, nil
}

// inForce returns the value of one of the switches in force; "" where it is not
// among them.
func inForce(switches, name string) string {
	for _, s := range strings.Fields(switches) {
		if value, ok := strings.CutPrefix(s, name+"="); ok {
			return value
		}
	}
	return ""
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
