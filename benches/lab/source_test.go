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
	"wsbench/benches/results"
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
		runGit(t, dir, strings.Fields(args)...)
	}
	return dir, runGit(t, dir, "rev-parse", "HEAD")
}

// runGit returns the output of git in a folder.
func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
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
	refused := build(t, dir, "refused", "-buildvcs=false", "-ldflags=-X 'wsbench/benches/results.gitRefused=fatal: detected dubious ownership'")
	if err := os.WriteFile(filepath.Join(dir, "more.go"), []byte("package main\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	changed := build(t, dir, "changed", "-buildvcs=true")
	servers := []struct {
		program string
		want    results.Source
	}{
		{stamped, results.Source{Commit: commit, Modified: "false"}},
		{changed, results.Source{Commit: commit, Modified: "true"}},
		{bare, results.Source{Reason: "built without a stamp of version control, as go run, go test and -buildvcs=false do"}},
		{refused, results.Source{Reason: "the build could not stamp it: fatal: detected dubious ownership"}},
	}
	plan := Plan{Probe: Echo{}}
	for _, s := range servers {
		for after, shell := range map[string]string{"-child": "; true", "": ""} { // the shell stays, or becomes the server
			v, err := External(fmt.Sprintf("%s%s=%s {port}%s", filepath.Base(s.program), after, s.program, shell))
			if err != nil {
				t.Fatal(err)
			}
			plan.Servers = append(plan.Servers, v)
		}
	}
	for i, got := range started(t, plan) {
		if want := servers[i/2].want; got != want {
			t.Errorf("%s: %+v, want %+v", plan.Servers[i].Key.Label(), got, want)
		}
	}
}

// started starts the servers of a plan, and returns their sources.
func started(t *testing.T, plan Plan) (list []results.Source) {
	t.Helper()
	stage := NewStage(plan, host.Placement{})
	defer stage.Close()
	for i, s := range plan.Servers {
		if err := stage.Start(context.Background(), i); err != nil {
			t.Fatal(s.Key.Label(), err)
		}
		list = append(list, stage.process(i).source())
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
	for refuses, want := range map[string]results.Source{
		"0": {Commit: commit, Modified: "false"},
		"1": {Reason: "the build could not stamp it: fatal: detected dubious ownership in repository at " + dir},
	} {
		cmd := exec.Command("make", "-C", dir, "build")
		cmd.Env = append(os.Environ(), "GIT_TEST_ASSUME_DIFFERENT_OWNER="+refuses, "GOFLAGS=", "GOWORK=off", "MAKEFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := started(t, Plan{Probe: Echo{}, Servers: []Server{server}})[0]; got != want {
			t.Errorf("git refuses %s: %+v, want %+v", refuses, got, want)
		}
	}
}
