package load

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/syscalls"
)

// dialers is how many opening handshakes are under way at a time: enough that
// a distant server's round trips overlap, few enough for any accept queue.
const dialers = 32

// dialAll opens the connections of cfg to u, or none. Package net resolves, connects
// and waits; the descriptors then leave it, for the loops read them by raw calls.
func (cfg *Config) dialAll(ctx context.Context, u *url.URL) ([]wsclient.Raw, error) {
	n := cfg.Conns
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	var mu sync.Mutex
	list := make([]wsclient.Raw, 0, n)
	var failed error // the first, upon which the other dialers are cancelled
	add := func(d wsclient.Raw, err error) bool {
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
			k := cfg.newKeeper()
			open := func() (wsclient.Raw, error) { return cfg.Offer.DialRaw(ctx, u, cfg.Timeout) }
			for begun.Add(1) <= int64(n) && add(k.dial(ctx, open)) {
			}
		})
	}
	wg.Wait()
	if failed == nil {
		return list, nil
	}
	full := ""
	if len(list) > 0 {
		full = fullServer(list[0].Remote)
	}
	for _, d := range list {
		syscalls.Close(d.FD)
	}
	return nil, fmt.Errorf("load: %s: %w (%d of %d connections were open%s)", u, failed, len(list), n, full)
}

// fullServer says that a server of this host has no descriptor for a connection; "" if
// that is not known.
func fullServer(addr netip.AddrPort) string {
	for _, pid := range serversAt(addr) {
		if text := host.FullTable(pid); text != "" {
			return "; " + text
		}
	}
	return ""
}
