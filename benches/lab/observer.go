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
)

// Observation is how one turn is observed.
type Observation struct {
	Argv       []string // the observer; PIDMark stands for the server's process
	EndsItself bool     // it is waited for, not sent SIGINT
	// Noise is the share of the window that may be nobody's CPU time, where the
	// observer makes such time: the kernel counts a traced thread's stops as
	// nobody's. 0: that of other turns.
	Noise float64
	// Taken gets what the turn came to, once the observer has ended: what it
	// wrote is complete.
	Taken func(Outcome) error
}

// PIDMark in an observer's command is where the server's process goes.
const PIDMark = "{pid}"

// ObserverFault is an observer that did not observe. The server can take
// further turns.
type ObserverFault struct{ Reason string }

func (e *ObserverFault) Error() string { return e.Reason }

const (
	observerReady = "ready:"         // begins the line by which an observer says that it observes
	attachLimit   = 20 * time.Second // from an observer's start to that line
	flushLimit    = 90 * time.Second // from SIGINT to an observer's end
)

// observed is a turn of a server that runs while a program observes it. The
// program says a line that begins with "ready:" once it observes, and has ended
// when observed returns. Its own CPU time is no interference, but the turn's
// unit observer-ns/msg. An error of its own is an *ObserverFault.
func (s *Stage) observed(ctx context.Context, v int, b Block) (out Outcome, err error) {
	o, err := s.Observe(s.Plan.Variants[v], b)
	if err != nil {
		return out, &ObserverFault{err.Error()}
	}
	a := s.actor(v)
	p, err := s.attach(ctx, a, o.Argv)
	if err != nil {
		return out, err
	}
	defer p.stop()
	m := a.meters[b.CaseIndex]
	noise := m.Noise
	m.Observer, m.Noise = p.pid(), max(noise, o.Noise)
	defer func() { m.Observer, m.Noise = 0, noise }()
	if out, err = s.turn(ctx, v, b.CaseIndex); err != nil {
		return out, err
	}
	if fault, ended := p.exited(); ended && (!o.EndsItself || p.err != nil) {
		return out, observerFault(fault)
	}
	if own := m.Observed(); out.Messages > 0 && own >= 0 { // less than none where a child of its has ended
		out.Values["observer-ns/msg"] = float64(own) / float64(out.Messages)
	}
	if err := p.finish(ctx, o); err != nil {
		return out, err
	}
	return out, o.Taken(out)
}

// attach starts an observer of a and waits until it observes.
func (s *Stage) attach(ctx context.Context, a *actor, argv []string) (*process, error) {
	pid, err := a.serving()
	if err != nil {
		return nil, err
	}
	filled := slices.Clone(argv)
	for i := range filled {
		filled[i] = strings.ReplaceAll(filled[i], PIDMark, strconv.Itoa(pid))
	}
	p, err := launch(s.sp, filled, nil)
	if err != nil {
		return nil, &ObserverFault{err.Error()}
	}
	_, err = p.next(ctx, attachLimit, func(line string) bool { return strings.HasPrefix(line, observerReady) })
	if err == nil {
		return p, nil
	}
	fault, ended := p.exited()
	p.stop()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case ended:
		return nil, observerFault(fault)
	}
	return nil, &ObserverFault{fmt.Sprintf("%s did not observe within %v", argv[0], attachLimit)}
}

// observerFault is the end of an observer that should not have ended.
func observerFault(fault *ServerFault) error {
	reason := strings.TrimPrefix(fault.Reason, "the server ended: ")
	if _, said, ok := strings.Cut(reason, ": "); ok {
		reason = said // what it said tells more than its status
	}
	return &ObserverFault{reason}
}

// finish has an observer write down what it observed.
func (p *process) finish(ctx context.Context, o *Observation) error {
	if _, ended := p.exited(); !ended && !o.EndsItself {
		syscall.Kill(p.pid(), syscall.SIGINT) // not its group: it ends its own children
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

// serving is the process that serves: the child of a shell that stays its
// parent, not the shell.
func (a *actor) serving() (int, error) {
	pid := a.proc.pid()
	owners, err := a.listeners()
	switch {
	case err != nil:
		return 0, err
	case len(owners) == 0:
		return pid, nil
	case len(owners) > 1: // which of them serve cannot be told
		return 0, &ObserverFault{fmt.Sprintf("the server is %d processes (%v), and an observer sees one: have it run as one", len(owners), owners)}
	case slices.Contains(owners, pid):
		return pid, nil
	}
	return owners[0], nil
}

// listeners returns the processes that have the server's listening socket.
func (a *actor) listeners() ([]int, error) {
	if a.own {
		return []int{a.proc.pid()}, nil
	}
	addr, err := netip.ParseAddrPort(a.addr)
	if err != nil {
		return nil, err
	}
	return host.ListenerOwners(addr)
}

// source returns that of the program that serves: not that of a shell which
// started it. Several processes are taken to run one program.
func (a *actor) source() Source {
	pids, err := a.listeners()
	switch {
	case err != nil:
		return Source{Reason: err.Error()}
	case len(pids) == 0:
		return Source{Reason: "no process was found to listen on " + a.addr}
	}
	return processSource(pids[0])
}
