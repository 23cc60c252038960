package lab

import (
	"context"
	"errors"
	"maps"
	"time"

	"wsbench/syscalls"
)

// Stage holds the servers of a plan and the connections to them, and carries
// out turns: it is the real Executor. Close ends everything it started.
type Stage struct {
	Plan      Plan
	ServerCPU syscalls.CPUs // nil: not pinned
	LoadCPU   syscalls.CPUs // nil: not pinned
	IRQTime   bool          // see IRQTime
	Noise     float64       // share of a window that others may use of the CPUs

	all    syscalls.CPUs // those this process had when the stage was made
	open   opener
	sp     *spawner
	actors []*actor
}

// actor is one variant's process with its connections, one group a case.
type actor struct {
	variant Variant
	proc    *process
	addr    string
	own     bool // counts for itself: wsbench's server
	groups  []generator
	meters  []*meter
}

// NewStage prepares a stage for plan; no server runs yet.
func NewStage(plan Plan, place Placement) *Stage {
	all, _ := syscalls.Affinity()
	return &Stage{
		all:  all,
		Plan: plan, ServerCPU: place.Server, LoadCPU: place.Load, IRQTime: IRQTime(), Noise: DefaultNoise,
		open: openLoad, sp: newSpawner(), actors: make([]*actor, len(plan.Variants)),
	}
}

// Start starts the server of variant v and stops it (SIGSTOP) once it is
// ready.
func (s *Stage) Start(ctx context.Context, v int) error {
	variant := s.Plan.Variants[v]
	argv, addr, err := fillPort(variant.Argv)
	if err != nil {
		return err
	}
	cpus := s.ServerCPU
	if variant.PinFlag != "" && len(cpus) > 0 {
		argv = append(argv[:len(argv):len(argv)], variant.PinFlag, cpus.String())
		cpus = s.all
	}
	p, err := launch(s.sp, argv, cpus)
	if err != nil {
		return err
	}
	a := &actor{
		variant: variant, proc: p, addr: addr,
		groups: make([]generator, len(s.Plan.Cases)),
		meters: make([]*meter, len(s.Plan.Cases)),
	}
	s.actors[v] = a
	if err := a.ready(ctx); err != nil {
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
	a := s.actors[v]
	a.proc.resume()
	defer a.proc.pause()
	m := &meter{pid: a.proc.pid(), cpus: s.watched(), irqTime: s.IRQTime, share: s.Noise}
	g, err := s.open(ctx, "ws://"+a.addr+"/", a.variant, s.Plan.Cases[c], s.LoadCPU, s.Plan.Seed, m.edge)
	if err != nil {
		return a.blame(err)
	}
	a.groups[c], a.meters[c] = g, m
	return nil
}

// watched are the CPUs whose time is accounted for; none if the server or the
// generator may run on any.
func (s *Stage) watched() syscalls.CPUs {
	if len(s.ServerCPU) == 0 || len(s.LoadCPU) == 0 {
		return nil
	}
	seen := map[int]bool{}
	var list syscalls.CPUs
	for _, c := range append(append(syscalls.CPUs(nil), s.ServerCPU...), s.LoadCPU...) {
		if !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	return list
}

// Turn implements Executor.
func (s *Stage) Turn(ctx context.Context, v, c int) (Outcome, error) {
	a := s.actors[v]
	a.proc.resume()
	defer a.proc.pause()
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
	used, err := a.meters[c].used()
	switch {
	case err != nil:
		return Outcome{}, a.blame(err)
	case seen.messages == 0 || seen.elapsed <= 0:
		return Outcome{Doubt: "not one message came back within the window"}, nil
	}
	out := Outcome{Messages: seen.messages, Values: seen.rates(s.Plan.Cases[c], used)}
	if after != nil {
		maps.Copy(out.Values, after.values(before))
	}
	out.Doubt = firstOf(append(seen.doubts, a.meters[c].doubt(), seen.bottleneck(used.CPU)))
	return out, nil
}

// graceToDie is how long a broken connection waits for the news that the
// server is what broke.
const graceToDie = 200 * time.Millisecond

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

// rates are the values of a window that are divided by its messages or its
// length.
func (s shot) rates(c Case, used syscalls.Usage) map[string]float64 {
	n := float64(s.messages)
	v := map[string]float64{
		"ns/op":           float64(s.elapsed) / n,
		"B/s":             n * float64(c.Size) / s.elapsed.Seconds(),
		"msg/s":           n / s.elapsed.Seconds(),
		"cpu-ns/msg":      float64(used.CPU) / n,
		"user-ns/msg":     float64(used.User) / n,
		"sys-ns/msg":      float64(used.System) / n,
		"ctxsw/msg":       float64(used.Voluntary+used.Involuntary) / n,
		"gen-cpu-ns/msg":  float64(s.user+s.system) / n,
		"gen-user-ns/msg": float64(s.user) / n,
		"rss-B":           float64(used.RSS),
	}
	maps.Copy(v, s.values)
	return v
}

func firstOf(list []string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// Close closes all connections and ends all servers. The stage is of no use
// then.
func (s *Stage) Close() {
	for _, a := range s.actors {
		if a == nil {
			continue
		}
		a.proc.stop()
		for _, g := range a.groups {
			if g != nil {
				g.close()
			}
		}
	}
	s.sp.close()
}
