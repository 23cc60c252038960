// Command slow is an echo server on package net with a fault to be found: it
// unmasks payloads byte by byte, by a call each, into a new slice. With -fixed it
// unmasks them in place, by package mask. 'wsbench tour' measures it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUsage):
		os.Exit(2) // the flag set has said what is wrong
	}
	fmt.Fprintln(os.Stderr, "slow:", err)
	os.Exit(1)
}

var errUsage = errors.New("wrong usage")

// options is what the flags say.
type options struct {
	addr, pprof string
	fixed       bool
}

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("slow", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.addr, "addr", "127.0.0.1:9004", "listen on `host:port`; port 0 is any")
	fs.StringVar(&o.pprof, "pprof", "", "serve profiles on `host:port` of loopback; port 0 is any (default none)")
	fs.BoolVar(&o.fixed, "fixed", false, "unmask in place, by package mask")
	if err = fs.Parse(args); err == flag.ErrHelp {
		return o, err
	} else if err != nil {
		return o, errUsage
	}
	if fs.NArg() > 0 {
		fmt.Fprintln(stderr, "slow: flags only")
		return o, errUsage
	}
	if at, err := netip.ParseAddrPort(o.pprof); o.pprof != "" && (err != nil || !at.Addr().IsLoopback()) {
		fmt.Fprintf(stderr, "slow: -pprof %s: want an address of loopback, such as 127.0.0.1:0\n", o.pprof)
		return o, errUsage
	}
	return o, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	if o.pprof != "" {
		if err := serveProfiles(ctx, o.pprof); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "slow: ws://%v/\n", ln.Addr())
	return accept(ctx, ln, o.fixed)
}

// accept serves connections until ctx ends, which also ends them.
func accept(ctx context.Context, ln net.Listener, fixed bool) error {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		nc, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				nc.Close()
			}
			return nil
		case err != nil:
			time.Sleep(10 * time.Millisecond) // such as for want of descriptors
			continue
		}
		all.Go(func() {
			defer context.AfterFunc(ctx, func() { nc.Close() })()
			defer nc.Close()
			newConn(nc, fixed).serve()
		})
	}
}

// serveProfiles serves net/http/pprof on addr until ctx ends.
func serveProfiles(ctx context.Context, addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("-pprof: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { s.Close() })
	go s.Serve(ln)
	return nil
}
