//go:build linux

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

	"wsbench/benches/host"
	"wsbench/benches/results"
)

// idling is a session of idle connections to external servers with these faults.
func idling(t *testing.T, settle time.Duration, faults ...string) *Session {
	t.Helper()
	s := &Session{
		Plan: Plan{Probe: Idle{Settle: settle}, Cases: []results.Case{results.Case(fmt.Sprintf("conns=%d", 3*waveSize+1))}, Rounds: 2, Seed: 5},
		Dir:  filepath.Join(t.TempDir(), "results", "one"), Progress: Quiet{},
	}
	for i, fault := range faults {
		s.Plan.Servers = append(s.Plan.Servers, Server{Key: external("echo" + string(rune('a'+i))).Key, Argv: echoCommand(fault)})
	}
	return s
}

func TestIdleMeasuresEveryServerInEveryRound(t *testing.T) {
	s := idling(t, time.Millisecond, "", "")
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Samples != 4 || tally.Failures != 0 {
		t.Fatalf("%+v, %v", tally, err)
	}
	res := readBack(t, path)
	if len(res.Of("Conns")) != 4 || len(res.Samples) != 4 || len(res.Warnings) > 0 || len(res.Sources) != 2 {
		t.Fatalf("%d samples, warnings %v, sources %v", len(res.Samples), res.Warnings, res.Sources)
	}
	for _, g := range results.Groups(res.Samples) {
		if len(g.Samples) != 2 || slices.Min(g.Values("cpu-ns/open")) < 1000 || slices.Min(g.Values("empty-B")) < 1<<20 {
			t.Errorf("%+v", g)
		}
		if perConn := g.Values("B/conn"); g.Median("B/conn") < 1000 || slices.Max(perConn) > 1<<20 {
			t.Errorf("a goroutine per connection takes %v bytes", perConn)
		}
	}
	text, _ := os.ReadFile(path)
	for _, want := range []string{"\nUnit B/conn better=lower\n", "\nUnit cpu-ns/open better=lower\n", "\nseed: 5\n", "\nBenchmarkConns/server=echoa/conns=97 1 "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestIdleFindsServersThatAnswerWrongly(t *testing.T) {
	for fault, want := range map[string]string{
		"wrong":  "connection 0: corrupted echo",
		"chatty": "connection 0: ", // with the handshake, or in the echo's place
		"fickle": "idle connection",
		"deaf":   "the server ended: exit status 3: echo: no port today",
	} {
		t.Run(fault, func(t *testing.T) {
			stage := NewStage(idling(t, time.Millisecond, fault).Plan, host.Placement{})
			defer stage.Close()
			if _, err := stage.Run(context.Background(), 0, Block{}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}

// A server that does not echo ends the session before its first run, with what to do
// about it; told to keep going, the session measures the others.
func TestServersMustEcho(t *testing.T) {
	for fault, want := range map[string]string{
		"wrong": "echob: a text message of 20 bytes: corrupted echo: ",
		"deaf":  "echob: the server ended: exit status 3: echo: no port today; mend its command; -keep-going measures the others",
	} {
		t.Run(fault, func(t *testing.T) {
			s := idling(t, time.Millisecond, "", fault)
			_, tally, err := s.Run(context.Background())
			if refused := new(Refused); !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), want) || tally.Done != 0 {
				t.Errorf("%+v, %v; want %s", tally, err, want)
			}
			s = idling(t, time.Millisecond, "", fault)
			s.KeepGoing = true
			path, tally, err := s.Run(context.Background())
			if err != nil || tally.Failures != 1 || tally.Samples != 2 {
				t.Errorf("%+v, %v", tally, err)
			}
			res := readBack(t, path)
			if len(res.Skipped) != 1 || res.Skipped[0].Name != "BenchmarkConns/server=echob" {
				t.Errorf("skipped %q", res.Skipped)
			}
		})
	}
}

func TestIdleInterrupted(t *testing.T) {
	for name, s := range map[string]*Session{"silent server": idling(t, time.Minute, "mute"), "settling": idling(t, time.Minute, "")} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			began := time.Now()
			path, tally, err := s.Run(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || tally.Samples != 0 || time.Since(began) > time.Minute/2 {
				t.Errorf("%+v, %v after %v", tally, err, time.Since(began))
			}
			if res := readBack(t, path); (res.Interrupted != "after 0 of 2 runs" && res.Interrupted != "before the first run") || len(res.Skipped) > 0 {
				t.Errorf("interrupted %q, skipped %v", res.Interrupted, res.Skipped)
			}
		})
	}
}

// Where not one connection could be opened, fewer are no advice.
func TestTooFewDescriptors(t *testing.T) {
	if err := tooFew(30, 158, 100); err.Error() != "30 connections need 158 descriptors, the limit is 100: raise it with ulimit -n" {
		t.Error(err)
	}
}

func TestCheckDescriptors(t *testing.T) {
	if err := CheckDescriptors(10); err != nil {
		t.Error(err)
	}
	err := CheckDescriptors(50_000_000)
	if err == nil || !strings.Contains(err.Error(), "raise it with ulimit -n, or open ") {
		t.Errorf("%v", err)
	}
}
