package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wsbench/benches/internal/libraries"
)

// root is the source tree of wsbench.
const root = "../../../.."

// wsbench returns the command with these arguments, in the source tree.
func wsbench(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		build := exec.Command("go", "build", "-o", program, "./benches/cmd/wsbench")
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = root
	return cmd
}

// The matrix measures every library under its name; where npm or Node is lacking, a
// note says so.
func TestMatrixOfPeers(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	said, err := wsbench(t, filepath.Join(dir, "wsbench"), "matrix", "-io", "none", "-peers", "all", "-cases", "2/20", "-rounds", "1", "-for", "50ms", "-noise", "off", "-o", out).CombinedOutput()
	file, _ := os.ReadFile(filepath.Join(out, "bench.txt"))
	for _, name := range libraries.Names() {
		run := regexp.MustCompile(`(?m)^(DISCARDED )?BenchmarkEcho/server=` + name + `/conns=2/`)
		if !run.Match(file) && !strings.Contains(string(file), "NOTE "+name+" is left out: ") {
			t.Errorf("%s was not measured: %v\n%s", name, err, said)
		}
	}
}

// Without modules there is one line that says how to get them.
func TestPeersWithoutModules(t *testing.T) {
	dir := t.TempDir()
	cmd := wsbench(t, filepath.Join(dir, "wsbench"), "matrix", "-peers", "gorilla", "-o", filepath.Join(dir, "out"))
	cmd.Env = append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "none"), "GOPROXY=off", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Count(string(out), "\n") != 1 || !strings.Contains(string(out), "'go mod download' in ") {
		t.Errorf("%v\n%s", err, out)
	}
}
