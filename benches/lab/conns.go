package lab

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// ConnsSession measures what idle connections take of each server: its memory,
// and its CPU time to open them. In each round every server runs once, alone,
// as a fresh process, in an order drawn from the seed.
type ConnsSession struct {
	Variants []Variant
	Conns    int           // connections
	Rounds   int           // processes of each server
	Settle   time.Duration // between the last that happens and a reading of memory
	Seed     uint64        // of the order, and of which connections echo again
	Server   syscalls.CPUs // CPUs asked for; nil: chosen
	Load     syscalls.CPUs
	Dir      string // "": results/<time>
	Progress *Progress
	Command  string // see Session

	place host.Placement
	file  *File
	rng   *rand.Rand
	lost  map[int]bool // variants that failed
	told  map[int]bool // variants whose source is in the file
	tally Tally
}

const (
	// openLimit bounds the opening of all connections of one process.
	openLimit = time.Minute
	// probed is how many of the idle connections are to echo once more.
	probed = 64
)

// CheckDescriptors tells why this process, or a server, may not have so many
// connections. It raises the limit as far as it goes.
func CheckDescriptors(conns int) error {
	limit, err := host.Descriptors()
	if err != nil {
		return err
	}
	if need := uint64(conns) + spareDescriptors; need > limit {
		return fmt.Errorf("%d connections need %d descriptors, the limit is %d: raise it with ulimit -n, or open %d connections",
			conns, need, limit, max(0, int64(limit)-spareDescriptors))
	}
	return nil
}

// Run measures and tells the file that it wrote, also where err is not nil.
// ctx ends the session early; err is its own then. Nothing that Run started is
// left behind.
func (s *ConnsSession) Run(ctx context.Context) (path string, tally Tally, err error) {
	began := time.Now()
	path, w, err := createBench(s.Dir, began)
	if err != nil {
		return "", tally, err
	}
	defer w.Close()
	s.place = host.Place(s.Server, s.Load)
	if s.file, err = NewFile(w, sessionFacts(s.place, s.Seed, began)); err != nil {
		return path, tally, err
	}
	if err = s.file.Command(s.Command); err != nil {
		return path, tally, err
	}
	s.rng = rand.New(rand.NewPCG(s.Seed, 0))
	s.lost, s.told = map[int]bool{}, map[int]bool{}
	err = s.run(ctx)
	s.Progress.Clear()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		text := fmt.Sprintf("after %d of %d processes", s.tally.Done, s.Rounds*len(s.Variants))
		err = errors.Join(ctx.Err(), s.file.Interrupted(text))
	}
	return path, s.tally, err
}

// plan is what a stage has to know of the session: it opens no connections.
func (s *ConnsSession) plan() Plan { return Plan{Variants: s.Variants, Seed: s.Seed} }

func (s *ConnsSession) run(ctx context.Context) error {
	notes := append([]string(nil), s.place.Notes...)
	notes = append(notes, backgroundNote(s.place.Server, s.plan()), quotaNote(host.CPUQuota()), loadNote(host.LoadAverage(), 2))
	for _, n := range notes {
		if n == "" {
			continue
		}
		s.Progress.Say("note: %s", n)
		if err := s.file.Note(n); err != nil {
			return err
		}
	}
	release := host.Confine(s.place.Load)
	defer release()
	for round := 1; round <= s.Rounds; round++ {
		s.Progress.Phase("round %d of %d", round, s.Rounds)
		for _, v := range s.rng.Perm(len(s.Variants)) {
			if err := s.turn(ctx, round, v); err != nil {
				return err
			}
			s.tally.Done++
		}
	}
	return nil
}

// turn is one process of variant v; err is one that ends the session.
func (s *ConnsSession) turn(ctx context.Context, round, v int) error {
	if s.lost[v] {
		return nil
	}
	variant := s.Variants[v]
	s.Progress.Step("round %d of %d: %d connections to %s", round, s.Rounds, s.Conns, variant.Label())
	values, err := s.process(ctx, v)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.lost[v] = true
		s.tally.Failures++
		name := ConnsSample{Variant: variant, Conns: s.Conns}.Name()
		s.Progress.Say("skipped %s: %v", name, err)
		return s.file.Skip(name, err.Error())
	}
	s.tally.Samples++
	return s.file.Conns(ConnsSample{variant, s.Conns, values})
}

// process starts the server of variant v, measures, and ends it.
func (s *ConnsSession) process(ctx context.Context, v int) (map[string]float64, error) {
	stage := NewStage(s.plan(), s.place)
	defer stage.Close()
	if err := stage.Start(ctx, v); err != nil {
		return nil, err
	}
	a := stage.actor(v)
	if !s.told[v] {
		s.told[v] = true
		if err := s.file.Source(s.Variants[v].keys(), a.source()); err != nil {
			return nil, err
		}
	}
	a.proc.resume()
	values, err := s.measure(ctx, a)
	if err != nil {
		return nil, a.blame(err)
	}
	return values, nil
}

// measure does the steps of the package's documentation with a server that
// runs.
func (s *ConnsSession) measure(ctx context.Context, a *actor) (map[string]float64, error) {
	addr, err := netip.ParseAddrPort(a.addr)
	if err != nil {
		return nil, err
	}
	crowd := newCrowd(addr, a.variant.Masked)
	defer crowd.close()
	if err := crowd.open(ctx, 1); err != nil {
		return nil, err
	}
	crowd.close()
	before, err := s.settled(ctx, a.proc.pid())
	if err != nil {
		return nil, err
	}
	cpu, err := openCPU(ctx, crowd, s.Conns, a.proc.pid())
	if err != nil {
		return nil, err
	}
	after, err := s.settled(ctx, a.proc.pid())
	if err != nil {
		return nil, err
	}
	n := float64(s.Conns)
	return map[string]float64{
		"B/conn": float64(after-before) / n, "cpu-ns/open": float64(cpu) / n, "empty-B": float64(before),
	}, crowd.sample(ctx, probed, s.rng)
}

// openCPU opens n connections and returns the CPU time that process pid takes.
func openCPU(ctx context.Context, c *crowd, n, pid int) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, openLimit, fmt.Errorf("%d connections were not open within %v", n, openLimit))
	defer cancel()
	before, err := host.TreeCPU(pid)
	if err != nil {
		return 0, err
	}
	if err := c.open(ctx, n); err != nil {
		return 0, err
	}
	after, err := host.TreeCPU(pid)
	return after - before, err
}

// settled is the resident set of pid and its descendants, octets, once they
// had their time to come to rest.
func (s *ConnsSession) settled(ctx context.Context, pid int) (int64, error) {
	select {
	case <-time.After(s.Settle):
		return host.TreeResident(pid)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
