package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// Stage holds the servers of a plan and the connections to them, and carries
// out turns: it is the real Executor. Close ends everything it started.
type Stage struct {
	Plan      Plan
	ServerCPU syscalls.CPUs // nil: not pinned
	LoadCPU   syscalls.CPUs // nil: not pinned
	Watched   syscalls.CPUs // whose time is accounted for; nil: none's
	Noise     float64       // share of a window that others may use of the CPUs
	// Observe tells how a turn of a variant with an Observer is observed. All
	// variants that differ in nothing else are one process.
	Observe func(Variant, Block) (*Observation, error)

	all    syscalls.CPUs // those this process had when the stage was made
	open   opener
	sp     *spawner
	actors []*actor // of each variant; several share one
}

// actor is one variant's process with its connections, one group a case.
type actor struct {
	variant Variant
	proc    *process
	addr    string
	own     bool // counts for itself: wsbench's server
	groups  []generator
	meters  []*host.Meter
}

// NewStage prepares a stage for plan; no server runs yet.
func NewStage(plan Plan, place host.Placement) *Stage {
	all, _ := syscalls.Affinity()
	return &Stage{
		all:  all,
		Plan: plan, ServerCPU: place.Server, LoadCPU: place.Load, Watched: place.Watched(), Noise: host.DefaultNoise,
		open: openLoad, sp: newSpawner(), actors: make([]*actor, len(plan.Variants)),
	}
}

// Start starts the server of variant v and stops it (SIGSTOP) once it is
// ready.
func (s *Stage) Start(ctx context.Context, v int) error {
	if s.shares(v) != v {
		return nil
	}
	variant := s.Plan.Variants[v]
	argv, addr, err := fillPort(variant.Argv)
	if err != nil {
		return err
	}
	cpus := s.ServerCPU
	if variant.PinsItself && len(cpus) > 0 {
		argv = append(argv[:len(argv):len(argv)], variant.pin(cpus, s.Plan.Background())...)
		cpus = s.all
	}
	p, err := launch(s.sp, argv, cpus)
	if err != nil {
		return err
	}
	a := &actor{
		variant: variant, proc: p, addr: addr,
		groups: make([]generator, len(s.Plan.Cases)),
		meters: make([]*host.Meter, len(s.Plan.Cases)),
	}
	s.actors[v] = a
	if err := a.ready(ctx); err != nil {
		a.addr = "" // nobody connects to it
		return err
	}
	p.pause()
	return nil
}

func (a *actor) ready(ctx context.Context) (err error) {
	if a.addr != "" {
		return accepting(ctx, a.proc, a.addr)
	}
	a.own = true
	a.addr, err = announced(ctx, a.proc)
	return err
}

// Connect opens the connections of case c to variant v.
func (s *Stage) Connect(ctx context.Context, v, c int) error {
	a := s.actor(v)
	switch {
	case a == nil || a.addr == "":
		return &ServerFault{"the server did not start"}
	case a.groups[c] != nil:
		return nil
	}
	a.proc.resume()
	defer a.proc.pause()
	m := &host.Meter{PID: a.proc.pid(), CPUs: s.Watched, Noise: s.Noise}
	g, err := s.open(ctx, "ws://"+a.addr+"/", a.variant, s.Plan.Cases[c], s.LoadCPU, s.Plan.Seed, m.Edge)
	if err != nil {
		return a.blame(err)
	}
	a.groups[c], a.meters[c] = g, m
	return nil
}

// Turn implements Executor.
func (s *Stage) Turn(ctx context.Context, v int, b Block) (Outcome, error) {
	a := s.actor(v)
	a.proc.resume()
	defer a.proc.pause()
	if s.Plan.Variants[v].Observer != "" {
		return s.observed(ctx, v, b)
	}
	return s.turn(ctx, v, b.CaseIndex)
}

// shares is the first variant that is the same process as v.
func (s *Stage) shares(v int) int {
	key := s.Plan.Variants[v].key()
	key.observer = ""
	return slices.IndexFunc(s.Plan.Variants, func(w Variant) bool {
		k := w.key()
		k.observer = ""
		return k == key
	})
}

// servers is how many processes the plan needs.
func (s *Stage) servers() (n int) {
	for v := range s.Plan.Variants {
		if s.shares(v) == v {
			n++
		}
	}
	return n
}

func (s *Stage) actor(v int) *actor { return s.actors[s.shares(v)] }

// turn is Turn of a server that runs.
func (s *Stage) turn(ctx context.Context, v, c int) (Outcome, error) {
	a := s.actor(v)
	var before, after counters
	if a.own {
		before = a.proc.count(ctx)
	}
	seen, err := a.groups[c].run(ctx, s.Plan.Warmup, s.Plan.Window)
	if err != nil {
		return Outcome{}, a.blame(err)
	}
	if before != nil {
		after = a.proc.count(ctx)
	}
	used, err := a.meters[c].Used()
	switch {
	case err != nil:
		return Outcome{}, a.blame(err)
	case seen.messages == 0 || seen.elapsed <= 0:
		return Outcome{Echoes: seen.echoes, Doubt: "not one message came back within the window"}, nil
	}
	out := Outcome{Messages: seen.messages, Echoes: seen.echoes, Values: seen.rates(s.Plan.Cases[c], used), Latency: seen.latency, Notes: s.sighted(a.meters[c])}
	if after != nil {
		maps.Copy(out.Values, after.values(before))
	}
	out.Doubt = firstOf(append(seen.doubts, a.meters[c].Interference(), seen.bottleneck(used.CPU)))
	return out, nil
}

// sighted gives the watch for interference up, and says so, once m could not
// keep it.
func (s *Stage) sighted(m *host.Meter) (notes []string) {
	err := m.Blind()
	if err == nil || s.Watched == nil {
		return nil
	}
	s.Watched = nil
	for _, a := range s.actors {
		if a == nil {
			continue
		}
		for _, m := range a.meters {
			if m != nil {
				m.CPUs = nil
			}
		}
	}
	return []string{fmt.Sprintf("from here on nobody watches whether something else uses the CPUs: %v", err)}
}

// graceToDie is how long a broken connection waits for the news that the
// server is what broke.
const graceToDie = time.Second

// blame is err, or the end of the server if that is behind it.
func (a *actor) blame(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	select {
	case <-a.proc.ended:
		return a.proc.fault()
	case <-time.After(graceToDie):
		return err
	}
}

// Close closes all connections, then ends all servers, each at the same time
// as the others: a server whose connections are closed ends at once. The stage
// is of no use then.
func (s *Stage) Close() {
	var closing, ending sync.WaitGroup
	for _, a := range s.actors {
		if a == nil {
			continue
		}
		a.proc.resume()
		for _, g := range a.groups {
			if g != nil {
				closing.Go(g.close)
			}
		}
	}
	closing.Wait()
	for _, a := range s.actors {
		if a != nil {
			ending.Go(a.proc.stop)
		}
	}
	ending.Wait()
	s.sp.close()
}
