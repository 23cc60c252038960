package lab

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A run is observed from before its first message until the observer has
// written its capture, by a process that is told the server's and shares it
// with the runs that nothing observes.
func TestObservedRun(t *testing.T) {
	heedInterrupt(t)
	dir := t.TempDir()
	// Its child outlives the run: the time of one that ends is lost to the observer's.
	const script = `sleep 600 & trap 'kill $!; echo "$1" >"$2"; exit 0' INT; echo "ready: $1"; wait`
	plain, err := External("x=" + echoPort + "={port} " + os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	watched := plain.Observed("script")
	s := begun(t, plain, watched)
	defer s.Close()
	took := 0
	s.Observe = func(Server, Block) (*Observation, error) {
		return &Observation{
			Argv: []string{"sh", "-c", script, "sh", PIDMark, filepath.Join(dir, "capture")},
			Taken: func(out Outcome) error {
				took++
				if out.Echoes < out.Messages || out.Messages == 0 {
					t.Errorf("%d messages of %d echoes", out.Messages, out.Echoes)
				}
				return nil
			},
		}, nil
	}
	for i := range s.Plan.Servers {
		out, err := s.Run(context.Background(), i, Block{})
		if err != nil {
			t.Fatal(err)
		}
		if _, observed := out.Values["observer-ns/msg"]; observed != (i == 1) {
			t.Errorf("server %d: observed %v", i, observed)
		}
	}
	pid, err := os.ReadFile(filepath.Join(dir, "capture"))
	want, wantErr := s.processes[0].serving()
	if err != nil || wantErr != nil || strings.TrimSpace(string(pid)) != strconv.Itoa(want) || took != 1 {
		t.Errorf("process %q was observed (%v), %d serves (%v); taken %d times", pid, err, want, wantErr, took)
	}
	if s.processes[1] != nil {
		t.Error("a second server runs")
	}
}

// heedInterrupt has SIGINT reach what the test starts, as commands do: it is
// ignored, and no shell can trap it, where tests run in a shell's background.
func heedInterrupt(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	t.Cleanup(func() { signal.Stop(c) })
}

func TestObserverFaults(t *testing.T) {
	heedInterrupt(t)
	v := Server{Key: "server=echo/observer=x", Argv: echoCommand("patient")}
	for name, tt := range map[string]struct{ script, want string }{
		"refuses":   {`echo "strace is missing: install strace" >&2; exit 1`, "strace is missing: install strace"},
		"ends":      {`echo ready:; echo "went away" >&2; exit 3`, "went away"},
		"unwritten": {`trap 'echo "the disk is full" >&2; exit 1' INT; echo ready:; while :; do sleep 0.01; done`, "the disk is full"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begun(t, v)
			defer s.Close()
			s.Observe = func(Server, Block) (*Observation, error) {
				return &Observation{Argv: []string{"sh", "-c", tt.script}, Taken: func(Outcome) error { t.Error("taken"); return nil }}, nil
			}
			_, err := s.Run(context.Background(), 0, Block{})
			var fault *ObserverFault
			if !errors.As(err, &fault) || fault.Reason != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
			s.Plan.Servers[0].Key = "server=echo"
			if out, err := s.Run(context.Background(), 0, Block{}); err != nil || out.Messages == 0 {
				t.Errorf("the run after: %v, %v", out, err)
			}
		})
	}
}

// An observer that finds no server is not what failed.
func TestObserverOfDeadServer(t *testing.T) {
	s := begun(t, Server{Key: "server=echo/observer=x", Argv: echoCommand("patient")})
	defer s.Close()
	s.Observe = func(Server, Block) (*Observation, error) {
		return &Observation{Argv: []string{"sh", "-c", "kill -9 " + PIDMark + "; echo there is no process >&2; exit 1"}}, nil
	}
	_, err := s.Run(context.Background(), 0, Block{})
	var fault *ServerFault
	if !errors.As(err, &fault) || !strings.Contains(fault.Reason, "the server ended: signal: killed") {
		t.Errorf("%v", err)
	}
}

// An observer that hangs is not waited for when the session ends.
func TestObservationEndsWithTheSession(t *testing.T) {
	v := Server{Key: "server=echo/observer=x", Argv: echoCommand("patient")}
	s := begun(t, v)
	defer s.Close()
	s.Observe = func(Server, Block) (*Observation, error) {
		return &Observation{Argv: []string{"sh", "-c", "sleep 60"}, Taken: func(Outcome) error { return nil }}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, 0, Block{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
