package lab

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Stage holds the servers of a plan and the clients that are open to them, and
// carries out runs: it is the real Executor. Close ends everything it started.
type Stage struct {
	Plan      Plan
	ServerCPU syscalls.CPUs // nil: not pinned
	LoadCPU   syscalls.CPUs // nil: not pinned
	Noise     float64       // share of a run that interference may delay it by
	// Observe tells how a run of an observed server is observed. All servers
	// that differ in nothing else are one process.
	Observe func(s Server, b Block) (*Observation, error)
	// Started is called with every server of the plan that has started.
	Started func(s Server, p *Process) error

	all       syscalls.CPUs // those this process had when the stage was made
	sp        *spawner
	processes []*Process // of each server; several share one
	delays    map[alike]*delays
	behind    map[alike]int         // runs on end that did not keep the rate
	busy      map[results.Case]bool // cases with a note that the generator was busy
	epoch     int                   // of the processes, from 1
}

// Process is a server that runs, with one client per case.
type Process struct {
	Server  Server
	LoadCPU syscalls.CPUs // of the client; nil: not pinned
	Seed    uint64

	*child
	stage    *Stage
	addr     string
	secure   bool       // it speaks TLS there
	switches string     // in force, of wsbench's server
	own      bool       // counts for itself: wsbench's server
	observer string     // that observes the run; "": none
	counts   *countFile // nil: the server keeps none
	clients  []Client
	meters   []*host.Meter
}

// URL returns where the server is, for clients.
func (p *Process) URL() string {
	if p.Server.Running != nil {
		return p.Server.Running.URL.String()
	}
	scheme := "ws"
	if p.secure {
		scheme = "wss"
	}
	return scheme + "://" + p.addr + cmp.Or(p.Server.Path, "/")
}

// Offer returns what clients say to the server. Of one that the stage has started
// they take any certificate: what listens there is what was started.
func (p *Process) Offer() wsclient.Offer {
	o := p.Server.Offer
	o.TLS.Insecure = o.TLS.Insecure || p.Server.Running == nil
	return o
}

// meter returns one that reads what the server uses.
func (p *Process) meter() *host.Meter {
	m := &host.Meter{PID: p.pid()}
	p.meters = append(p.meters, m)
	return m
}

// NewStage prepares a stage for plan; no server runs yet.
func NewStage(plan Plan, place host.Placement) *Stage {
	all, _ := syscalls.Affinity()
	return &Stage{
		all:  all,
		Plan: plan, ServerCPU: place.ServerCPU, LoadCPU: place.LoadCPU, Noise: host.DefaultNoise,
		Started: func(Server, *Process) error { return nil },
		sp:      newSpawner(), processes: make([]*Process, len(plan.Servers)), delays: map[alike]*delays{}, behind: map[alike]int{}, busy: map[results.Case]bool{}, epoch: 1,
	}
}

// Start starts server i and stops it (SIGSTOP) once it is ready.
func (s *Stage) Start(ctx context.Context, i int) error {
	if s.shares(i) != i {
		return nil
	}
	server := s.Plan.Servers[i]
	if server.Running != nil {
		c := &child{foreign: server.Running.PID, ended: make(chan struct{})}
		s.processes[i] = s.newProcess(server, c, server.Running.Addr.String())
		return s.Started(server, s.processes[i])
	}
	argv, addr, err := fillPort(server.argv(s.epoch))
	if err != nil {
		return err
	}
	cpus := s.ServerCPU
	if server.PinsItself && len(cpus) > 0 {
		argv = append(argv[:len(argv):len(argv)], server.pin(cpus, s.Plan.Background())...)
		cpus = s.all
	}
	counts, files := s.counts(server)
	if counts != nil {
		argv = append(argv[:len(argv):len(argv)], counts.flags()...)
	}
	c, err := launch(s.sp, argv, cpus, files...)
	if err != nil {
		counts.close()
		return err
	}
	p := s.newProcess(server, c, addr)
	p.counts = counts
	s.processes[i] = p
	if err := p.await(ctx); err != nil {
		p.addr = "" // nothing connects to it
		return err
	}
	p.pause()
	return s.Started(server, p)
}

// counts returns the file that a server is to count in; nil where it takes none.
func (s *Stage) counts(server Server) (*countFile, []*os.File) {
	if !server.Counts {
		return nil, nil
	}
	c := newCountFile()
	if c == nil {
		return nil, nil
	}
	return c, []*os.File{c.f}
}

func (s *Stage) newProcess(server Server, c *child, addr string) *Process {
	return &Process{Server: server, LoadCPU: s.LoadCPU, Seed: s.Plan.Seed, child: c, stage: s, addr: addr, clients: make([]Client, len(s.Plan.Cases))}
}

// await waits until the server takes connections.
func (p *Process) await(ctx context.Context) (err error) {
	if p.addr != "" {
		p.secure = marked(p.Server.Argv, securePortMark)
		return accepting(ctx, p.child, p.addr, cmp.Or(p.Server.StartTimeout, StartTimeout))
	}
	p.own = true
	if p.addr, p.switches, err = announced(ctx, p.child); err == nil {
		tls := inForce(p.switches, "tls")
		p.secure = tls != "" && tls != "off"
	}
	return err
}

// Connect opens the client of case c to server i.
func (s *Stage) Connect(ctx context.Context, i, c int) error {
	p := s.process(i)
	switch {
	case p == nil || p.addr == "":
		return &ServerFault{"the server did not start"}
	case p.clients[c] != nil:
		return nil
	}
	p.resume()
	defer p.pause()
	client, err := s.Plan.Probe.Open(ctx, p, s.Plan.Cases[c])
	if err != nil {
		return p.blame(err)
	}
	p.clients[c] = client
	return nil
}

// Run implements Executor.
func (s *Stage) Run(ctx context.Context, i int, b Block) (Outcome, error) {
	if s.Plan.Probe.Fresh() {
		defer s.end(i)
		if err := s.Start(ctx, i); err != nil {
			return Outcome{}, err
		}
		if err := s.Connect(ctx, i, b.CaseIndex); err != nil {
			return Outcome{}, err
		}
	}
	p := s.process(i)
	p.resume()
	defer p.pause()
	if s.Plan.Servers[i].observer() != "" {
		return s.observed(ctx, i, b)
	}
	return s.run(ctx, p, b.CaseIndex)
}

// run does what Run does, of a server that runs.
func (s *Stage) run(ctx context.Context, p *Process, c int) (Outcome, error) {
	out, err := p.clients[c].Run(ctx, s.Plan.Warmup, s.Plan.Window)
	if err != nil {
		return Outcome{}, p.blame(err)
	}
	return out, nil
}

// end ends server i alone.
func (s *Stage) end(i int) {
	if p := s.processes[i]; p != nil {
		p.close()
		p.stop()
		s.processes[i] = nil
	}
}

// shares returns the first server that is the same process as server i.
func (s *Stage) shares(i int) int {
	key := s.Plan.Servers[i].Key.Unobserved()
	return slices.IndexFunc(s.Plan.Servers, func(o Server) bool { return o.Key.Unobserved() == key })
}

// servers returns how many processes run at a time.
func (s *Stage) servers() (n int) {
	if s.Plan.Probe.Fresh() {
		return 1
	}
	for i := range s.Plan.Servers {
		if s.shares(i) == i {
			n++
		}
	}
	return n
}

func (s *Stage) process(i int) *Process { return s.processes[s.shares(i)] }

// exitGrace is how long a broken connection waits for the news that the
// server is what broke.
const exitGrace = time.Second

// blame returns err, or the end of the server if that is behind it.
func (p *Process) blame(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrBeyond) {
		return err
	}
	select {
	case <-p.ended:
		return serverEnded(p.fault())
	case <-time.After(exitGrace):
	}
	if how, ended := p.exited(); ended {
		return serverEnded(how)
	}
	return err
}

// stop ends the server.
func (p *Process) stop() {
	p.child.stop()
	p.counts.close()
}

// close closes the clients of a process that runs.
func (p *Process) close() {
	p.resume()
	var closing sync.WaitGroup
	for _, c := range p.clients {
		if c != nil {
			closing.Go(c.Close)
		}
	}
	closing.Wait()
}

// Close ends everything that the stage started. The stage must not be used
// after it.
func (s *Stage) Close() {
	s.endAll()
	s.sp.close()
}

// endAll closes all clients, then ends all servers, each at the same time as the
// others: a server whose connections are closed ends at once.
func (s *Stage) endAll() {
	for _, step := range []func(*Process){(*Process).close, (*Process).stop} {
		var all sync.WaitGroup
		for _, p := range s.processes {
			if p != nil {
				all.Go(func() { step(p) })
			}
		}
		all.Wait()
	}
}
