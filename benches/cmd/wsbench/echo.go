package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/engine"
	"wsbench/mask"
	"wsbench/parse/opening"
	"wsbench/scratch"
	"wsbench/syscalls"
)

func runEcho(args []string, stdout, stderr io.Writer) error {
	opt, err := echoOptions(args, stdout)
	if err != nil {
		return err
	}
	opt.Warn = func(line string) { fmt.Fprintln(stderr, "wsbench: echo:", line) }
	s, err := echo.Listen(opt.Options)
	if err != nil {
		return err
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
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range arrived {
			f()
		}
	}()
	return func() {
		signal.Stop(arrived)
		close(arrived)
		<-ended
	}
}

// echoFlags are the flags of the reference server.
type echoFlags struct {
	echo.Options
	out   outputFlags
	pprof netip.AddrPort // where profiles are served; invalid: nowhere
}

func echoOptions(args []string, stdout io.Writer) (opt echoFlags, err error) {
	opt.BufferSize = scratch.DefaultSize
	fs := newFlags("echo", "[flags]", stdout)
	addr := fs.String("addr", "127.0.0.1:9001", "`host:port` to listen on; port 0 takes a free one")
	io := fs.String("io", "epoll", "input and output: epoll, uring (io_uring), net (a goroutine per connection) or raw (the floor: no protocol work)")
	kernel := fs.String("mask", "auto", "unmask `kernel`: auto, avx512, avx2, sse2, neon, word or octet")
	buffers := fs.String("buffers", "shared", "receive buffers: shared, conn or pool; with -io net: conn (its default) or pool; with -io uring: ring")
	read := fs.String("read", "once", "reads per readable event: once, or drain (until EAGAIN)")
	write := fs.String("write", "slot", "answers: slot (header in the masking-key's place), writev or copy")
	flush := fs.String("flush", "batch", "sends: batch (one per read) or frame (one per frame)")
	message := fs.String("message", "whole", "fragmented and long messages: echoed whole, or in parts as they arrive")
	fs.Int64Var(&opt.MaxMessage, "max-message", engine.DefaultMaxMessage, fmt.Sprintf("`bytes` per message, 1 to %d; more closes the connection with 1009", int64(echo.MaxMaxMessage)))
	fs.IntVar(&opt.MaxFragments, "max-fragments", engine.DefaultMaxFragments, "`frames` per message; more closes with 1008")
	fs.IntVar(&opt.MaxControl, "max-control", engine.DefaultMaxControl, "control `frames` per second; more closes with 1008")
	fs.DurationVar(&opt.Idle, "idle", 2*time.Minute, fmt.Sprintf("`time` after which a connection that sends nothing and takes nothing is dropped, %v at least; it is pinged after half of it; 0: never", echo.MinIdle))
	pin := fs.String("pin", "", "CPU `list`, such as 0 or 0,2-3: worker i runs on the i-th CPU of it")
	fs.IntVar(&opt.RingBuffers, "ring-buffers", echo.DefaultRingBuffers, fmt.Sprintf("most provided buffers of a loop with -io uring, a power of two, 1 to %d", echo.MaxRingBuffers))
	fs.IntVar(&opt.BufferSize, "buffer-size", opt.BufferSize, fmt.Sprintf("`bytes` of a receive buffer, %d to %d", echo.MinBufferSize, echo.MaxBufferSize))
	fs.IntVar(&opt.Workers, "workers", 1, fmt.Sprintf("event loops, sharing the port, 1 to %d", echo.MaxWorkers))
	fs.StringVar(&opt.Background, "background", "apart", "CPUs of the Go runtime's own threads when -pin is given: apart (the host's others) or same")
	origin := fs.String("origin", "", "origins whose pages may connect, a `list` such as https://example.com,same (same: the host that is asked for); empty: any")
	subprotocol := fs.String("subprotocol", "", "subprotocols to agree on, a `list`, the one preferred first; empty: none")
	fs.IntVar(&opt.Opening.MaxRequest, "max-request", opening.MaxRequest, fmt.Sprintf("most `bytes` of an opening request, %d to %d and at most -buffer-size, which also bounds the default; longer ones get 431", engine.LeastMaxRequest, engine.MostMaxRequest))
	fs.DurationVar(&opt.Handshake, "handshake-timeout", echo.DefaultHandshake, "`time` an opening handshake may take, and a connection stay idle after a plain request, more than 0")
	pprof := fs.String("pprof", "", "serve net/http/pprof on `host:port`, of loopback only; port 0 takes a free one")
	opt.out.registerFormat(fs)
	if err := parseFlags(fs, args, 0); err != nil {
		return opt, err
	}
	opt.IO = echo.IO(*io)
	if err := meaningless(fs, opt.IO); err != nil {
		return opt, usageError{"echo: " + err.Error()}
	}
	if !given(fs, "max-request") {
		opt.Opening.MaxRequest = min(opt.Opening.MaxRequest, max(opt.BufferSize, echo.MinBufferSize))
	}
	if opt.IO == echo.Raw && !given(fs, "idle") {
		opt.Idle = 0 // the floor has no ping to tell a silent peer from a lost one
	}
	if !given(fs, "buffers") {
		*buffers = defaultBuffers(opt.IO, *buffers)
	}
	for _, set := range []func() error{
		func() (err error) { opt.Addr, err = resolve(*addr); return },
		func() (err error) { opt.Mask, err = mask.ParseKernel(*kernel); return },
		func() (err error) { opt.Buffers, err = scratch.ParseKind(*buffers); return },
		func() (err error) { opt.Drain, err = echo.ParseRead(*read); return },
		func() (err error) { opt.Write, err = engine.ParseWriteMode(*write); return },
		func() (err error) { opt.FlushFrame, err = echo.ParseFlush(*flush); return },
		func() (err error) { opt.Parts, err = echo.ParseParts(*message); return },
		func() (err error) { opt.Pin, err = parsePin(*pin); return },
		func() (err error) { opt.Opening.Origins, err = engine.ParseOrigins(*origin); return },
		func() error { opt.Opening.Protocols = echo.ParseProtocols(*subprotocol); return nil },
		func() (err error) { opt.pprof, err = loopbackAddr("pprof", *pprof); return },
		func() error { return unset(opt.Options) },
		opt.out.check,
		func() error { return opt.Validate() },
	} {
		if err := set(); err != nil {
			return opt, usageError{"echo: " + err.Error()}
		}
	}
	return opt, nil
}

// defaultBuffers is the kind of receive buffers where none is asked for.
func defaultBuffers(io echo.IO, other string) string {
	switch io {
	case echo.Net:
		return scratch.PerConn.String()
	case echo.Uring:
		return scratch.Ring.String()
	}
	return other
}

// meaningless refuses flags that have no effect with this IO.
func meaningless(fs *flag.FlagSet, io echo.IO) error {
	switch {
	case io == echo.Raw && given(fs, "mask"):
		return errors.New("-mask has no effect with -io raw: the floor sends payloads back masked")
	case io == echo.Raw && (given(fs, "message") || given(fs, "max-message") || given(fs, "max-fragments") || given(fs, "max-control")):
		return errors.New("-message and -max-… have no effect with -io raw: the floor neither assembles nor limits")
	case io != echo.Uring && given(fs, "ring-buffers"):
		return fmt.Errorf("-ring-buffers has no effect with -io %s: only -io uring provides buffers to the kernel", io)
	case io == echo.Net && given(fs, "background"):
		return errors.New("-background has no effect with -io net: its goroutines have no thread of their own")
	case given(fs, "background") && !given(fs, "pin"):
		return errors.New("-background has no effect without -pin: say which CPUs are the loops'")
	}
	return nil
}

// unset refuses zeros that echo.Options would take for defaults.
func unset(opt echo.Options) error {
	switch {
	case opt.Opening.MaxRequest == 0:
		return fmt.Errorf("max-request 0: want %d bytes at least", engine.LeastMaxRequest)
	case opt.RingBuffers == 0:
		return errors.New("ring-buffers 0: want a power of two, 1 at least")
	case opt.Handshake == 0:
		return errors.New("handshake-timeout 0s: want more than 0")
	}
	return nil
}

// given tells whether the command line has the flag.
func given(fs *flag.FlagSet, name string) (found bool) {
	fs.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// parsePin reads a CPU list; the empty one pins nothing.
func parsePin(s string) (syscalls.CPUs, error) {
	if s == "" {
		return nil, nil
	}
	return syscalls.ParseCPUs(s)
}

// resolve is the address that host:port stands for.
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
