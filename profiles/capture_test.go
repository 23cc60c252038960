//go:build linux

package profiles

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func (k kind) on(args ...string) []string { return append(k.args[:len(k.args):len(k.args)], args...) }

// Each script observes a process for a time, and leaves it as it was.
func TestProcess(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		dir, p := filepath.Join(t.TempDir(), "made"), observed(t)
		c := script(t, k.script, k.on("-d", "0.2", "-o", dir, "-p", pid(p))...)
		if status := c.run(); status != 0 {
			t.Fatalf("status %d, stderr %q", status, c.stderr.String())
		}
		k.wrote(t, c, dir)
		p.untouched(t)
	})
}

// A signal ends a capture, which is complete. The shell that starts the script
// has closed its standard input. Every other kind is ended by SIGTERM, strace
// by both: the scripts wait in one place.
func TestSignals(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		switch i := slices.IndexFunc(kinds, func(o kind) bool { return o.String() == k.String() }); {
		case i == 0:
			signalled(t, k, syscall.SIGINT)
			signalled(t, k, syscall.SIGTERM)
		case i%2 == 0:
			signalled(t, k, syscall.SIGINT)
		default:
			signalled(t, k, syscall.SIGTERM)
		}
	}, byURL) // a CPU profile cannot be ended early: TestPprofGivenUp
}

func signalled(t *testing.T, k kind, sig syscall.Signal) {
	t.Helper()
	dir, p := t.TempDir(), observed(t)
	c := script(t, k.script, k.on("-o", dir, "-p", pid(p))...)
	c.cmd.Args = append([]string{"sh", "-c", `exec "$@" <&-`, "sh", c.cmd.Path}, c.cmd.Args[1:]...)
	c.cmd.Path = "/bin/sh"
	c.start().ready()
	p.work(t)
	c.cmd.Process.Signal(sig)
	if status := c.finish(); status != 0 {
		t.Fatalf("%v: status %d, stderr %q", sig, status, c.stderr.String())
	}
	k.check(t, c, dir)
	p.untouched(t)
}

// A signal that comes before the tool counts ends the script too, wherever it
// is by then, and nothing is left: a command neither.
func TestEarlySignals(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{named("strace.sh"), named("perf-stat.sh -x"), named(byURL)} {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			if why := k.need(); why != "" {
				t.Skip(why)
			}
			for ms := range 10 {
				c := script(t, k.script, k.on("-f", "-o", t.TempDir(), "--", target)...).start()
				time.Sleep(time.Duration(ms*ms) * 3 * time.Millisecond)
				c.cmd.Process.Signal(syscall.SIGTERM)
				c.finish()
			}
		})
	}
}

// A capture is complete when its process ends before it.
func TestProcessEnds(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		dir, p := t.TempDir(), observed(t)
		c := script(t, k.script, k.on("-o", dir, "-p", pid(p))...).start()
		c.ready()
		p.work(t)
		p.Process.Kill()
		p.Wait()
		if status := c.finish(); status != 0 {
			t.Fatalf("status %d, stderr %q", status, c.stderr.String())
		}
		k.check(t, c, dir)
	}, byURL) // its profiles are in the process: TestPprofProcessEnds
}

// A command is ended when SECONDS are over, with its children.
func TestCommand(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		if k.script == "perf-trace.sh" && !sumsUp(t) {
			t.Skip("this perf cannot sum up what it recorded")
		}
		dir := t.TempDir()
		c := script(t, k.script, k.on("-d", "0.2", "-o", dir, "--", "sh", "-c", "sleep 60 & wait")...)
		if status := c.run(); status != 0 || c.stdout.Len() > 0 {
			t.Fatalf("status %d, stdout %q, stderr %q", status, c.stdout.String(), c.stderr.String())
		}
		k.wrote(t, c, dir)
	}, live, byURL) // TestPprofCommand; -l refuses commands: TestWrongUsage
}

// sumsUp tells whether perf trace reads a recording (perf 6.12 crashes).
func sumsUp(t *testing.T) bool {
	data := filepath.Join(t.TempDir(), "data")
	record := exec.Command("perf", "record", "-R", "-c", "1", "-o", data, "-e", "raw_syscalls:sys_enter,raw_syscalls:sys_exit", "--", "true")
	return record.Run() == nil && exec.Command("perf", "trace", "-s", "-i", data).Run() == nil
}

// A command that ends, with children left behind, ends the capture and them.
// It is observed from its start, and its output is all that is on stdout.
func TestCommandEnds(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		if k.script == "perf-trace.sh" && !sumsUp(t) {
			t.Skip("this perf cannot sum up what it recorded")
		}
		dir := t.TempDir()
		c := script(t, k.script, k.on("-o", dir, "--", "sh", "-c", `sleep 60 & "$0" -once; exit 3`, target)...)
		if k.String() == "offcpu.sh -b" { // has no children to come
			c.cmd.Args = append(c.cmd.Args[:len(c.cmd.Args)-2], `sleep 60 & exec "$0" -once`, target)
		}
		if status := c.run(); status != 0 {
			t.Errorf("status %d, stderr %q", status, c.stderr.String())
		}
		k.check(t, c, dir)
		if said := c.stdout.String(); !strings.HasPrefix(said, "target ") || strings.Count(said, "\n") != 1 {
			t.Errorf("the command's stdout is %q; stderr %q", said, c.stderr.String())
		}
		if told := strings.Contains(c.stderr.String(), "ended with status 3"); told != (k.String() != "offcpu.sh -b") {
			t.Errorf("stderr %q", c.stderr.String())
		}
	}, live, byURL)
}

// Threads that are created during a capture are part of it.
func TestThreadsToCome(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{named("strace.sh"), named("perf-trace.sh")} {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			if why := k.need(); why != "" {
				t.Skip(why)
			}
			if k.script == "perf-trace.sh" && !sumsUp(t) {
				t.Skip("this perf cannot sum up what it recorded")
			}
			dir, p := t.TempDir(), observed(t)
			c := script(t, k.script, "-o", dir, "-p", pid(p)).start()
			c.ready()
			before := threads(t, p)
			p.Process.Signal(syscall.SIGUSR1)
			for threads(t, p) < before+2 {
				time.Sleep(10 * time.Millisecond)
			}
			p.work(t)
			c.cmd.Process.Signal(syscall.SIGTERM)
			c.finish()
			for name := range k.files {
				b, _ := os.ReadFile(filepath.Join(dir, name))
				if !strings.Contains(string(b), "getppid") {
					t.Errorf("%s lacks getppid: %s", name, b)
				}
			}
		})
	}
}

func threads(t *testing.T, p *process) int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/" + pid(p) + "/task")
	if err != nil || t.Context().Err() != nil {
		t.Fatal("the target is gone")
	}
	return len(tasks)
}

// -p observes one process; with -c also the children that it has.
func TestChildren(t *testing.T) {
	t.Parallel()
	if why := needStrace(); why != "" {
		t.Skip(why)
	}
	p := observed(t, "sh", "-c", `"$0"; :`)
	for _, test := range []struct {
		flag string
		want bool
	}{{"-f", false}, {"-c", true}} {
		dir := t.TempDir()
		c := script(t, "strace.sh", test.flag, "-o", dir, "-p", itoa(p.Process.Pid)).start()
		c.ready()
		p.work(t)
		c.cmd.Process.Signal(syscall.SIGTERM)
		if status := c.finish(); status != 0 {
			t.Fatalf("status %d, stderr %q", status, c.stderr.String())
		}
		b, err := os.ReadFile(filepath.Join(dir, "strace-counts.txt"))
		if got := strings.Contains(string(b), " write\n"); err != nil || got != test.want {
			t.Errorf("%s: the child is counted: %v, want %v (%v): %s", test.flag, got, test.want, err, b)
		}
		p.untouched(t)
	}
}
