package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wsbench/benches/lab"
)

// maxSettle bounds -settle, so that a session ends.
const maxSettle = 10 * time.Minute

func runConns(args []string, stdout, stderr io.Writer) error {
	session, out, err := connsSession(args, stdout)
	if err != nil {
		return err
	}
	session.Command = remake("conns", args, session.Seed)
	session.Progress = lab.NewProgress(stderr)
	session.Progress.Say("order drawn from -seed %d", session.Seed)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	path, tally, err := session.Run(ctx)
	if shown := out.show(stdout, stderr, path, connsView); err == nil {
		err = shown
	}
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return fmt.Errorf("conns: interrupted after %d processes; what was measured is in %s", tally.Done, path)
	case err != nil:
		return fmt.Errorf("conns: %w", err)
	case tally.Failures > 0:
		return fmt.Errorf("conns: %d of the servers failed; their SKIP lines in %s tell why", tally.Failures, path)
	}
	return nil
}

// connsSession is the session that the command line asks for.
func connsSession(args []string, stdout io.Writer) (*lab.ConnsSession, *outputFlags, error) {
	s, out := &lab.ConnsSession{}, &outputFlags{}
	var servers serverFlags
	var seed, serverCPU, loadCPU string
	fs := newFlags("conns", "[flags]", stdout)
	servers.register(fs, "epoll,uring,net")
	out.register(fs)
	fs.IntVar(&s.Conns, "n", 9000, "connections")
	fs.IntVar(&s.Rounds, "rounds", 5, "processes of each server, one after another in turn")
	fs.DurationVar(&s.Settle, "settle", time.Second, "`time` a server has to come to rest before its memory is read")
	fs.StringVar(&seed, "seed", "", "`number` that the order of servers is drawn from (default random)")
	fs.StringVar(&s.Dir, "o", "", "`folder` of the results without a bench.txt (default results/<UTC time>)")
	fs.StringVar(&serverCPU, "server-cpu", "", "`CPUs` of the server, such as 0 or 0-1 (default the first)")
	fs.StringVar(&loadCPU, "load-cpu", "", "`CPUs` of the connections' other end (default the next that is no thread of the same core)")
	if err := parseFlags(fs, args, 0); err != nil {
		return nil, nil, err
	}
	for _, set := range []func() error{
		out.check,
		func() error { return checkConns(s) },
		func() (err error) { s.Seed, err = parseSeed(seed); return },
		func() (err error) { s.Server, err = cpuFlag("-server-cpu", serverCPU); return },
		func() (err error) { s.Load, err = cpuFlag("-load-cpu", loadCPU); return },
		func() (err error) { s.Variants, err = servers.variants(); return },
	} {
		if err := set(); err != nil {
			return nil, nil, usageError{"conns: " + err.Error()}
		}
	}
	return s, out, nil
}

func checkConns(s *lab.ConnsSession) error {
	switch {
	case s.Conns < 1:
		return fmt.Errorf("-n %d: 1 or more are needed", s.Conns)
	case s.Rounds < 1:
		return fmt.Errorf("-rounds %d: 1 or more are needed", s.Rounds)
	case s.Settle < 0 || s.Settle > maxSettle:
		return fmt.Errorf("-settle %v: 0 to %v is wanted", s.Settle, maxSettle)
	}
	if err := lab.CheckDescriptors(s.Conns); err != nil {
		return fmt.Errorf("-n: %w", err)
	}
	if s.Dir == "" {
		return nil
	}
	if err := lab.CheckFolder(s.Dir); err != nil {
		return fmt.Errorf("-o %s: %w", s.Dir, err)
	}
	return nil
}
