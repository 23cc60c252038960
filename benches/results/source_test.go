package results

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program that is not Go's, and a process that is gone, have a reason.
func TestSourceOfOtherProcesses(t *testing.T) {
	sleep := exec.Command("sleep", "600")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	program, err := filepath.EvalSymlinks(sleep.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got := ProcessSource(sleep.Process.Pid); got.Commit != "" || got.Reason != filepath.Base(program)+": not a Go executable" {
		t.Errorf("of sleep: %+v", got)
	}
	sleep.Process.Kill()
	sleep.Wait()
	if got := ProcessSource(sleep.Process.Pid); got.Commit != "" || !strings.Contains(got.Reason, "no such file") {
		t.Errorf("of no process: %+v", got)
	}
}

// Sources are read back as they were written, and told to people in short.
func TestSourceLines(t *testing.T) {
	for want, s := range map[string]Source{
		"0123456789ab":                           {Commit: "0123456789abcdef", Modified: "false"},
		"0123456789ab with changes":              {Commit: "0123456789abcdef", Modified: "true"},
		"0123":                                   {Commit: "0123"},
		"unknown (sh: not a Go executable (no))": {Reason: "sh: not a Go executable (no)"},
	} {
		var b strings.Builder
		f, err := NewWriter(&b, s.Facts())
		if err != nil {
			t.Fatal(err)
		}
		f.Source("server=wsbench/io=raw-aa", s)
		res, err := Read(strings.NewReader(b.String()), "t")
		if err != nil || len(res.Sources) != 1 || res.Sources[0] != (NamedSource{"server=wsbench/io=raw-aa", s}) || res.Source() != s {
			t.Errorf("%+v: %+v, %+v, %v", s, res.Sources, res.Source(), err)
		}
		if s.String() != want {
			t.Errorf("%+v: %q", s, s)
		}
	}
}
