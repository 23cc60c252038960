package lab

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
)

// Observation is how one run is observed.
type Observation struct {
	Argv       []string // the observer; PIDMark stands for the server's process
	EndsItself bool     // it is waited for, not sent SIGINT
	// Taken gets what the run came to, once the observer has ended: what it
	// wrote is complete.
	Taken func(Outcome) error
}

// PIDMark in an observer's command is where the server's process goes.
const PIDMark = "{pid}"

// ObserverFault is an observer that did not observe. The server can take
// further runs.
type ObserverFault struct{ Reason string }

func (e *ObserverFault) Error() string { return e.Reason }

const (
	observerReady = "ready:"         // begins an observer's line once it observes
	attachLimit   = 20 * time.Second // from an observer's start to that line
	flushLimit    = 90 * time.Second // from SIGINT to an observer's end
)

// observed runs a server while a program observes it. The program writes a line
// that begins with "ready:" once it observes, and has ended when observed
// returns. Its own CPU time is no interference, but the run's unit
// observer-ns/msg. An error of its own is an *ObserverFault.
func (s *Stage) observed(ctx context.Context, i int, b Block) (out Outcome, err error) {
	o, err := s.Observe(s.Plan.Servers[i], b)
	if err != nil {
		return out, &ObserverFault{err.Error()}
	}
	p := s.process(i)
	watcher, err := p.attach(ctx, o.Argv)
	if err != nil {
		return out, err
	}
	defer watcher.stop()
	p.observer = s.Plan.Servers[i].observer()
	defer func() { p.observer = "" }()
	for _, m := range p.meters {
		m.Observer = watcher.pid()
		defer func() { m.Observer = 0 }()
	}
	if out, err = s.run(ctx, p, b.CaseIndex); err != nil {
		return out, err
	}
	if how, ended := watcher.exited(); ended && (!o.EndsItself || watcher.err != nil) {
		return out, observerFault(how)
	}
	if err := watcher.finish(ctx, o); err != nil {
		return out, err
	}
	return out, o.Taken(out)
}

// attach starts an observer of p and waits until it observes.
func (p *Process) attach(ctx context.Context, argv []string) (*child, error) {
	pid, err := p.serving()
	if err != nil {
		return nil, err
	}
	filled := slices.Clone(argv)
	for i := range filled {
		filled[i] = strings.ReplaceAll(filled[i], PIDMark, strconv.Itoa(pid))
	}
	watcher, err := launch(p.stage.sp, filled, nil)
	if err != nil {
		return nil, &ObserverFault{err.Error()}
	}
	_, err = watcher.next(ctx, attachLimit, func(line string) bool { return strings.HasPrefix(line, observerReady) })
	if err == nil {
		return watcher, nil
	}
	how, ended := watcher.exited()
	watcher.stop()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case ended: // for want of a server, it may be
		return nil, p.blame(observerFault(how))
	}
	return nil, &ObserverFault{fmt.Sprintf("%s did not observe within %v", argv[0], attachLimit)}
}

// observerFault returns the fault of an observer that should not have ended.
func observerFault(how string) *ObserverFault {
	if _, text, ok := strings.Cut(how, ": "); ok {
		how = text // its standard error tells more than its status
	}
	return &ObserverFault{how}
}

// finish lets an observer write down what it observed.
func (p *child) finish(ctx context.Context, o *Observation) error {
	if _, ended := p.exited(); !ended && !o.EndsItself {
		kill(p.pid(), syscall.SIGINT) // not its group: it ends its own children
	}
	limit := time.NewTimer(flushLimit)
	defer limit.Stop()
	select {
	case <-p.ended:
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
		return &ObserverFault{fmt.Sprintf("%s did not end within %v", o.Argv[0], flushLimit)}
	}
	if p.err != nil {
		return observerFault(p.fault())
	}
	return nil
}

// serving returns the process that serves: the child of a shell that stays its
// parent, not the shell.
func (p *Process) serving() (int, error) {
	pid := p.pid()
	owners, err := p.listeners()
	switch {
	case err != nil:
		return 0, err
	case len(owners) == 0:
		return pid, nil
	case len(owners) > 1: // which of them serve is not known
		return 0, &ObserverFault{fmt.Sprintf("the server is %d processes (%v), and an observer sees one: have it run as one", len(owners), owners)}
	case slices.Contains(owners, pid):
		return pid, nil
	}
	return owners[0], nil
}

// listeners returns the processes that have the server's listening socket.
func (p *Process) listeners() ([]int, error) {
	if p.own {
		return []int{p.pid()}, nil
	}
	addr, err := netip.ParseAddrPort(p.addr)
	if err != nil {
		return nil, err
	}
	return host.ListenerOwners(addr)
}

// source returns that of the program that serves: not that of a shell which
// started it. Several processes are taken to run one program.
func (p *Process) source() results.Source {
	pids, err := p.listeners()
	switch {
	case err != nil:
		return results.Source{Reason: err.Error()}
	case len(pids) == 0:
		return results.Source{Reason: "no process listens on " + p.addr}
	}
	return results.ProcessSource(pids[0])
}
