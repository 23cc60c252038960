package lab

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/results"
)

// begun is a stage whose servers run and are connected.
func begun(t *testing.T, servers ...Server) *Stage {
	t.Helper()
	s := NewStage(Plan{Probe: Echo{}, Servers: servers, Cases: []results.Case{results.EchoCase(2, 20, 1), results.EchoCase(1, 1000, 1)}, Warmup: 10 * time.Millisecond, Window: 100 * time.Millisecond}, host.Placement{})
	for i := range servers {
		if err := s.Start(context.Background(), i); err != nil {
			s.Close()
			t.Fatal(err)
		}
		for c := range s.Plan.Cases {
			if err := s.Connect(context.Background(), i, c); err != nil {
				s.Close()
				t.Fatal(err)
			}
		}
	}
	return s
}

// A server that waits for its connections ends at once, as they are closed
// before it is told to end.
func TestCloseEndsPatientServersAtOnce(t *testing.T) {
	var list []Server
	for _, name := range []string{"a", "b", "c"} {
		list = append(list, Server{Key: external(name).Key, Argv: echoCommand("patient")})
	}
	s := begun(t, list...)
	s.Close()
	for _, p := range s.processes {
		if p.err != nil {
			t.Errorf("a server ended with %v", p.err)
		}
	}
}

// Commands that a shell cannot be told to exec, and that some shells stay the
// parent of.
func TestExternalCommandsAreTheShells(t *testing.T) {
	env := echoPort + "={port} "
	for name, command := range map[string]string{
		"assignment": env + os.Args[0],
		"cd":         "cd / && " + env + os.Args[0],
		"parent":     env + os.Args[0] + "; echo done",
	} {
		t.Run(name, func(t *testing.T) {
			v, err := External("x=" + command)
			if err != nil {
				t.Fatal(err)
			}
			s := begun(t, v)
			pid := s.processes[0].pid()
			family := append(host.Children(pid), pid)
			out, err := s.Run(context.Background(), 0, Block{})
			for ; err == nil && out.Messages == 0 && t.Context().Err() == nil; out, err = s.Run(context.Background(), 0, Block{}) {
			}
			s.Close()
			if err != nil || out.Values["cpu-ns/msg"] < 100 || out.Values["rss-B"] < 2e6 {
				t.Errorf("%v, %v", out.Values, err)
			}
			if name == "parent" && len(family) != 2 {
				t.Errorf("the shell and its children are %v, want 2", family)
			}
			for _, p := range family {
				waiting.For(t, fmt.Sprintf("process %d of %s is gone", p, strings.TrimSpace(command)), func() bool { return ended(p) })
			}
		})
	}
}

// An epoch takes the next of a server's programs.
func TestServerTakesTheProgramOfItsEpoch(t *testing.T) {
	s := Server{Argv: []string{"sh", "-c", "cd x && {out} {port}"}, Builds: []string{"a", "b"}}
	for epoch, want := range map[int]string{1: "cd x && a {port}", 2: "cd x && b {port}", 3: "cd x && a {port}"} {
		if got := s.argv(epoch); got[2] != want || got[0] != "sh" {
			t.Errorf("epoch %d: %q", epoch, got)
		}
	}
	s.Builds = nil
	if got := s.argv(1); got[2] != s.Argv[2] {
		t.Errorf("without programs: %q", got)
	}
}
