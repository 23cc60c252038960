package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

func TestSplitAB(t *testing.T) {
	for _, tt := range []struct{ args, flags, operands string }{
		{"main", "", "main"},
		{"-micro|main", "-micro", "main"},
		{"-rounds|3|-for=20ms|a|b", "-rounds|3|-for=20ms", "a|b"},
		{"-rounds|3|-flush frame|-io net", "-rounds|3", "-flush frame|-io net"},
		{"||-flush frame", "", "||-flush frame"},
		{"-micro|--|-time|-cases", "-micro", "-time|-cases"},
		{"-h", "-h", ""},
		{"-rounds", "-rounds", ""},
	} {
		args := strings.Split(tt.args, "|")
		flags, operands := splitAB(args)
		if strings.Join(flags, "|") != tt.flags || strings.Join(operands, "|") != tt.operands {
			t.Errorf("%q: %q and %q", args, flags, operands)
		}
	}
}

// A signal leaves no tree and no process, in whichever phase it comes.
func TestABInterrupted(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on the PATH")
	}
	for _, tt := range []struct{ phase, build string }{
		{"build", "touch ../../../begun && sleep 1000"},
		{"session", "cp flags {out}"},
	} {
		t.Run(tt.phase, func(t *testing.T) { interruptAB(t, tt.build) })
	}
}

func interruptAB(t *testing.T, build string) {
	repo, out := smallRepository(t), filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("ab-", filepath.Base(t.Name()), os.Getpid())
	server := "exec wsbench echo -addr 127.0.0.1:{port}"
	if strings.Contains(build, "{out}") {
		server += " $(cat {out})"
	}
	cmd := matrixCommand(mark, "ab -cases 2/20 -rounds 100000 -for 20ms -noise off -dir "+repo+" -o "+out)
	cmd.Args = append(cmd.Args, "-build", build, "-server", server, "main")
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := func() bool {
		b, _ := os.ReadFile(filepath.Join(out, "bench.txt"))
		_, err := os.Stat(filepath.Join(repo, "begun"))
		return err == nil || bytes.Contains(b, []byte("\nBLOCK 2 "))
	}
	for end := time.Now().Add(waiting.Bound); !begun() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(text.String(), "interrupted") {
		t.Errorf("exit status %d, %s", code, text.String())
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	trees, err := git(repo, "worktree", "list")
	if _, stat := os.Stat(filepath.Join(repo, ".build")); err != nil || stat == nil || strings.Count(trees, "\n") > 0 {
		t.Errorf("%v; trees %s; .build: %v", err, trees, stat)
	}
}

// smallRepository returns the folder of a repository with the branch main, whose
// file flags is of one commit.
func smallRepository(t *testing.T) string {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	t.Setenv("GIT_CONFIG_SYSTEM", "/dev/null")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "flags"), []byte("-io epoll\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"init -q -b main", "add .", "-c user.name=x -c user.email=x@example.org commit -q -m x"} {
		if _, err := git(dir, strings.Fields(args)...); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Names of refs are names of servers that tables can show.
func TestNameOf(t *testing.T) {
	for ref, want := range map[string]string{"main": "main", "HEAD~3": "HEAD_3", "feature/x": "feature_x", "v1-16": "v1_16", "epoll": "ref-epoll", "wsbench": "ref-wsbench"} {
		if got := nameOf(ref); got != want || slices.Contains([]string{"", "wsbench"}, got) {
			t.Errorf("%s: %s, want %s", ref, got, want)
		}
	}
}

// A tree that git cannot remove is no tree all the same.
func TestWorkshopClears(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on the PATH")
	}
	repo := smallRepository(t)
	w := &workshop{progress: newProgress(io.Discard)}
	tree, err := w.checkOut(repo, "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(tree, ".git")); err != nil {
		t.Fatal(err)
	}
	w.close()
	trees, err := git(repo, "worktree", "list")
	if _, stat := os.Stat(filepath.Join(repo, ".build")); err != nil || stat == nil || strings.Contains(trees, "ab-") {
		t.Errorf("%v; trees %s; .build: %v", err, trees, stat)
	}
}

// Each code layout has as many rounds.
func TestABEvenLayouts(t *testing.T) {
	for rounds, want := range map[int]int{0: 0, 3: 3, 5: 5, 12: 15, 20: 20} {
		b := &comparedSides{layouts: 5, sides: [2]abSide{{tree: true}, {commit: "x"}}}
		s := &lab.Session{Plan: lab.Plan{Rounds: rounds}}
		if b.evenLayouts(s); s.Plan.Rounds != want || len(s.Notes) > 0 != (rounds != want) {
			t.Errorf("%d rounds become %d, want %d; notes %q", rounds, s.Plan.Rounds, want, s.Notes)
		}
	}
}

// Allocations that vary and units that are not judged are not undecided.
func TestFailOn(t *testing.T) {
	change := func(unit string, kind results.Finding, lo, hi float64) results.Change {
		c := results.Change{Unit: results.UnitOf(unit), A: []float64{1}, B: []float64{1}}
		c.Verdict.Kind, c.Interval.Lo, c.Interval.Hi, c.HasCI = kind, lo, hi, lo > 0
		return c
	}
	varies, unjudged := change("allocs/op", results.Undecided, 0, 0), change("syscalls/msg", results.Unjudged, 0, 0)
	for want, list := range map[status][]results.Change{
		0:                {varies, unjudged, change("ns/op", results.Equivalent, 0.99, 1.01)},
		statusUndecided:  {varies, change("ns/op", results.Slower, 1.01, 1.2)},
		statusRegression: {varies, change("allocs/op", results.Slower, 2, 2), change("ns/op", results.Undecided, 0.9, 1.2)},
	} {
		err := (&comparedSides{limit: 0.03}).failure("slower:3%", list)
		var status statusError
		if errors.As(err, &status); status.status != want || err != nil != (want > 0) {
			t.Errorf("%v, want status %d", err, want)
		}
	}
}

// Layouts take part more than once, each as often as the others.
func TestABTurns(t *testing.T) {
	for _, tt := range []struct {
		layouts, rounds int
		total           time.Duration
		want            int
	}{{10, 0, 280 * time.Second, 4}, {10, 0, 50 * time.Second, 1}, {10, 0, 100 * time.Second, 2}, {10, 10, 0, 1}, {10, 20, 0, 2}, {5, 35, 0, 1}, {5, 45, 0, 3}} {
		if got := turns(tt.layouts, tt.rounds, tt.total); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}
