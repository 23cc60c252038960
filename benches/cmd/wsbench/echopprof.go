package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// What is sampled while -pprof serves: cheap enough to leave on.
const (
	mutexFraction = 100                   // one contention event in so many
	blockRate     = int(time.Millisecond) // one blocking event a so many ns blocked
)

// profiles serves profiles if it is asked to, until stop is called; described is
// switches, and where.
func (f *echoServer) profiles(switches string) (described string, stop func(), err error) {
	if !f.pprof.IsValid() {
		return switches, func() {}, nil
	}
	bound, stop, err := servePprof(f.pprof)
	return fmt.Sprintf("%s pprof=%v", switches, bound), stop, err
}

// loopbackAddr returns the address that s stands for, "" for none. Profiles
// expose all of a process, so other hosts must not reach it.
func loopbackAddr(flag, s string) (netip.AddrPort, error) {
	if s == "" {
		return netip.AddrPort{}, nil
	}
	addr, err := resolve(s)
	if err != nil {
		return addr, fmt.Errorf("-%s: %w", flag, err)
	}
	if !addr.Addr().IsLoopback() {
		return addr, fmt.Errorf("-%s %s: only loopback addresses, such as 127.0.0.1:0: whoever reaches it may read the process", flag, s)
	}
	return addr, nil
}

// servePprof serves net/http/pprof on addr, which has port 0 or a port, until
// stop is called.
func servePprof(addr netip.AddrPort) (bound net.Addr, stop func(), err error) {
	l, err := net.Listen("tcp", addr.String())
	if err != nil {
		return nil, nil, fmt.Errorf("-pprof: %w", err)
	}
	runtime.SetMutexProfileFraction(mutexFraction)
	runtime.SetBlockProfileRate(blockRate)
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	var wg sync.WaitGroup
	wg.Go(func() { s.Serve(l) })
	return l.Addr(), func() {
		s.Close()
		wg.Wait()
	}, nil
}
