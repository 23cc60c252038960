package load

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
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

// dialAll opens the connections of cfg to u, or none.
func (cfg *Config) dialAll(ctx context.Context, u *url.URL) ([]dialed, error) {
	n := cfg.Conns
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	var mu sync.Mutex
	list := make([]dialed, 0, n)
	var failed error // the first, upon which the other dialers are cancelled
	add := func(d dialed, err error) bool {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			list = append(list, d)
		} else if failed == nil {
			failed = err
			cancel()
		}
		return err == nil
	}
	var begun atomic.Int64
	var wg sync.WaitGroup
	for range min(dialers, n) {
		wg.Go(func() {
			for begun.Add(1) <= int64(n) && add(cfg.dial(ctx, u)) {
			}
		})
	}
	wg.Wait()
	if failed == nil {
		return list, nil
	}
	for _, d := range list {
		unix.Close(d.fd)
	}
	return nil, fmt.Errorf("load: %s: %w (%d of %d connections were open)", u, failed, len(list), n)
}

// dial opens one connection. Package net resolves, connects and waits; the
// descriptor then leaves it, for the loops read it by raw calls.
func (cfg *Config) dial(ctx context.Context, u *url.URL) (dialed, error) {
	conn, early, err := cfg.Offer.Dial(ctx, u, cfg.Timeout)
	if err != nil {
		return dialed{}, err
	}
	defer conn.Close()
	fd, err := descriptor(conn.(syscall.Conn))
	if err != nil {
		return dialed{}, err
	}
	remote, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	return dialed{fd: fd, early: early, remote: remote}, nil
}

// descriptor returns a descriptor of conn that outlives it.
func descriptor(conn syscall.Conn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	if e := raw.Control(func(old uintptr) { fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 3) }); e != nil {
		return 0, e
	}
	return fd, os.NewSyscallError("fcntl F_DUPFD_CLOEXEC", err)
}
