package lab

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tiny is a session of two external servers and the first one's A/A process.
func tiny(t *testing.T, faults ...string) *Session {
	t.Helper()
	var list []Variant
	for i, fault := range faults {
		list = append(list, Variant{Server: "echo" + string(rune('a'+i)), Argv: echoCommand(fault)})
	}
	return &Session{
		Plan: Plan{
			Variants: WithAA(list), Cases: []Case{{2, 100, 1}}, Rounds: 2, Seed: 3,
			Warmup: 10 * time.Millisecond, Window: 50 * time.Millisecond,
		},
		Noise:    1000, // other tests run beside this one
		Dir:      filepath.Join(t.TempDir(), "results", "one"),
		Progress: NewProgress(&bytes.Buffer{}),
	}
}

func readBack(t *testing.T, path string) *Results {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := Read(f, path)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// noneLeft fails if a server of the session still runs.
func noneLeft(t *testing.T, s *Session) {
	t.Helper()
	for _, a := range s.stage.actors {
		if a == nil {
			continue
		}
		if err := syscall.Kill(-a.proc.pid(), 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("the process group of %s is still there (%v)", a.variant.Label(), err)
		}
	}
}

func TestSessionMeasuresExternalServers(t *testing.T) {
	s := tiny(t, "", "")
	path, tally, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	noneLeft(t, s)
	res := readBack(t, path)
	if tally.Done != 6 || len(res.Samples)+len(res.LeftOut) < 6 || len(res.Samples) < 3 {
		t.Errorf("%+v, %d samples and %d left out of 6", tally, len(res.Samples), len(res.LeftOut))
	}
	used := 0.0 // on a busy machine a server may have had no time within one short window
	for _, sample := range res.Samples {
		used += sample.Values["cpu-ns/msg"]
		for _, u := range []string{"ns/op", "msg/s", "B/s", "p50-ns", "p99.9-ns", "max-ns", "gen-cpu-ns/msg", "rss-B"} {
			if sample.Values[u] <= 0 {
				t.Errorf("%s: %s is %v", sample.Name(), u, sample.Values[u])
			}
		}
		if _, ok := sample.Values["syscalls/msg"]; ok {
			t.Errorf("%s: an external server has no counters", sample.Name())
		}
	}
	if used <= 0 {
		t.Error("no server used any CPU time")
	}
	if link, err := os.Readlink(filepath.Join(filepath.Dir(s.Dir), Latest)); err != nil || link != "one" {
		t.Errorf("latest points to %q (%v), want one", link, err)
	}
	if len(res.Warnings) > 0 || res.Config["kernel"] == "" || res.Config["seed"] != "3" {
		t.Errorf("warnings %v, configuration %v", res.Warnings, res.Config)
	}
}

func TestSessionGoesOnWithoutAFaultyServer(t *testing.T) {
	for fault, want := range map[string]string{
		"exit":    "the server ended: exit status 7: echo: enough",
		"corrupt": "corrupted echo",
		"deaf":    "the server ended: exit status 3: echo: no port today",
	} {
		t.Run(fault, func(t *testing.T) {
			s := tiny(t, "", fault)
			path, tally, err := s.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			noneLeft(t, s)
			res := readBack(t, path)
			if tally.Failures != 1 || len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, want) {
				text, _ := os.ReadFile(path)
				t.Errorf("%d failures, skipped %v, want one: %s\n%s", tally.Failures, res.Skipped, want, text)
			}
			if n, _ := res.Medians(Variant{Server: "echoa"}, s.Plan.Cases[0]); n == 0 {
				t.Error("the other server has no samples")
			}
		})
	}
}

func TestSessionInterrupted(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 10000
	ctx, cancel := context.WithCancel(context.Background())
	s.Progress = NewProgress(writerFunc(func(line string) {
		if strings.HasPrefix(line, "round 3:") {
			cancel()
		}
	}))
	path, tally, err := s.Run(ctx)
	if !errors.Is(err, context.Canceled) || tally.Done > 6 {
		t.Errorf("ended with %v after %d turns", err, tally.Done)
	}
	noneLeft(t, s)
	res := readBack(t, path)
	if res.Interrupted == "" || len(res.Samples) != tally.Samples || tally.Samples == 0 {
		t.Errorf("interrupted %q, %d samples in the file, %d told", res.Interrupted, len(res.Samples), tally.Samples)
	}
}

func TestSessionSkipsCasesWithTooManyConnections(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 1
	s.Plan.Cases = append(s.Plan.Cases, Case{50_000_000, 1, 1})
	path, tally, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	if tally.Failures != 0 || len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, "ulimit -n") {
		t.Errorf("%d failures, skipped %v, want one for ulimit -n", tally.Failures, res.Skipped)
	}
}

type writerFunc func(string)

func (f writerFunc) Write(b []byte) (int, error) { f(string(b)); return len(b), nil }

func TestSessionEndsByItsDeadline(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 10000
	began := time.Now()
	s.Deadline = began.Add(closing + 1500*time.Millisecond)
	path, tally, err := s.Run(context.Background())
	if err != nil || time.Now().After(s.Deadline) || tally.Samples == 0 {
		t.Errorf("%v after %v, %d samples", err, time.Since(began), tally.Samples)
	}
	if notes := strings.Join(readBack(t, path).Notes, "; "); !strings.Contains(notes, "of 10000 rounds were measured") {
		t.Errorf("notes %q", notes)
	}
}
