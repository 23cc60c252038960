//go:build linux

package profiles

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// names are the scripts that can be run.
var names = []string{"bench.sh", "offcpu.sh", "perf-record.sh", "perf-stat.sh", "perf-trace.sh", "pprof.sh", "strace.sh"}

// Unpack makes the directory, replaces what is old, and leaves no more behind
// than the scripts.
func TestUnpack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "strace.sh"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(names)+2 {
		t.Fatalf("%d files: %v, %v", len(entries), entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := info.Mode().Perm()&0o111 != 0, !isLibrary(e.Name()); got != want {
			t.Errorf("%s: mode %v", e.Name(), info.Mode())
		}
		here, err := os.ReadFile(e.Name())
		there, err2 := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || err2 != nil || string(here) != string(there) {
			t.Errorf("%s differs from what was embedded: %v %v", e.Name(), err, err2)
		}
	}
}

func TestUnpackFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(file); err == nil {
		t.Error("a file was taken for a directory")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, names[0]), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(dir); err == nil {
		t.Error("a directory was replaced by a script")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a failed Unpack left %v", entries)
	}
}

func TestShellcheck(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("no shellcheck")
	}
	names := append(slices.Clone(names), "lib.sh", "perflib.sh")
	if out, err := exec.Command("shellcheck", append([]string{"-x", "-P", "SCRIPTDIR"}, names...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The scripts are for every POSIX shell: a capture and a command under each.
func TestShells(t *testing.T) {
	t.Parallel()
	for _, shell := range [][]string{{"dash"}, {"bash"}, {"bash", "--posix"}, {"busybox", "sh"}} {
		t.Run(shell[len(shell)-1], func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell[0])
			if err != nil {
				t.Skip("no " + shell[0])
			}
			for _, k := range []kind{named("strace.sh"), named("perf-stat.sh -x")} {
				if why := k.need(); why != "" {
					t.Log(why)
					continue
				}
				for _, args := range [][]string{{"-p", pid(observed(t))}, {"--", target, "-once"}} {
					dir := t.TempDir()
					c := script(t, k.script, k.on(append([]string{"-d", "0.2", "-o", dir}, args...)...)...)
					c.cmd.Args = append(append(shell[:len(shell):len(shell)], c.cmd.Path), c.cmd.Args[1:]...)
					c.cmd.Path = path
					if status := c.run(); status != 0 {
						t.Errorf("%v %v: status %d, stderr %q", shell, k, status, c.stderr.String())
					}
					k.wrote(t, c, dir)
				}
			}
		})
	}
}
