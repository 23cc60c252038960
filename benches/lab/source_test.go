package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsbench/benches/host"
)

// listens is a server that only accepts.
const listens = `package main

import (
	"net"
	"os"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		if c, err := l.Accept(); err == nil {
			c.Close()
		}
	}
}
`

// repository makes a repository of files, and returns its folder and commit.
func repository(t *testing.T, files map[string]string) (dir, commit string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on the PATH")
	}
	dir = t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	t.Setenv("GIT_CONFIG_SYSTEM", "/dev/null")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"init -q", "add .", "-c user.name=x -c user.email=x@example.org commit -q -m x"} {
		if _, err := git(dir, strings.Fields(args)...); err != nil {
			t.Fatal(args, err)
		}
	}
	commit, err := git(dir, "rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return dir, commit
}

// build builds the program of dir beside it, and returns where it is.
func build(t *testing.T, dir, name string, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", append(append([]string{"build", "-o", program}, flags...), ".")...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// What is recorded of a server is the commit of its own program, though a shell
// started it and this is another tree.
func TestSourceOfAServer(t *testing.T) {
	dir, commit := repository(t, map[string]string{"go.mod": "module example.org/mine\n", "main.go": listens})
	stamped, bare := build(t, dir, "stamped", "-buildvcs=true"), build(t, dir, "bare", "-buildvcs=false")
	told := build(t, dir, "told", "-buildvcs=false", "-ldflags=-X 'wsbench/benches/lab.gitRefused=fatal: detected dubious ownership'")
	if err := os.WriteFile(filepath.Join(dir, "more.go"), []byte("package main\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	changed := build(t, dir, "changed", "-buildvcs=true")
	servers := []struct {
		program string
		want    Source
	}{
		{stamped, Source{Commit: commit, Modified: "false"}},
		{changed, Source{Commit: commit, Modified: "true"}},
		{bare, Source{Reason: "built without a stamp of version control, as by go run, go test and -buildvcs=false"}},
		{told, Source{Reason: "the build could not stamp it: fatal: detected dubious ownership"}},
	}
	var plan Plan
	for _, s := range servers {
		for after, shell := range map[string]string{"-child": "; true", "": ""} { // the shell stays, or becomes the server
			v, err := External(fmt.Sprintf("%s%s=%s {port}%s", filepath.Base(s.program), after, s.program, shell))
			if err != nil {
				t.Fatal(err)
			}
			plan.Variants = append(plan.Variants, v)
		}
	}
	for i, got := range started(t, plan) {
		if want := servers[i/2].want; got != want {
			t.Errorf("%s: %+v, want %+v", plan.Variants[i].Label(), got, want)
		}
	}
}

// started starts the servers of a plan, and returns their sources.
func started(t *testing.T, plan Plan) (list []Source) {
	t.Helper()
	stage := NewStage(plan, host.Placement{})
	defer stage.Close()
	for i, v := range plan.Variants {
		if err := stage.Start(context.Background(), i); err != nil {
			t.Fatal(v.Label(), err)
		}
		list = append(list, stage.actor(i).source())
	}
	return list
}

// 'make build' stamps the commit, or where git refuses the reason.
func TestMakefileStamps(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not on the PATH")
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	dir, commit := repository(t, map[string]string{
		".gitignore": ".build\n", "Makefile": string(makefile), "go.mod": "module wsbench\n", "benches/cmd/wsbench/main.go": listens,
	})
	server, err := External("made=" + filepath.Join(dir, ".build", "wsbench") + " {port}")
	if err != nil {
		t.Fatal(err)
	}
	for refuses, want := range map[string]Source{
		"0": {Commit: commit, Modified: "false"},
		"1": {Reason: "the build could not stamp it: fatal: detected dubious ownership in repository at " + dir},
	} {
		cmd := exec.Command("make", "-C", dir, "build")
		cmd.Env = append(os.Environ(), "GIT_TEST_ASSUME_DIFFERENT_OWNER="+refuses, "GOFLAGS=", "GOWORK=off", "MAKEFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := started(t, Plan{Variants: []Variant{server}})[0]; got != want {
			t.Errorf("git refuses %s: %+v, want %+v", refuses, got, want)
		}
	}
}

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
	if got := processSource(sleep.Process.Pid); got.Commit != "" || got.Reason != filepath.Base(program)+": not a Go executable" {
		t.Errorf("of sleep: %+v", got)
	}
	sleep.Process.Kill()
	sleep.Wait()
	if got := processSource(sleep.Process.Pid); got.Commit != "" || !strings.Contains(got.Reason, "no such file") {
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
		f, err := NewFile(&b, s.facts())
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
	for keys, want := range map[string]string{"server=wsbench/io=epoll": "epoll", "server=mine": "mine", "server=mine-aa": "mine A/A", "components": "components"} {
		if got := LabelOf(keys); got != want {
			t.Errorf("%s is %q, want %q", keys, got, want)
		}
	}
}

func TestSourceRoot(t *testing.T) {
	wd, _ := os.Getwd()
	root := SourceRoot(wd)
	if _, err := os.Stat(filepath.Join(root, "benches", "lab")); root == "" || err != nil {
		t.Errorf("root of %s is %q", wd, root)
	}
	if got := SourceRoot(t.TempDir()); got != "" {
		t.Errorf("a temporary folder is in %q", got)
	}
}
