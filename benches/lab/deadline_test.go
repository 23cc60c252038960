package lab

import (
	"context"
	"strings"
	"testing"
	"time"

	"wsbench/benches/results"
)

// against plays 4 rounds of 2 cases for 3 servers, a second per run: 24
// seconds without repeats.
func against(t *testing.T, limit time.Duration, s *script) (lines []string, tally Tally, took time.Duration) {
	t.Helper()
	s.plan = Plan{
		Probe:   Echo{},
		Servers: WithAA([]Server{OwnServer("", "epoll"), rawIO}),
		Cases:   []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(10, 1024, 1)},
		Rounds:  4, Window: time.Second - runCost, Seed: 7,
	}
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	s.now = began
	d := &diary{}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: &witness{t: t, diary: d, exec: s}, Now: s.Now, Deadline: began.Add(limit)}
	tally, err := r.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return d.lines, tally, s.now.Sub(began)
}

func notesOf(lines []string) (notes []string) {
	for _, l := range lines {
		if n, ok := strings.CutPrefix(l, "note "); ok {
			notes = append(notes, n)
		}
	}
	return notes
}

func TestDeadlineDropsWholeLastRounds(t *testing.T) {
	for _, tt := range []struct {
		limit time.Duration
		runs  int
		note  string
	}{
		{24 * time.Second, 24, ""},
		{23 * time.Second, 18, "3 of 4 rounds were measured"},
		{12 * time.Second, 12, "2 of 4 rounds were measured"},
		{5 * time.Second, 3, "0 of 4 rounds and 1 of 2 cases of one more were measured"},
		{0, 3, "0 of 4 rounds and 1 of 2 cases"}, // the first block in any case
	} {
		lines, tally, took := against(t, tt.limit, &script{})
		notes := strings.Join(notesOf(lines), "; ")
		if tally.Samples != tt.runs || (tt.note == "") != (notes == "") || !strings.Contains(notes, tt.note) {
			t.Errorf("%v: %d runs in %v, notes %q; want %d, %q", tt.limit, tally.Samples, took, notes, tt.runs, tt.note)
		}
	}
}

// A harmed block is repeated if the time of all rounds allows it.
func TestDeadlineDropsRepeatsFirst(t *testing.T) {
	for limit, want := range map[time.Duration]int{24 * time.Second: 24, 26 * time.Second: 24, 27 * time.Second: 27, time.Minute: 27} {
		s := &script{discard: map[int]string{1: "noise", 5: "noise"}}
		lines, tally, took := against(t, limit, s)
		if len(s.runs) != want || took > limit || tally.Done != 24 || len(notesOf(lines)) > 0 {
			t.Errorf("%v: %d runs in %v, want %d; notes %q", limit, len(s.runs), took, want, notesOf(lines))
		}
	}
}

// Runs that take longer than planned cost rounds, not the deadline.
func TestDeadlineIsKeptBySlowRuns(t *testing.T) {
	s := &script{each: 1500 * time.Millisecond}
	lines, tally, took := against(t, 24*time.Second, s)
	if tally.Samples != 12 || took > 24*time.Second || !strings.Contains(strings.Join(notesOf(lines), ""), "2 of 4 rounds were") {
		t.Errorf("%d samples in %v, %q", tally.Samples, took, notesOf(lines))
	}
}

func TestTimeLeftEndsWithTheDeadline(t *testing.T) {
	at := time.Now()
	r := &Runner{Plan: Plan{Rounds: 10, Cases: make([]results.Case, 1), Servers: make([]Server, 1)}, Now: func() time.Time { return at }, began: at.Add(-time.Second), tally: Tally{Done: 1}}
	if got := r.left(); got != 9*time.Second {
		t.Errorf("%v left, want 9 s", got)
	}
	r.Deadline = at.Add(4 * time.Second)
	if got := r.left(); got != 4*time.Second {
		t.Errorf("%v left, want 4 s", got)
	}
}
