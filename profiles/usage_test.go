//go:build linux

package profiles

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Help is the header of the script, which has all its parts.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		c := script(t, name, "-h")
		if status := c.run(); status != 0 || c.stderr.Len() > 0 {
			t.Errorf("%s -h: status %d, stderr %q", name, status, c.stderr.String())
		}
		for _, part := range []string{name + " - ", "\nUSAGE\n", "\nREQUIREMENTS\n", "\nOVERHEAD\n", "\nFILES\n", "\nSAMPLE OUTPUT\n", "ready: ", "wrote: "} {
			if !strings.Contains(c.stdout.String(), part) {
				t.Errorf("%s -h lacks %q", name, part)
			}
		}
		if strings.Contains(c.stdout.String(), "set -eu") {
			t.Errorf("%s -h shows code", name)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		if name == "bench.sh" { // TestBenchUsage
			continue
		}
		for want, args := range map[string][]string{
			"no option -z":        {"-z"},
			"-p takes a value":    {"-p"},
			"one process id":      {"-p", "12x"},
			"such as 5 or 0.5":    {"-d", "soon", "-p", "1"},
			"not '0.0'":           {"-d", "0.0", "-p", "1"},
			"not '1.2.3'":         {"-d", "1.2.3", "-p", "1"},
			"-o takes a dir":      {"-o", "", "-p", "1"},
			"one thread id":       {"-t", "12x", "-p", "1"},
			"-p PID or a COMMAND": {"-p", itoa(os.Getpid()), "--", "true"},
			"give -p PID":         {},
		} {
			if (strings.Contains(want, "COMMAND") || len(args) == 0) && missing(name) {
				continue // they say that first
			}
			script(t, name, args...).complain(2, want)
		}
	}
	script(t, "perf-record.sh", "-F", "fast", "-p", "1").complain(2, "samples per second")
	script(t, "perf-record.sh", "-g", "guess", "-p", "1").complain(2, "fp, dwarf or lbr")
	script(t, "perf-trace.sh", "-l", "--", "true").complain(2, "first thread only")
	script(t, "perf-trace.sh", "-l", "-k", "-p", "1").complain(2, "-k or -l")
	script(t, "pprof.sh", "-k", "cpu gpu", "-p", "1").complain(2, "does not know 'gpu'")
	script(t, "pprof.sh", "-u", "localhost", "-p", "1").complain(2, "takes a URL")
	script(t, "pprof.sh", "-u", "http://127.0.0.1:1", "-p", "1").complain(2, "one of -u URL")
}

func missing(name string) bool {
	tool := map[string]string{"strace.sh": "strace", "pprof.sh": "curl"}[name]
	if tool == "" {
		tool = "perf"
	}
	_, err := exec.LookPath(tool)
	return err != nil
}

// A process that is none, has ended or is a thread is refused by name.
func TestNoProcess(t *testing.T) {
	t.Parallel()
	p := observed(t)
	tasks, err := os.ReadDir("/proc/" + pid(p) + "/task")
	if err != nil || len(tasks) < 2 {
		t.Fatalf("the target has %d threads: %v", len(tasks), err)
	}
	ended := exec.Command("true")
	if err := ended.Start(); err != nil {
		t.Fatal(err)
	}
	defer ended.Wait()
	awaitZombie(t, ended.Process.Pid)
	for _, k := range kinds {
		if missing(k.script) || k.need() != "" {
			continue
		}
		script(t, k.script, k.on("-p", "4194999")...).complain(1, "there is no process 4194999")
		script(t, k.script, k.on("-p", tasks[1].Name())...).complain(1, "use -p "+pid(p))
		script(t, k.script, k.on("-p", itoa(ended.Process.Pid))...).complain(1, "has ended")
	}
	script(t, "pprof.sh", "--", "./no-such-command").complain(1, "there is no command ./no-such-command")
}

func awaitZombie(t *testing.T, pid int) {
	t.Helper()
	for {
		b, err := os.ReadFile("/proc/" + itoa(pid) + "/stat")
		if err != nil || t.Context().Err() != nil {
			t.Fatalf("the process that ended is not there: %v", err)
		}
		if strings.Contains(string(b), ") Z ") {
			return
		}
	}
}

// A capture is not overwritten, but with -f.
func TestOverwrite(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		dir, p := t.TempDir(), observed(t)
		for name := range k.files {
			old := filepath.Join(dir, name)
			if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			script(t, k.script, k.on("-o", dir, "-p", pid(p))...).complain(1, old+" is there already")
			if b, _ := os.ReadFile(old); string(b) != "old" {
				t.Errorf("%s holds %q now", name, b)
			}
			os.Remove(old)
		}
		if k.script != "strace.sh" {
			return
		}
		os.WriteFile(filepath.Join(dir, "strace-counts.txt"), []byte("old"), 0o644)
		c := script(t, k.script, k.on("-f", "-d", "0.2", "-o", dir, "-p", pid(p))...)
		if status := c.run(); status != 0 || len(k.args) == 0 && strings.Contains(c.stderr.String(), "already") {
			t.Errorf("-f: status %d, stderr %q", status, c.stderr.String())
		}
	})
}

func TestNoDirectory(t *testing.T) {
	each(t, func(t *testing.T, k kind) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		script(t, k.script, k.on("-o", file+"/below", "-p", itoa(os.Getpid()))...).complain(1, "cannot write into the directory")
	})
}
