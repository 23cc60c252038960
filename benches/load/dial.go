package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/parse/opening"
)

// dialers is how many opening handshakes are under way at a time: enough that
// a distant server's round trips overlap, few enough for any accept queue.
const dialers = 32

// dialed is one open connection.
type dialed struct {
	fd     int            // non-blocking; the owner closes it
	early  []byte         // frames that came along with the handshake's answer
	remote netip.AddrPort // the server's address
}

// dialAll opens n connections to u, or none.
func dialAll(ctx context.Context, u *url.URL, n int, timeout time.Duration) ([]dialed, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	list := make([]dialed, n)
	errs := make([]error, n)
	var next struct {
		sync.Mutex
		i int
	}
	take := func() int {
		next.Lock()
		defer next.Unlock()
		next.i++
		return next.i - 1
	}
	var wg sync.WaitGroup
	for range min(dialers, n) {
		wg.Go(func() {
			for i := take(); i < n && ctx.Err() == nil; i = take() {
				if list[i], errs[i] = dial(ctx, u); errs[i] != nil {
					cancel()
				}
			}
		})
	}
	wg.Wait()
	opened := 0
	for i := range list {
		if list[i].fd > 0 {
			opened++
		}
	}
	if opened == n {
		return list, nil
	}
	for i := range list {
		if list[i].fd > 0 {
			unix.Close(list[i].fd)
		}
	}
	return nil, fmt.Errorf("load: %s: %w (%d of %d connections were open)", u, firstError(ctx, errs, timeout), opened, n)
}

// firstError is the reason why dialing stopped: not the cancellation that
// the first failure set off in the others.
func firstError(ctx context.Context, errs []error, timeout time.Duration) error {
	reason := ctx.Err()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, os.ErrDeadlineExceeded) {
			reason = err
			break
		}
	}
	var wait net.Error
	switch {
	case errors.Is(reason, context.DeadlineExceeded), errors.As(reason, &wait) && wait.Timeout():
		return fmt.Errorf("no opening handshake within %v", timeout)
	case errors.Is(reason, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; is the server running?", reason)
	}
	return reason
}

// dial opens one connection. Package net resolves, connects and waits; the
// descriptor then leaves it, for the loops read it by raw calls.
func dial(ctx context.Context, u *url.URL) (dialed, error) {
	conn, early, err := connect(ctx, u)
	if err != nil {
		return dialed{}, err
	}
	defer conn.Close()
	fd, err := descriptor(conn)
	if err != nil {
		return dialed{}, err
	}
	remote, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	return dialed{fd: fd, early: early, remote: remote}, nil
}

// connect opens one connection and does the opening handshake; early is what
// followed its answer.
func connect(ctx context.Context, u *url.URL) (_ *net.TCPConn, early []byte, err error) {
	d := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: false}, KeepAlive: -1}
	conn, err := d.DialContext(ctx, "tcp", hostPort(u))
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if early, err = handshake(conn, u); err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn.(*net.TCPConn), early, nil
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// handshake does the opening handshake (RFC 6455, section 4.1) and returns
// the octets that followed its answer.
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
			return nil, errors.New(strings.TrimPrefix(refused.Error(), "parse: "))
		case size > 0:
			return buf[size:], nil
		case err != nil:
			return nil, fmt.Errorf("opening handshake not answered: %w", err)
		}
	}
}

// descriptor is a descriptor of conn that outlives it.
func descriptor(conn *net.TCPConn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	if e := raw.Control(func(old uintptr) { fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 3) }); e != nil {
		return 0, e
	}
	return fd, os.NewSyscallError("fcntl F_DUPFD_CLOEXEC", err)
}
