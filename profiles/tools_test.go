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
)

// without makes a PATH that has all but some tools.
func without(t *testing.T, tools ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(from)
		for _, e := range entries {
			if !slices.Contains(tools, e.Name()) {
				os.Symlink(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())) // the first of a name wins
			}
		}
	}
	return "PATH=" + dir
}

func TestMissingTool(t *testing.T) {
	t.Parallel()
	path := without(t, "strace", "perf", "bpftrace", "curl", "wget")
	want := map[string]string{
		"strace.sh": "apt install strace", "offcpu.sh -b": "apt install bpftrace",
		byURL: "apt install curl",
	}
	for _, k := range kinds {
		c := script(t, k.script, k.on("-p", itoa(os.Getpid()))...)
		c.cmd.Env = append(c.cmd.Env, path)
		text := "perf is not installed: apt install linux-perf"
		if w, ok := want[k.String()]; ok {
			text = w
		} else if k.script == "strace.sh" {
			text = want["strace.sh"]
		}
		c.complain(1, text)
	}
}

// A perf that is there but does not run, or is too old, is told from none.
func TestPerfThatFails(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		"does not work (E: linux-perf-9.9 is not installed.)": "echo 'E: linux-perf-9.9 is not installed.' >&2; exit 1",
		"too old": "[ $1 != --version ] || echo perf version 4.19",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "perf"), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"perf-stat.sh", "perf-record.sh", "perf-trace.sh", "offcpu.sh"} {
			c := script(t, name, "-p", itoa(os.Getpid()))
			c.cmd.Env = append(c.cmd.Env, "PATH="+dir+":"+os.Getenv("PATH"))
			c.complain(1, want)
		}
	}
}

// One who may not is told what to set. Root observes as nobody.
func TestNoPermission(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("not root: cannot become nobody")
	}
	p := observed(t)
	for _, k := range kinds {
		want := map[string]string{
			"strace.sh": "ptrace_scope=0", "perf-stat.sh": "kernel.perf_event_paranoid", "perf-record.sh": "kernel.perf_event_paranoid=1",
			"perf-trace.sh": "/sys/kernel/tracing", "offcpu.sh": "/sys/kernel/tracing", "pprof.sh": "hidden: run as its user",
		}[k.script]
		if slices.Contains(k.args, "-b") {
			want = "run as root"
		}
		if why := k.need(); why != "" {
			t.Logf("%v: %s", k, why)
			continue
		}
		if level, _ := os.ReadFile("/proc/sys/kernel/perf_event_paranoid"); k.script == "perf-record.sh" && string(level) < "2" {
			t.Logf("%v: kernel.perf_event_paranoid lets everybody see the kernel", k)
			continue
		}
		dir, err := os.MkdirTemp(place, "nobody-")
		if err != nil {
			t.Fatal(err)
		}
		os.Chmod(dir, 0o777)
		c := script(t, k.script, k.on("-o", dir, "-p", pid(p))...)
		c.cmd.Env = append(c.cmd.Env, "TMPDIR="+dir)
		c.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		c.cmd.Dir = dir
		c.complain(1, want)
	}
	p.untouched(t)
}

func TestTracedAlready(t *testing.T) {
	t.Parallel()
	if why := needStrace(); why != "" {
		t.Skip(why)
	}
	p := observed(t)
	c := script(t, "strace.sh", "-o", t.TempDir(), "-p", pid(p)).start()
	c.ready()
	script(t, "strace.sh", "-o", t.TempDir(), "-p", pid(p)).complain(1, "is traced already, by process")
	c.cmd.Process.Signal(syscall.SIGTERM)
	c.finish()
	p.untouched(t)
}

// A hardware event that a host has not got is refused by name.
func TestNoEvent(t *testing.T) {
	t.Parallel()
	if why := needKernel(); why != "" {
		t.Skip(why)
	}
	script(t, "perf-record.sh", "-e", "no-such-event", "-o", t.TempDir(), "-p", itoa(os.Getpid())).complain(1, "the event no-such-event")
}

// A perf that crashes on its own recordings (6.12 does) counts live, and says
// so; of a command it would miss most.
func TestPerfTraceThatCrashes(t *testing.T) {
	t.Parallel()
	if why := needTracepoints(); why != "" {
		t.Skip(why)
	}
	perf, err := exec.LookPath("perf")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	text := "#!/bin/sh\ncase \"$*\" in trace*-i*) kill -SEGV $$ ;; esac\nexec " + perf + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "perf"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, p := t.TempDir(), observed(t)
	c := script(t, "perf-trace.sh", "-o", dir, "-p", pid(p))
	c.cmd.Env = append(c.cmd.Env, "PATH="+bin+":"+os.Getenv("PATH"))
	c.start().ready()
	p.work(t)
	c.cmd.Process.Signal(syscall.SIGTERM)
	if status := c.finish(); status != 0 || strings.Count(c.stderr.String(), "\n") != 1 || !strings.Contains(c.stderr.String(), "threads to come") {
		t.Errorf("status %d, stderr %q", status, c.stderr.String())
	}
	named(live).check(t, c, dir)
	c = script(t, "perf-trace.sh", "-o", t.TempDir(), "--", "true")
	c.cmd.Env = append(c.cmd.Env, "PATH="+bin+":"+os.Getenv("PATH"))
	c.complain(1, "start the command, and use -p")
}
