//go:build linux

// Command handover is a server on net/http whose WebSockets live on a reactor:
// the route /ws checks the upgrade, hijacks the connection and hands its
// descriptor to an event loop on another thread, with the bytes that net/http
// had read ahead. All other routes stay net/http's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUsage):
		os.Exit(2) // the flag set has said what is wrong
	}
	fmt.Fprintln(os.Stderr, "handover:", err)
	os.Exit(1)
}

var errUsage = errors.New("wrong usage")

// options is what the flags say.
type options struct {
	addr    string
	origins engine.Origins
	grace   time.Duration
}

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("handover", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.addr, "addr", "127.0.0.1:9003", "listen on `host:port`; port 0 is any")
	fs.DurationVar(&o.grace, "grace", 2*time.Second, "time for clients to take leave when the server ends")
	origin := fs.String("origin", "same", "`origins` whose pages may connect")
	if err = fs.Parse(args); err == flag.ErrHelp {
		return o, err
	} else if err != nil {
		return o, errUsage
	}
	o.origins, err = engine.ParseOrigins(*origin)
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "handover:", err)
		return o, errUsage
	case fs.NArg() > 0 || o.grace <= 0:
		fmt.Fprintln(stderr, "handover: flags only, and -grace is positive")
		return o, errUsage
	}
	return o, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	h := &handover{opening: engine.Opening{Origins: o.origins}}
	if h.loop, err = reactor.New(reactor.Config{Handler: h, Idle: time.Minute}); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	keep := h.loop.Sender() // the loop does not end for want of connections
	defer keep.Release()
	web := &http.Server{Handler: h.routes(), ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintf(stdout, "handover: http://%v/ and ws://%[1]v/ws\n", ln.Addr())
	ended, served := make(chan error, 1), make(chan error, 1)
	go func() { defer stop(); ended <- h.loop.Run() }()
	go func() { defer stop(); served <- web.Serve(ln) }()
	<-ctx.Done() // a signal, or one of the two has failed
	h.loop.Shutdown(o.grace)
	within, done := context.WithTimeout(context.Background(), o.grace)
	defer done()
	web.Shutdown(within)
	if err = <-served; err == http.ErrServerClosed {
		err = nil
	}
	return errors.Join(err, <-ended)
}
