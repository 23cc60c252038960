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

	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// maxSettle bounds -settle, so that a session ends.
const maxSettle = 10 * time.Minute

func runConns(args []string, stdout, stderr io.Writer) error {
	session, out, err := connsSession(args, stdout)
	if err != nil {
		return err
	}
	session.Command = remake("conns", args, session.Plan.Seed)
	session.Progress = newProgress(stderr)
	session.Progress.Say("order drawn from -seed %d", session.Plan.Seed)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	path, tally, err := session.Run(ctx)
	if shown := out.show(stdout, stderr, path, connsView); err == nil {
		err = shown
	}
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return fmt.Errorf("conns: interrupted after %d runs; what was measured is in %s", tally.Done, path)
	case err != nil:
		return fmt.Errorf("conns: %w", err)
	case tally.Failures > 0:
		return fmt.Errorf("conns: %d of the servers failed; their SKIP lines in %s tell why", tally.Failures, path)
	}
	return nil
}

// connsSession is the session that the command line asks for.
func connsSession(args []string, stdout io.Writer) (*lab.Session, *outputFlags, error) {
	s, out := &lab.Session{Noise: host.DefaultNoise}, &outputFlags{}
	var conns int
	var settle time.Duration
	var servers serverFlags
	var seed, serverCPU, loadCPU string
	fs := newFlags("conns", "[flags]", stdout)
	servers.register(fs, "epoll,uring,net")
	out.register(fs)
	fs.IntVar(&conns, "conns", 9000, "connections")
	fs.IntVar(&s.Plan.Rounds, "rounds", 5, "processes of each server, one after another in turn")
	fs.DurationVar(&settle, "settle", time.Second, "`time` a server has to come to rest before its memory is read")
	fs.StringVar(&seed, "seed", "", "`number` that the order of servers is drawn from (default random)")
	fs.StringVar(&s.Dir, "o", "", "`folder` of the results without a bench.txt (default results/<UTC time>)")
	fs.StringVar(&serverCPU, "server-cpu", "", "`CPUs` of the server, such as 0 or 0-1 (default the first)")
	fs.StringVar(&loadCPU, "load-cpu", "", "`CPUs` of the connections' other end (default the next that is no thread of the same core)")
	if err := parseFlags(fs, args, 0); err != nil {
		return nil, nil, err
	}
	for _, set := range []func() error{
		out.check,
		func() error { return checkConns(s, conns, settle) },
		func() (err error) { s.Plan.Seed, err = parseSeed(seed); return },
		func() (err error) { s.Server, err = cpuFlag("-server-cpu", serverCPU); return },
		func() (err error) { s.Load, err = cpuFlag("-load-cpu", loadCPU); return },
		func() (err error) { s.Plan.Servers, err = servers.variants(); return },
	} {
		if err := set(); err != nil {
			return nil, nil, usageError{"conns: " + err.Error()}
		}
	}
	s.Plan.Probe, s.Plan.Cases = lab.Idle{Settle: settle}, []lab.Case{{Conns: conns}}
	return s, out, nil
}

func checkConns(s *lab.Session, conns int, settle time.Duration) error {
	switch {
	case conns < 1:
		return fmt.Errorf("-conns %d: 1 or more are needed", conns)
	case s.Plan.Rounds < 1:
		return fmt.Errorf("-rounds %d: 1 or more are needed", s.Plan.Rounds)
	case settle < 0 || settle > maxSettle:
		return fmt.Errorf("-settle %v: 0 to %v is wanted", settle, maxSettle)
	}
	if err := lab.CheckDescriptors(conns); err != nil {
		return fmt.Errorf("-conns: %w", err)
	}
	if s.Dir == "" {
		return nil
	}
	if err := results.CheckFolder(s.Dir); err != nil {
		return fmt.Errorf("-o %s: %w", s.Dir, err)
	}
	return nil
}
