//go:build linux

package lab

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsbench/benches/load"
)

// profiled is a session of a profile on a few connections to external servers with
// these faults.
func profiled(t *testing.T, profile string, faults ...string) *Session {
	t.Helper()
	cases, err := ProfileCases(profile, []int{3, 6})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{
		Plan: Plan{Probe: Profile{}, Cases: cases, Rounds: 2, Seed: 5, Window: 50 * time.Millisecond},
		Dir:  filepath.Join(t.TempDir(), "results", "one"), Progress: Quiet{}, Noise: 1000,
	}
	for i, fault := range faults {
		s.Plan.Servers = append(s.Plan.Servers, Server{Key: external("echo" + string(rune('a'+i))).Key, Argv: echoCommand(fault)})
	}
	return s
}

func TestProfiles(t *testing.T) {
	for _, profile := range []string{"echo-ws", "echo-ws-pipeline", "echo-ws-limited"} {
		t.Run(profile, func(t *testing.T) {
			path, tally, err := profiled(t, profile, "").Run(context.Background())
			if err != nil || tally.Failures != 0 || tally.Done != 4 {
				t.Fatalf("%+v, %v", tally, err)
			}
			res := readBack(t, path)
			if len(res.Warnings) > 0 {
				t.Error(res.Warnings)
			}
			for _, s := range res.Samples { // a busy machine may have discarded some
				c := s.Name.Case()
				limited := s.Values["reconnects/s"] > 0 && s.Values["handshake-p99-ns"] > 0
				if _, counted := s.Values["time-wait"]; c.Value("profile") != profile || limited != (profile == "echo-ws-limited") || limited != counted {
					t.Errorf("%s: %v", s.Name, s.Values)
				}
			}
		})
	}
}

// Builds take turns under a profile, too, the same number of rounds each.
func TestProfilesTakeTurnsOfBuilds(t *testing.T) {
	s := profiled(t, "echo-ws", "")
	marks := filepath.Join(t.TempDir(), "marks")
	argv := append([]string{"sh", "-c", "echo {out} >>" + marks + `; exec "$0" "$@"`}, s.Plan.Servers[0].Argv...)
	s.Plan.Servers[0].Argv, s.Plan.Servers[0].Builds = argv, []string{"one", "two"}
	s.Plan.Rounds, s.Plan.Layouts, s.Plan.Epochs, s.Plan.Cases = 4, 2, 4, s.Plan.Cases[:1]
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Failures != 0 {
		t.Fatalf("%+v, %v", tally, err)
	}
	b, _ := os.ReadFile(marks)
	started := strings.Fields(string(b))[1:] // the first was validated only
	if n := strings.Count(strings.Join(started, " "), "two"); 2*n != len(started) || started[0] != "one" {
		t.Errorf("started %v", started)
	}
	for _, x := range readBack(t, path).Samples {
		if x.Epoch != 2-x.Round%2 {
			t.Errorf("round %d is of epoch %d", x.Round, x.Epoch)
		}
	}
}

// A server that is not fit for a profile, or ends under it, is left out with the
// reason, and the other's runs are in the file.
func TestProfilesOfServersWithFaults(t *testing.T) {
	for fault, want := range map[string]string{
		"wrong": "the server does not echo a text message: a text message of 5 bytes: load: corrupted echo",
		"lax":   "the server does not refuse a request without upgrade: the answer begins with",
		"exit":  "the server ended: exit status 7: echo: enough",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			session := profiled(t, "echo-ws", "", fault)
			session.Plan.Cases, session.KeepGoing = session.Plan.Cases[:1], true
			path, tally, err := session.Run(context.Background())
			if err != nil || tally.Failures == 0 {
				t.Fatalf("%+v, %v", tally, err)
			}
			res := readBack(t, path)
			if len(res.Skipped) == 0 || !strings.Contains(res.Skipped[0].Text, want) {
				t.Errorf("skipped %q, want %q", res.Skipped, want)
			}
			other := 0
			for _, s := range res.Samples {
				if s.Name.Value("server") == "echoa" {
					other++
				}
			}
			for _, d := range res.Discarded {
				if d.Name.Value("server") == "echoa" {
					other++
				}
			}
			if other < 2 {
				t.Errorf("the other server has %d runs, want 2 or more", other)
			}
		})
	}
}

func TestParseConns(t *testing.T) {
	for s, want := range map[string]int{"": 3, "5": 1, "5,7": 2, "0": 0, "5,": 0, "x": 0} {
		if list, err := ParseConns(load.Profiles[0], s); len(list) != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v", s, list, err)
		}
	}
	if _, err := ProfileCases("echo", []int{5}); err == nil || !strings.Contains(err.Error(), "echo-ws-limited") {
		t.Error(err)
	}
	if _, err := ProfileCases("echo-ws", []int{1_000_000}); err == nil || !strings.Contains(err.Error(), "ulimit -n") {
		t.Error(err)
	}
}

// A server that may not have the connections is told how it may.
func TestRoom(t *testing.T) {
	p := &Process{child: &child{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}}
	if err := p.room(50_000_000); err == nil || !strings.Contains(err.Error(), "prlimit --pid ") {
		t.Error(err)
	}
	if err := p.room(1); err != nil {
		t.Error(err)
	}
}
