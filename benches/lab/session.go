package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"wsbench/syscalls"
)

// BenchFile is the name of the results file in a session's folder.
const BenchFile = "bench.txt"

// Session is one run of a plan on this host: its folder, its file, its
// servers.
type Session struct {
	Plan       Plan
	Server     syscalls.CPUs // CPUs asked for; nil: chosen
	Load       syscalls.CPUs
	Noise      float64          // see Stage
	Dir        string           // "": results/<time>
	Components *ComponentBudget // nil: the components' benchmarks are not run
	Progress   *Progress

	place Placement
	file  *File
	stage *Stage
	fails int // variants and pairs that could not begin
}

// Run measures and tells the file that it wrote, also where err is not nil
// and the file holds what was measured before. ctx ends the session early;
// err is its own then. Nothing that Run started is left behind.
func (s *Session) Run(ctx context.Context) (path string, tally Tally, err error) {
	began := time.Now()
	dir, err := CreateFolder(s.Dir, began)
	if err != nil {
		return "", tally, err
	}
	path = filepath.Join(dir, BenchFile)
	w, err := os.Create(path)
	if err != nil {
		return "", tally, err
	}
	defer w.Close()
	s.place = Place(s.Server, s.Load)
	if s.file, err = NewFile(w, s.facts(began)); err != nil {
		return path, tally, err
	}
	tally, err = s.run(ctx)
	s.Progress.Clear()
	return path, tally, err
}

func (s *Session) facts(began time.Time) []Fact {
	facts := HostFacts()
	facts = append(facts, SourceFacts(sourceTree())...)
	return append(facts,
		Fact{"server-cpu", orElse(s.place.Server.String(), "any")},
		Fact{"load-cpu", orElse(s.place.Load.String(), "any")},
		Fact{"seed", fmt.Sprint(s.Plan.Seed)},
		Fact{"date", began.UTC().Format(time.RFC3339)},
	)
}

func sourceTree() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return SourceRoot(dir)
}

func (s *Session) run(ctx context.Context) (Tally, error) {
	for _, n := range s.place.Notes {
		if err := s.note(n); err != nil {
			return Tally{}, err
		}
	}
	if s.Components != nil {
		if err := s.components(ctx); err != nil {
			return Tally{}, err
		}
	}
	s.stage = NewStage(s.Plan, s.place)
	s.stage.Noise = s.Noise
	defer s.stage.Close()
	release := stayOff(s.place.Load)
	defer release()
	r := &Runner{Plan: s.Plan, Exec: s.stage, Journal: s.file, Watch: s.Progress, Now: time.Now}
	if err := s.ready(ctx, r); err != nil {
		return Tally{}, s.early(ctx, err)
	}
	tally, err := r.Run(ctx)
	tally.Failures += s.fails
	return tally, err
}

// early is err of a session that did not come to its first turn.
func (s *Session) early(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return errors.Join(ctx.Err(), s.file.Interrupted("before the first turn"))
}

// ready starts the servers and opens all connections. A server or a case that
// cannot be had is excluded, in the file, and the others go on.
func (s *Session) ready(ctx context.Context, r *Runner) error {
	limit, err := RaiseDescriptors()
	if err != nil {
		return err
	}
	tooMany := TooMany(s.Plan.Cases, len(s.Plan.Variants), limit)
	for c, reason := range tooMany {
		if reason == "" {
			continue
		}
		if err := s.skipCase(r, c, reason); err != nil {
			return err
		}
	}
	s.Progress.Phase("starting %d servers", len(s.Plan.Variants))
	for v, variant := range s.Plan.Variants {
		s.Progress.Step("starting %s", variant.Label())
		if err := s.begin(ctx, r, v, tooMany); err != nil {
			return err
		}
	}
	return nil
}

// skipCase excludes a case for all variants.
func (s *Session) skipCase(r *Runner, c int, reason string) error {
	k := s.Plan.Cases[c]
	for v := range s.Plan.Variants {
		r.Exclude(v, c)
	}
	name := fmt.Sprintf("BenchmarkEcho/conns=%d/size=%d/depth=%d", k.Conns, k.Size, k.Depth)
	return s.skip(name, reason)
}

func (s *Session) begin(ctx context.Context, r *Runner, v int, tooMany []string) error {
	variant := s.Plan.Variants[v]
	if err := s.stage.Start(ctx, v); err != nil {
		return s.lost(ctx, variant.Prefix(), err, func() { s.excludeAll(r, v) })
	}
	for c, k := range s.Plan.Cases {
		if tooMany[c] != "" {
			continue
		}
		if err := s.stage.Connect(ctx, v, c); err != nil {
			if err := s.lost(ctx, variant.Name(k), err, func() { r.Exclude(v, c) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) excludeAll(r *Runner, v int) {
	for c := range s.Plan.Cases {
		r.Exclude(v, c)
	}
}

// lost excludes what could not be started or connected, unless the session
// itself is ending.
func (s *Session) lost(ctx context.Context, name string, err error, exclude func()) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	exclude()
	s.fails++
	return s.skip(name, err.Error())
}

func (s *Session) skip(name, reason string) error {
	s.Progress.Say("skipped %s: %s", name, reason)
	return s.file.Skip(name, reason)
}

func (s *Session) note(text string) error {
	s.Progress.Say("note: %s", text)
	return s.file.Note(text)
}

// stayOff keeps this process, the generator and all else, on cpus until
// release, so that it takes none of the server's time. The runtime would see
// one CPU and schedule on one; two let the rest go on beside the generator's
// thread, which does not tell when it waits.
func stayOff(cpus syscalls.CPUs) (release func()) {
	home, err := syscalls.Affinity()
	if len(cpus) == 0 || err != nil || syscalls.PinProcess(cpus) != nil {
		return func() {}
	}
	procs := runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	return func() {
		syscalls.PinProcess(home)
		runtime.GOMAXPROCS(procs)
	}
}
