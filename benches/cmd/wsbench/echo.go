package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"sync"

	"wsbench/benches/echo"
)

var echoExperiment = experiment{
	name: "echo", summary: "the reference echo server", synopsis: "[flags]", groups: serverGroups,
	examples: "  wsbench echo -addr 127.0.0.1:9001\n  wsbench echo -io uring -workers 2 -pin 0,1\n  wsbench echo -tls ktls    # wss://, a self-signed certificate",
	new: func(c *call) body {
		b := &echoServer{}
		c.sharing("addr", "`host:port` to listen on; port 0 takes a free one", func(s string) (err error) {
			b.Addr, err = resolve(s)
			return err
		}, "127.0.0.1:9001")
		c.checks = append(c.checks, b.Flags(c.flags))
		c.sharing("pprof", "serve net/http/pprof on `host:port`, of loopback only; port 0 takes a free one", func(s string) (err error) {
			b.pprof, err = loopbackAddr("pprof", s)
			return err
		}, "")
		c.formatted("output: text, json (a line for each event; 'wsbench help formats' lists its fields) or bench (the Go benchmark format)", []string{textFormat, jsonFormat, benchFormat})
		return b
	},
}

// echoServer is one call of wsbench echo.
type echoServer struct {
	echo.Options
	pprof netip.AddrPort // where profiles are served; invalid: nowhere
}

// check implements body.
func (b *echoServer) check(*call) error { return nil }

// run implements body: it serves until ctx ends, and prints as it goes.
func (b *echoServer) run(ctx context.Context, c *call) (*outcome, error) {
	b.Warn = func(line string) { fmt.Fprintln(c.stderr, "wsbench: echo:", line) }
	s, err := echo.Listen(b.Options)
	if err != nil {
		return nil, err
	}
	switches, stopProfiles, err := b.profiles(s.String())
	if err != nil {
		s.Close()
		return nil, err
	}
	defer stopProfiles()
	printer, err := newEchoPrinter(c.format, s, switches, c.stdout, c.stderr)
	if err != nil {
		s.Close()
		return nil, err
	}
	quiet := onSignal(countersSignal, printer.counters)
	printer.listening() // whoever waits for it may signal at once
	err = s.Run(ctx)
	quiet()
	printer.counters()
	return nil, err
}

// onSignal calls f upon each sig until the function it returns is called.
func onSignal(sig os.Signal, f func()) (stop func()) {
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, sig)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range arrived {
			f()
		}
	})
	return func() {
		signal.Stop(arrived)
		close(arrived)
		wg.Wait()
	}
}

// resolve returns the address that host:port stands for.
func resolve(s string) (netip.AddrPort, error) {
	a, err := net.ResolveTCPAddr("tcp", s)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("addr %q: want host:port: %w", s, err)
	}
	ap := a.AddrPort()
	if !ap.Addr().IsValid() {
		ap = netip.AddrPortFrom(netip.IPv4Unspecified(), ap.Port())
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
}
