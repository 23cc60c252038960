//go:build linux

package lab

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/results"
)

// tiny is a session of two external servers and the first one's A/A process.
func tiny(t *testing.T, faults ...string) *Session {
	t.Helper()
	var list []Server
	for i, fault := range faults {
		list = append(list, Server{Key: external("echo" + string(rune('a'+i))).Key, Argv: echoCommand(fault)})
	}
	return &Session{
		Plan: Plan{
			Probe: Echo{}, Servers: WithAA(list), Cases: []results.Case{results.EchoCase(2, 100, 1)}, Rounds: 2, Seed: 3,
			Warmup: 10 * time.Millisecond, Window: 50 * time.Millisecond,
		},
		KeepGoing: true,
		Noise:     1000, // other tests run beside this one
		Dir:       filepath.Join(t.TempDir(), "results", "one"),
		Progress:  Quiet{},
	}
}

// traceless returns res without the reason why system calls could not be counted,
// which is the host's matter.
func traceless(res *results.Results) *results.Results {
	res.Skipped = slices.DeleteFunc(res.Skipped, func(r results.Reason) bool { return r.Name == Untraced })
	return res
}

func readBack(t *testing.T, path string) *results.Results {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := results.Read(f, path)
	if err != nil {
		t.Fatal(err)
	}
	return traceless(res)
}

// runUntil runs s until its file has what enough wants, or s ends by itself.
func runUntil(t *testing.T, s *Session, enough func(*results.Results) bool) *results.Results {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waiting.Bound)
	defer cancel()
	path := filepath.Join(s.Dir, results.BenchFile)
	var watch sync.WaitGroup
	watch.Go(func() {
		for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			b, _ := os.ReadFile(path)
			if res, err := results.Read(bytes.NewReader(b), path); err == nil && enough(traceless(res)) {
				cancel()
			}
		}
	})
	_, _, err := s.Run(ctx)
	cancel()
	watch.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	noneLeft(t, s)
	return readBack(t, path)
}

// countOf returns how many samples a server has.
func countOf(res *results.Results, s results.Server) (n int) {
	for _, x := range res.Samples {
		if x.Name.Server() == s {
			n++
		}
	}
	return n
}

// sampled reports whether there is a sample of each server.
func sampled(res *results.Results, servers ...Server) bool {
	return !slices.ContainsFunc(servers, func(s Server) bool {
		return !slices.ContainsFunc(res.Samples, func(x results.Sample) bool { return x.Name.Server() == s.Key })
	})
}

// noneLeft fails if a server of the session still runs.
func noneLeft(t *testing.T, s *Session) {
	t.Helper()
	for _, p := range s.stage.processes {
		if p == nil {
			continue
		}
		if err := syscall.Kill(-p.pid(), 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("the process group of %s is still there (%v)", p.Server.Key.Label(), err)
		}
	}
}

func TestSessionMeasuresExternalServers(t *testing.T) {
	s := tiny(t, "", "")
	s.Plan.Rounds = 10000
	used := 0.0 // on a busy machine a server may have had no time within one short window
	res := runUntil(t, s, func(res *results.Results) bool { return sampled(res, s.Plan.Servers...) })
	for _, sample := range res.Samples {
		used += sample.Values["cpu-ns/msg"]
		for _, u := range []string{"ns/op", "msg/s", "B/s", "p50-ns", "p99.9-ns", "max-ns", "gen-cpu-ns/msg", "rss-B"} {
			_, there := sample.Values[u] // no latency where all messages of a slow machine's window were in flight before it
			if sample.Values[u] <= 0 && (there || !strings.HasSuffix(u, "-ns")) {
				t.Errorf("%s: %s is %v", sample.Name, u, sample.Values[u])
			}
		}
		if _, ok := sample.Values["frames/recv"]; ok {
			t.Errorf("%s: an external server has no counters", sample.Name)
		}
	}
	if used <= 0 {
		t.Error("no server used any CPU time")
	}
	if link, err := os.Readlink(filepath.Join(filepath.Dir(s.Dir), results.Latest)); err != nil || link != "one" {
		t.Errorf("latest points to %q (%v), want one", link, err)
	}
	// The servers and this program are a test binary, which no commit is stamped
	// on, whatever the working directory's is.
	if got := res.Source(); got.Commit != "" || got.Reason == "" {
		t.Errorf("this binary's commit is %+v", got)
	}
	for _, s := range res.Sources {
		if s.Source != res.Source() {
			t.Errorf("%s: %+v", s.Name, s.Source)
		}
	}
	if len(res.Sources) != len(s.Plan.Servers) {
		t.Errorf("sources %+v of %d servers", res.Sources, len(s.Plan.Servers))
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
			s.Plan.Rounds = 10000
			rest := -1 // samples of the good server when the other one failed
			res := runUntil(t, s, func(res *results.Results) bool {
				n := countOf(res, "server=echoa")
				if rest < 0 && len(res.Skipped) > 0 {
					rest = n
				}
				return rest >= 0 && n > rest
			})
			if len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, want) {
				t.Errorf("skipped %v, want one: %s", res.Skipped, want)
			}
			if n := countOf(res, "server=echoa"); n <= rest || rest < 0 {
				t.Errorf("the good server has %d samples, had %d when the other one failed", n, rest)
			}
		})
	}
}

func TestSessionInterrupted(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 10000
	ctx, cancel := context.WithCancel(context.Background())
	s.Progress = &inRound{number: 3, then: cancel}
	path, tally, err := s.Run(ctx)
	if !errors.Is(err, context.Canceled) || tally.Done > 6 {
		t.Errorf("ended with %v after %d runs", err, tally.Done)
	}
	noneLeft(t, s)
	res := readBack(t, path)
	if res.Interrupted == "" || len(res.Samples) != tally.Samples || tally.Samples+tally.Discarded == 0 {
		t.Errorf("interrupted %q, %d samples in the file, %d counted", res.Interrupted, len(res.Samples), tally.Samples)
	}
}

func TestSessionSkipsCasesWithTooManyConnections(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 1
	s.Plan.Cases = append(s.Plan.Cases, results.EchoCase(50_000_000, 1, 1))
	path, tally, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	if tally.Done != s.Plan.Runs() || tally.Failures != 1 || len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, "ulimit -n") {
		t.Errorf("%+v, skipped %v, want one for ulimit -n", tally, res.Skipped)
	}
}

// inRound calls then once a run of a round has ended.
type inRound struct {
	Quiet
	number int
	then   func()
}

func (r *inRound) Run(b Block, _ Tally, _ int, _ time.Duration) {
	if b.Round == r.number {
		r.then()
	}
}

func TestSessionEndsByItsDeadline(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds = 1_000_000 // a day's
	s.Deadline = time.Now().Add(closing + 500*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), waiting.Bound)
	defer cancel()
	path, _, err := s.Run(ctx)
	if err != nil {
		t.Error(err)
	}
	if notes := strings.Join(readBack(t, path).Notes, "; "); !strings.Contains(notes, "of 1000000 rounds ") {
		t.Errorf("notes %q", notes)
	}
}
