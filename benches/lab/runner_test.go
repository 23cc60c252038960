package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"

	"wsbench/benches/results"
)

// script is an executor and a clock without time: every run takes as long as
// it says, and what happens in it is looked up.
type script struct {
	plan    Plan
	now     time.Time
	runs    []string
	each    time.Duration  // of a run, 0: a second
	discard map[int]string // by number of the run, from 1
	fault   map[int]error
	stop    int // the run in which cancel is called
	end     context.CancelFunc
}

func (s *script) Now() time.Time { return s.now }

func (s *script) Run(_ context.Context, i int, b Block) (Outcome, error) {
	s.now = s.now.Add(orSecond(s.each))
	s.runs = append(s.runs, fmt.Sprintf("%s %s", s.plan.Servers[i].Key.Label(), b.Case))
	n := len(s.runs)
	if n == s.stop {
		s.end()
	}
	h := hdrhistogram.New(1, 1e9, 3)
	h.RecordValue(int64(n))
	out := Outcome{Messages: 100, Values: map[string]float64{"msg/s": float64(n)}, Latency: h, Discard: s.discard[n]}
	return out, s.fault[n]
}

// diary is a journal that keeps lines.
type diary struct {
	lines []string
	epoch int // of the last block
	err   error
}

func (d *diary) add(format string, args ...any) error {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	return d.err
}
func (d *diary) Block(b results.Block, c string) error {
	d.epoch = b.Epoch
	return d.add("block %d %s", b.ID, c)
}
func (d *diary) Look(l results.Look) error   { return d.add("look %d %.4f", l.Block, l.Share) }
func (d *diary) Steal(s results.Steal) error { return d.add("steal %d %.4f", s.Epoch, s.Share) }
func (d *diary) Sample(s results.Sample) error {
	return d.add("sample %s %v", s.Name.Server().Label(), s.Values["msg/s"])
}
func (d *diary) Discarded(s results.Sample, why string) error {
	return d.add("discarded %s: %s", s.Name, why)
}
func (d *diary) Skip(name, why string) error   { return d.add("skip %s: %s", name, why) }
func (d *diary) Note(text string) error        { return d.add("note %s", text) }
func (d *diary) Interrupted(text string) error { return d.add("interrupted %s", text) }

// witness checks that what earlier blocks came to is in the journal.
type witness struct {
	Quiet
	t     *testing.T
	diary *diary
	exec  *script
	left  []time.Duration
	seen  int // runs
	block int
}

func (w *witness) Run(b Block, so Tally, total int, left time.Duration) {
	w.left = append(w.left, left)
	if n := len(w.exec.runs); b.ID == w.block {
		w.seen = n
		return
	}
	written := 0
	for _, l := range w.diary.lines {
		if !strings.HasPrefix(l, "block ") && !strings.HasPrefix(l, "note ") {
			written++
		}
	}
	if written < w.seen {
		w.t.Errorf("in run %d of %d, of block %d, the journal has %d of %d runs before it", so.Done, total, b.ID, written, w.seen)
	}
	w.block, w.seen = b.ID, len(w.exec.runs)
}

func play(t *testing.T, s *script) (*diary, *witness, Tally, error) {
	t.Helper()
	s.plan = Plan{
		Probe:   Echo{},
		Servers: WithAA([]Server{OwnServer("", "epoll"), rawIO}),
		Cases:   []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(10, 1024, 1)},
		Rounds:  2,
		Seed:    7,
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.end = cancel
	d := &diary{}
	w := &witness{t: t, diary: d, exec: s}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: w, Now: s.Now}
	tally, err := r.Run(ctx)
	return d, w, tally, err
}

func TestRunnerTakesEveryRunOfEveryBlock(t *testing.T) {
	s := &script{}
	d, w, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tally{Done: 12, Samples: 12, Alive: 6}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	for i, b := range slices.Collect(s.plan.Blocks()) {
		got := s.runs[3*i : 3*i+3]
		seen := map[string]bool{}
		for _, one := range got {
			if !strings.HasSuffix(one, " "+b.Case.String()) {
				t.Errorf("block %d of case %s has the run %q", b.ID, b.Case, one)
			}
			seen[one] = true
		}
		if len(seen) != 3 {
			t.Errorf("block %d: runs %q, want each server once", b.ID, got)
		}
		if d.lines[4*i] != fmt.Sprintf("block %d %s", b.ID, b.Case) {
			t.Errorf("block %d begins with %q", b.ID, d.lines[4*i])
		}
	}
	if w.left[0] != 11*time.Second || w.left[11] != 0 {
		t.Errorf("time left %v, want 11 s after the first run, 0 after the last", w.left)
	}
}

func TestOrderIsDrawnFromTheSeed(t *testing.T) {
	p := Plan{Servers: make([]Server, 4), Cases: make([]results.Case, 5), Rounds: 12, Seed: 1}
	if diff := cmp.Diff(slices.Collect(p.Blocks()), slices.Collect(p.Blocks())); diff != "" {
		t.Errorf("the same seed gave two orders: %s", diff)
	}
	q := p
	q.Seed = 2
	if cmp.Equal(slices.Collect(p.Blocks()), slices.Collect(q.Blocks())) {
		t.Error("two seeds gave the same order")
	}
	first := map[int]int{}
	for b := range p.Blocks() {
		first[b.Order[0]]++
	}
	if len(first) != 4 {
		t.Errorf("over 60 blocks only the servers %v came first", first)
	}
}

// A block with a harmed run is taken again, once; then a harmed run costs its pairs only.
func TestHarmedBlockIsRepeatedOnce(t *testing.T) {
	s := &script{discard: map[int]string{1: "noise", 4: "noise again"}}
	d, _, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	// Runs 4 to 6 are runs 1 to 3 again; they are not repeated a second time.
	if !slices.Equal(s.runs[3:6], s.runs[:3]) || len(s.runs) != 15 {
		t.Errorf("runs %q", s.runs)
	}
	if want := (Tally{Done: 12, Samples: 11, Discarded: 4, Alive: 6}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	if !strings.HasSuffix(d.lines[1], ": noise") || !strings.Contains(d.lines[2], ": its block was discarded for ") || !strings.HasPrefix(d.lines[7], "block 2") {
		t.Errorf("journal %q", d.lines)
	}
}

// Where rounds are as many as the time allows, no block is taken again.
func TestHarmedRunCostsItsPairs(t *testing.T) {
	s := &script{each: 100 * time.Millisecond, discard: map[int]string{2: "noise"}}
	s.plan = Plan{Probe: Echo{}, Servers: WithAA([]Server{OwnServer("", "epoll"), rawIO}), Cases: []results.Case{case1}, Seed: 7}
	d := &diary{}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: Quiet{}, Now: s.Now, Deadline: s.now.Add(1200 * time.Millisecond)}
	tally, err := r.Run(t.Context())
	if want := (Tally{Done: 12, Samples: 11, Discarded: 1, Alive: 3}); err != nil || tally != want {
		t.Errorf("%v: tally %+v, want %+v", err, tally, want)
	}
	if !strings.HasPrefix(d.lines[1], "sample ") || !strings.HasSuffix(d.lines[2], ": noise") || !strings.HasPrefix(d.lines[3], "sample ") {
		t.Errorf("journal %q", d.lines)
	}
}

func TestServerFaultEndsAllOfItsRuns(t *testing.T) {
	s := &script{fault: map[int]error{2: &ServerFault{"died: signal: killed"}}}
	d, _, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tally{Done: 12, Samples: 8, Failures: 1, Alive: 4}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	dead, _, _ := strings.Cut(s.runs[1], " 1")
	for _, one := range s.runs[2:] {
		if strings.HasPrefix(one, dead+" 1") {
			t.Errorf("%q took a run after its server had died", one)
		}
	}
	if got := strings.Join(d.lines, "\n"); strings.Count(got, "skip ") != 1 || !strings.Contains(got, ": died: signal: killed") {
		t.Errorf("journal:\n%s", got)
	}
}

func TestBrokenConnectionEndsOneCaseOnly(t *testing.T) {
	s := &script{fault: map[int]error{1: errors.New("connection reset")}}
	_, _, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tally{Done: 12, Samples: 10, Failures: 1, Alive: 5}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
}

// An observer that fails is skipped; no server has failed.
func TestObserverFaultIsNoFailure(t *testing.T) {
	s := &script{fault: map[int]error{1: fmt.Errorf("strace: %w", &ObserverFault{"not permitted"})}}
	d, _, tally, err := play(t, s)
	if want := (Tally{Done: 12, Samples: 10, Alive: 5}); err != nil || tally != want || !strings.Contains(strings.Join(d.lines, "\n"), "strace: not permitted") {
		t.Errorf("tally %+v, want %+v; %v", tally, want, err)
	}
}

func TestInterruptionKeepsWhatWasMeasured(t *testing.T) {
	s := &script{stop: 5}
	d, _, tally, err := play(t, s)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if len(s.runs) != 5 || tally.Samples != 4 {
		t.Errorf("%d runs and %d samples, want 5 and 4", len(s.runs), tally.Samples)
	}
	if last := d.lines[len(d.lines)-1]; last != "interrupted after 4 of 12 runs" {
		t.Errorf("the journal ends with %q", last)
	}
}

func TestJournalErrorEndsTheSession(t *testing.T) {
	s := &script{}
	s.plan = Plan{Probe: Echo{}, Servers: []Server{external("x")}, Cases: []results.Case{results.EchoCase(1, 1, 1)}, Rounds: 9}
	full := errors.New("no space left on device")
	d := &diary{err: full}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: &witness{t: t, diary: d, exec: s}, Now: s.Now}
	if _, err := r.Run(context.Background()); !errors.Is(err, full) || len(s.runs) > 0 {
		t.Errorf("error %v after %d runs, want %v before the first", err, len(s.runs), full)
	}
}

func orSecond(d time.Duration) time.Duration {
	if d == 0 {
		return time.Second
	}
	return d
}

// What is discarded is not in the histograms, and they are saved after each
// round, so that a session that is killed has those of its whole rounds.
func TestRunnerKeepsHistogramsOfSamplesOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), results.HistogramFile)
	s := &script{discard: map[int]string{2: "noise"}, stop: 8}
	s.plan = Plan{Probe: Echo{}, Servers: []Server{rawIO}, Cases: []results.Case{case1}, Rounds: 9, Seed: 7}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.end = cancel
	d := &diary{}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: &witness{t: t, diary: d, exec: s}, Now: s.Now, Keep: results.NewHistograms(path, s.now)}
	tally, _ := r.Run(ctx)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, _, err := results.ReadHistograms(f, path)
	if err != nil || len(list) != 1 || list[0].Hist.TotalCount() != int64(tally.Samples) || list[0].Hist.Min() != 1 {
		t.Fatalf("%v, %d histograms, %d samples", err, len(list), tally.Samples)
	}
	if got := list[0].Hist.TotalCount(); tally.Discarded != 1 || got != 6 {
		t.Errorf("%d latencies of 7 runs of which one was discarded", got)
	}
}

// A session without a number of rounds takes as many as the time allows, and
// begins many epochs where servers start at once.
func TestRunnerFillsTheTime(t *testing.T) {
	s := &script{each: 100 * time.Millisecond}
	s.plan = Plan{Probe: Echo{}, Servers: WithAA([]Server{rawIO}), Cases: []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(10, 1024, 1)}, Seed: 7}
	s.now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	d, restarts := &diary{}, 0
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: Quiet{}, Now: s.Now, Deadline: s.now.Add(40 * time.Second),
		Restart: func(context.Context) error { restarts++; return nil }}
	tally, err := r.Run(context.Background())
	if err != nil || tally.Samples != 400 || tally.Done != 400 || restarts != MostEpochs-1 || d.epoch != MostEpochs || len(notesOf(d.lines)) != 0 {
		t.Errorf("%+v, %v, %d restarts, last epoch %d, notes %q", tally, err, restarts, d.epoch, notesOf(d.lines))
	}
}

// What the hypervisor took is written for each start of the servers, and one that is meant
// to be longer has more of them.
func TestRunnerSteal(t *testing.T) {
	for _, longer := range []float64{0, 2} {
		s := &script{plan: Plan{Probe: Echo{}, Servers: []Server{rawIO}, Cases: []results.Case{case1}, Rounds: 100, Longer: longer}}
		d, asked := &diary{}, 0
		r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: Quiet{}, Now: s.Now, StartTook: time.Hour, Restart: func(context.Context) error { s.now = s.now.Add(time.Hour); return nil },
			Steal: func() (float64, bool) { asked++; return 0.01 * float64(asked), asked != 2 }}
		if _, err := r.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		got, want := 0, DefaultEpochs*max(1, int(longer))-1 // one is not known
		for _, l := range d.lines {
			if strings.HasPrefix(l, "steal ") {
				got++
			}
		}
		if got != want || d.lines[len(d.lines)-1] != fmt.Sprintf("steal %d %.4f", want+1, 0.01*float64(want+1)) {
			t.Errorf("longer %v: %d lines, want %d; the last is %q", longer, got, want, d.lines[len(d.lines)-1])
		}
	}
}

// So does one with a number of rounds; where a start takes long, ten epochs are enough.
func TestRunnerEpochsOfRounds(t *testing.T) {
	for _, c := range []struct {
		rounds, want int
		start        time.Duration
	}{{1, 0, 0}, {2, 1, 0}, {10, 9, 0}, {25, 24, 0}, {100, 63, 0}, {100, 49, 100 * time.Millisecond}, {100, 9, time.Second}, {25, 9, time.Second}, {10, 9, time.Minute}} {
		s := &script{}
		s.plan = Plan{Probe: Echo{}, Servers: []Server{rawIO}, Cases: []results.Case{case1}, Rounds: c.rounds}
		restarts := 0
		r := &Runner{Plan: s.plan, Exec: s, Journal: &diary{}, Watch: Quiet{}, Now: s.Now, Restart: func(context.Context) error {
			restarts++
			s.now = s.now.Add(c.start)
			return nil
		}, StartTook: c.start}
		if _, err := r.Run(context.Background()); err != nil || restarts != c.want {
			t.Errorf("%+v: %d restarts; %v", c, restarts, err)
		}
	}
}
