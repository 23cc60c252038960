package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Session is one run of a plan on this host: its folder, its file, its
// servers. A plan without servers leaves the microbenchmarks.
type Session struct {
	// Then are plans that are measured after Plan into the same file, with Rounds of
	// their own, whatever the deadline. Their probes have base names of their own.
	Then      []Plan
	Plan      Plan
	ServerCPU syscalls.CPUs // asked for; nil: chosen
	LoadCPU   syscalls.CPUs // as ServerCPU, of the generator
	Noise     float64       // see Stage
	Dir       string        // "": results/<time>
	Micro     *MicroBudget  // nil: the microbenchmarks are not run
	Progress  Progress      // nil: Quiet
	// Observe tells how runs are observed, see Stage; dir is the session's
	// folder. nil where no server is observed.
	Observe  func(dir string, s Server, b Block) (*Observation, error)
	Rate     Rate             // of messages; the zero Rate: a closed loop
	Deadline time.Time        // to end by, with fewer rounds if need be; zero: none
	Margin   string           // the difference that does not matter, such as 2%; "": results.DefaultMargin
	FailOn   string           // what comparisons fail on, such as slower:3%, see results.ParseFailOn; "": nothing
	Command  string           // the command line that asks for the same again; "": not known
	Facts    []results.Fact   // more of the file configuration
	Notes    []string         // more of what the reader must know
	Skips    []results.Reason // what is known beforehand not to be measured, and why
	// KeepGoing has the session go on without servers that do not start or echo;
	// otherwise the first of them ends it before its first run.
	KeepGoing bool

	place   host.Placement
	file    *results.Writer
	dir     string // folder of the file
	stage   *Stage
	keep    *results.Histograms // of latencies
	pacing  *results.Histograms
	fails   int                     // servers and pairs that could not begin
	sourced map[results.Server]bool // whose source is in the file
}

// Run measures and returns the path of the file that it wrote, also where err is not nil
// and the file holds what was measured before. ctx ends the session early;
// err is its own then. Nothing that Run started is left behind.
func (s *Session) Run(ctx context.Context) (path string, tally Tally, err error) {
	began := time.Now()
	if s.Progress == nil {
		s.Progress = Quiet{}
	}
	path, w, err := createBench(s.Dir, began)
	if err != nil {
		return "", tally, err
	}
	defer w.Close()
	s.place, s.dir = host.Place(s.ServerCPU, s.LoadCPU), filepath.Dir(path)
	facts := append(s.facts(began), results.Fact{Key: "margin", Value: s.Margin}, results.Fact{Key: "fail-on", Value: s.FailOn})
	if s.file, err = results.NewWriter(w, append(facts, s.Facts...)); err != nil {
		return path, tally, err
	}
	if err = s.file.Command(s.Command); err != nil {
		return path, tally, err
	}
	s.keep = results.NewHistograms(filepath.Join(s.dir, results.HistogramFile), began)
	s.pacing = results.NewHistograms(filepath.Join(s.dir, results.PacingFile), began)
	tally, err = s.run(ctx)
	err = errors.Join(err, s.keep.Save(), s.pacing.Save())
	s.Progress.Clear()
	return path, tally, err
}

// createBench makes a session's folder and its results file, which the caller
// closes.
func createBench(dir string, began time.Time) (path string, w *os.File, err error) {
	if dir, err = results.CreateFolder(dir, began); err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, results.BenchFile)
	w, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return path, w, err
}

// facts returns the file configuration of the session.
func (s *Session) facts(began time.Time) []results.Fact {
	facts := append(host.Facts(), results.OwnSource().Facts()...)
	own, generator := cmp.Or(s.place.ServerCPU.String(), "any"), cmp.Or(s.place.LoadCPU.String(), "any")
	if len(s.Plan.Servers) == 0 {
		facts = append(facts, results.Fact{Key: "bench-cpu", Value: own})
	} else {
		facts = append(facts, results.Fact{Key: "server-cpu", Value: own}, results.Fact{Key: "load-cpu", Value: generator})
	}
	return append(facts,
		results.Fact{Key: "seed", Value: fmt.Sprint(s.Plan.Seed)},
		results.Fact{Key: "date", Value: began.UTC().Format(time.RFC3339)},
	)
}

// terms returns how comparisons are judged, as a reader of the file does.
func (s *Session) terms() results.Terms {
	return (&results.Results{Config: map[string]string{"margin": s.Margin, "fail-on": s.FailOn}}).Terms()
}

func sourceTree() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return results.SourceRoot(dir)
}

func (s *Session) run(ctx context.Context) (Tally, error) {
	for _, n := range s.notes() {
		if err := s.note(n); err != nil {
			return Tally{}, err
		}
	}
	for _, k := range s.Skips {
		if err := s.skip(k.Name, k.Text); err != nil {
			return Tally{}, err
		}
	}
	if err := s.untraced(); err != nil {
		return Tally{}, err
	}
	clock := newStealClock(s.place)
	tally, err := s.measure(ctx)
	share, _ := clock.share()
	if n := stealNote(share); n != "" {
		err = errors.Join(err, s.note(n))
	}
	return tally, err
}

// closing is kept of a session's time for ending the servers and for the
// table.
const closing = 2 * time.Second

func (s *Session) measure(ctx context.Context) (Tally, error) {
	if s.Micro != nil {
		n, err := s.microbenchmarks(ctx)
		if err != nil || len(s.Plan.Servers) == 0 {
			return Tally{Samples: n}, err
		}
	}
	release := host.Confine(s.place.LoadCPU)
	defer release()
	s.sourced = map[results.Server]bool{}
	tally, err := s.carryOut(ctx)
	for _, p := range s.Then {
		if err != nil {
			break
		}
		s.Plan, s.Rate, s.Deadline = p, Rate{}, time.Time{}
		var more Tally
		more, err = s.carryOut(ctx)
		tally = tally.and(more)
	}
	return tally, err
}

// carryOut measures what s.Plan asks for.
func (s *Session) carryOut(ctx context.Context) (Tally, error) {
	if err := s.setRates(ctx); err != nil {
		return Tally{}, s.early(ctx, err, "before the first run")
	}
	s.stage = NewStage(s.Plan, s.place)
	s.stage.Noise = s.Noise
	s.stage.Observe = func(server Server, b Block) (*Observation, error) { return s.Observe(s.dir, server, b) }
	s.stage.Started, s.fails = s.started, 0
	defer s.stage.Close()
	r := &Runner{Plan: s.Plan, Exec: s.stage, Journal: s.file, Watch: s.Progress, Now: time.Now, Keep: s.keep, Pacing: s.pacing, Terms: s.terms()}
	if len(s.Then) > 0 {
		r.Of = s.Plan.Probe.Base()
	}
	if !s.Deadline.IsZero() {
		r.Deadline = s.Deadline.Add(-closing)
	}
	began := time.Now()
	if err := s.startServers(ctx, r); err != nil {
		return Tally{}, s.early(ctx, err, "before the first run")
	}
	r.StartTook = time.Since(began)
	r.Steal = newStealClock(s.place).lap
	tally, err := r.Run(ctx)
	tally.Failures += s.fails
	return tally, err
}

// early returns err of a session that ended early, and notes how far it came.
func (s *Session) early(ctx context.Context, err error, came string) error {
	if ctx.Err() == nil {
		return err
	}
	return errors.Join(ctx.Err(), s.file.Interrupted(came))
}

func (s *Session) skip(name, reason string) error {
	s.Progress.Say("skipped %s: %s", name, reason)
	return s.file.Skip(name, reason)
}

func (s *Session) note(text string) error {
	s.Progress.Say("note: %s", text)
	return s.file.Note(text)
}
