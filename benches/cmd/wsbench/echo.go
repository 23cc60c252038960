package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"wsbench/benches/echo"
)

func runEcho(args []string, stdout, stderr io.Writer) error {
	opt, err := echoOptions(args, stdout)
	if err != nil {
		return err
	}
	opt.Warn = func(line string) { fmt.Fprintln(stderr, "wsbench: echo:", line) }
	s, err := echo.Listen(opt.Options)
	if err != nil {
		return fmt.Errorf("echo: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switches, stopProfiles, err := opt.profiles(s.String())
	if err != nil {
		s.Close()
		return err
	}
	defer stopProfiles()
	printer, err := newEchoPrinter(opt.out.format, s, switches, stdout, stderr)
	if err != nil {
		s.Close()
		return err
	}
	quiet := onSignal(syscall.SIGUSR1, printer.counters)
	printer.listening() // whoever waits for it may signal at once
	err = s.Run(ctx)
	quiet()
	printer.counters()
	return err
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

// echoFlags are the flags of the reference server.
type echoFlags struct {
	echo.Options
	out   outputFlags
	pprof netip.AddrPort // where profiles are served; invalid: nowhere
}

func echoOptions(args []string, stdout io.Writer) (opt echoFlags, err error) {
	fs := newFlags("echo", "[flags]", stdout)
	addr := fs.String("addr", "127.0.0.1:9001", "`host:port` to listen on; port 0 takes a free one")
	switches := opt.Flags(fs)
	pprof := fs.String("pprof", "", "serve net/http/pprof on `host:port`, of loopback only; port 0 takes a free one")
	opt.out.registerFormat(fs)
	if err := parseFlags(fs, args, 0); err != nil {
		return opt, err
	}
	for _, read := range []func() error{
		switches,
		func() (err error) { opt.Addr, err = resolve(*addr); return },
		func() (err error) { opt.pprof, err = loopbackAddr("pprof", *pprof); return },
		opt.out.check,
	} {
		if err := read(); err != nil {
			return opt, usageError{"echo: " + err.Error()}
		}
	}
	return opt, nil
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
