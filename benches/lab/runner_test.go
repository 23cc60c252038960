package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
)

// script is an executor and a clock without time: every turn takes as long as
// it says, and what happens in it is looked up.
type script struct {
	plan  Plan
	now   time.Time
	turns []string
	each  time.Duration  // of a turn, 0: a second
	doubt map[int]string // by number of the turn, from 1
	fault map[int]error
	stop  int // the turn in which cancel is called
	end   context.CancelFunc
}

func (s *script) Now() time.Time { return s.now }

func (s *script) Turn(_ context.Context, v int, b Block) (Outcome, error) {
	s.now = s.now.Add(orSecond(s.each))
	s.turns = append(s.turns, fmt.Sprintf("%s %s", s.plan.Variants[v].Label(), b.Case.Short()))
	n := len(s.turns)
	if n == s.stop {
		s.end()
	}
	h := hdrhistogram.New(1, 1e9, 3)
	h.RecordValue(int64(n))
	out := Outcome{Messages: 100, Values: map[string]float64{"msg/s": float64(n)}, Latency: h, Doubt: s.doubt[n]}
	return out, s.fault[n]
}

// diary is a journal that keeps lines.
type diary struct {
	lines []string
	err   error
}

func (d *diary) add(format string, args ...any) error {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	return d.err
}
func (d *diary) Block(b Block) error { return d.add("block %d %s", b.ID, b.Case.Short()) }
func (d *diary) Sample(s Sample) error {
	return d.add("sample %s %v", s.Variant.Label(), s.Values["msg/s"])
}
func (d *diary) LeftOut(name, why string) error { return d.add("leftout %s: %s", name, why) }
func (d *diary) Skip(name, why string) error    { return d.add("skip %s: %s", name, why) }
func (d *diary) Note(text string) error         { return d.add("note %s", text) }
func (d *diary) Interrupted(text string) error  { return d.add("interrupted %s", text) }

// witness checks at every turn's end that its sample is in the journal.
type witness struct {
	t     *testing.T
	diary *diary
	exec  *script
	left  []time.Duration
	seen  int // turns
}

func (w *witness) Turn(_ Block, so Tally, total int, left time.Duration) {
	w.left = append(w.left, left)
	last := w.diary.lines[len(w.diary.lines)-1]
	n := len(w.exec.turns)
	took := n > w.seen
	w.seen = n
	if took && w.exec.doubt[n] == "" && w.exec.fault[n] == nil && !strings.HasSuffix(last, fmt.Sprint(" ", n)) {
		w.t.Errorf("after turn %d of %d the journal ends with %q", so.Done, total, last)
	}
}

func play(t *testing.T, s *script) (*diary, *witness, Tally, error) {
	t.Helper()
	s.plan = Plan{
		Variants: WithAA([]Variant{{Server: Own, IO: "epoll"}, {Server: Own, IO: "raw"}}),
		Cases:    []Case{{100, 20, 1}, {10, 1024, 1}},
		Rounds:   2,
		Seed:     7,
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

func TestRunnerTakesEveryTurnOfEveryBlock(t *testing.T) {
	s := &script{}
	d, w, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tally{Done: 12, Samples: 12, Alive: 6}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	for i, b := range s.plan.Blocks() {
		got := s.turns[3*i : 3*i+3]
		seen := map[string]bool{}
		for _, turn := range got {
			if !strings.HasSuffix(turn, " "+b.Case.Short()) {
				t.Errorf("block %d of case %s has the turn %q", b.ID, b.Case.Short(), turn)
			}
			seen[turn] = true
		}
		if len(seen) != 3 {
			t.Errorf("block %d: turns %q, want each variant once", b.ID, got)
		}
		if d.lines[4*i] != fmt.Sprintf("block %d %s", b.ID, b.Case.Short()) {
			t.Errorf("block %d begins with %q", b.ID, d.lines[4*i])
		}
	}
	if w.left[0] != 11*time.Second || w.left[11] != 0 {
		t.Errorf("time left %v, want 11 s after the first turn, 0 after the last", w.left)
	}
}

func TestOrderIsDrawnFromTheSeed(t *testing.T) {
	p := Plan{Variants: make([]Variant, 4), Cases: make([]Case, 5), Rounds: 12, Seed: 1}
	if diff := cmp.Diff(p.Blocks(), p.Blocks()); diff != "" {
		t.Errorf("the same seed gave two orders: %s", diff)
	}
	q := p
	q.Seed = 2
	if cmp.Equal(p.Blocks(), q.Blocks()) {
		t.Error("two seeds gave the same order")
	}
	first := map[int]int{}
	for _, b := range p.Blocks() {
		first[b.Order[0]]++
	}
	if len(first) != 4 {
		t.Errorf("over 60 blocks only the variants %v came first", first)
	}
}

func TestLeftOutTurnIsRepeatedOnceAtTheEndOfItsBlock(t *testing.T) {
	s := &script{doubt: map[int]string{1: "noise", 4: "noise again"}}
	d, _, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	// Turn 4 is turn 1 again; it is not repeated a second time.
	if s.turns[3] != s.turns[0] || len(s.turns) != 13 {
		t.Errorf("turns %q", s.turns)
	}
	if want := (Tally{Done: 12, Samples: 11, LeftOut: 2, Alive: 6}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	if !strings.HasPrefix(d.lines[4], "leftout Benchmark") || !strings.HasPrefix(d.lines[5], "block 2") {
		t.Errorf("journal %q", d.lines)
	}
}

func TestServerFaultEndsAllOfItsTurns(t *testing.T) {
	s := &script{fault: map[int]error{2: &ServerFault{"died: signal: killed"}}}
	d, _, tally, err := play(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Tally{Done: 12, Samples: 8, Failures: 1, Alive: 4}); tally != want {
		t.Errorf("tally %+v, want %+v", tally, want)
	}
	dead, _, _ := strings.Cut(s.turns[1], " 1")
	for _, turn := range s.turns[2:] {
		if strings.HasPrefix(turn, dead+" 1") {
			t.Errorf("%q took a turn after its server had died", turn)
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

func TestInterruptionKeepsWhatWasMeasured(t *testing.T) {
	s := &script{stop: 5}
	d, _, tally, err := play(t, s)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if len(s.turns) != 5 || tally.Samples != 4 {
		t.Errorf("%d turns and %d samples, want 5 and 4", len(s.turns), tally.Samples)
	}
	if last := d.lines[len(d.lines)-1]; last != "interrupted after 4 of 12 turns" {
		t.Errorf("the journal ends with %q", last)
	}
}

func TestJournalErrorEndsTheSession(t *testing.T) {
	s := &script{}
	s.plan = Plan{Variants: []Variant{{Server: "x"}}, Cases: []Case{{1, 1, 1}}, Rounds: 9}
	full := errors.New("no space left on device")
	d := &diary{err: full}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: &witness{t: t, diary: d, exec: s}, Now: s.Now}
	if _, err := r.Run(context.Background()); !errors.Is(err, full) || len(s.turns) > 0 {
		t.Errorf("error %v after %d turns, want %v before the first", err, len(s.turns), full)
	}
}

func orSecond(d time.Duration) time.Duration {
	if d == 0 {
		return time.Second
	}
	return d
}
