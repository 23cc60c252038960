// Command chat is a chat broker on package reactor. Rooms are request paths,
// and members have the names that they ask for:
//
//	ws://127.0.0.1:9002/lobby?name=ann
//
// What a member sends, as text, everyone in the room gets behind the name. Who
// does not read as fast as the room talks is closed with code 1013.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/syscalls"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUsage):
		os.Exit(2) // the flag set has said what is wrong
	}
	fmt.Fprintln(os.Stderr, "chat:", err)
	os.Exit(1)
}

var errUsage = errors.New("wrong usage")

// options is what the flags say.
type options struct {
	addr  netip.AddrPort
	queue int
	grace time.Duration
}

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("chat", flag.ContinueOnError)
	fs.SetOutput(stderr)
	o.addr = netip.MustParseAddrPort("127.0.0.1:9002")
	fs.TextVar(&o.addr, "addr", o.addr, "listen on `address:port`; port 0 is any")
	fs.IntVar(&o.queue, "queue", 1<<20, "close a member that leaves so many `bytes` unread")
	fs.DurationVar(&o.grace, "grace", 2*time.Second, "time for members to take leave when the broker ends")
	switch err = fs.Parse(args); {
	case err == flag.ErrHelp:
		return o, err
	case err != nil:
		return o, errUsage
	case fs.NArg() > 0 || o.queue <= 0 || o.grace <= 0:
		fmt.Fprintln(stderr, "chat: flags only, and -queue and -grace are positive")
		return o, errUsage
	}
	return o, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	loop, err := reactor.New(reactor.Config{
		Handler:  &broker{rooms: map[string]room{}},
		Engine:   engine.Config{Limits: engine.Limits{MaxMessage: 64 << 10}},
		MaxQueue: o.queue,
		Linger:   5 * time.Second, // for slow members to read up to their close frame
		Idle:     time.Minute,
	})
	if err != nil {
		return err
	}
	defer loop.Close()
	fd, bound, err := syscalls.Listen(o.addr, syscalls.ListenOptions{})
	if err != nil {
		return err
	}
	if err := loop.Listen(fd); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, func() { loop.Shutdown(o.grace) })()
	fmt.Fprintf(stdout, "chat: ws://%v/room?name=you\n", bound)
	return loop.Run()
}
