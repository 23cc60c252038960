//go:build linux

package profiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"
)

// A kind is one of the captures: how it is asked for, what it writes, and what
// those files must hold after they observed the target.
type kind struct {
	script string
	args   []string
	files  contents
	need   func() string // why this host cannot do it, or ""
}

func (k kind) String() string { return strings.Join(append([]string{k.script}, k.args...), " ") }

var kinds = []kind{
	{"strace.sh", nil, contents{"strace-counts.txt": holds(`calls +errors +syscall`, `\d +write$`)}, needStrace},
	{"strace.sh", []string{"-l"}, contents{"strace-log.txt": isLog}, needStrace},
	{"perf-stat.sh", nil, contents{"perf-stat.txt": holds(`task-clock`, `\d +context-switches`, `minor-faults`)}, needPerf},
	{"perf-stat.sh", []string{"-x"}, contents{"perf-stat.csv": holds(`^\d+,,context-switches`)}, needPerf},
	{"perf-stat.sh", []string{"-j"}, contents{"perf-stat.json": isJSON}, needPerfJSON},
	{"perf-record.sh", nil, contents{
		"perf.data":       holds(`^PERFILE2`),
		"perf-script.txt": holds(`^target +\d+/\d+ +\[\d+\] +\d+\.\d+: +\d+ +[a-z-]+: *$`, `\smain\.burn\+0x[0-9a-f]+ \(`),
	}, needKernel},
	{"perf-trace.sh", nil, contents{"perf-trace.txt": holds(`target \(\d+\), \d+ events`, `write +\d+`)}, needTracepoints},
	{"perf-trace.sh", []string{"-l"}, contents{"perf-trace.txt": holds(`target \(\d+\), \d+ events`, `write +\d+`)}, needTracepoints},
	{"offcpu.sh", []string{"-k"}, contents{
		"offcpu.data":       holds(`^PERFILE2`),
		"offcpu-script.txt": holds(`PERF_RECORD_SWITCH OUT`, `PERF_RECORD_SWITCH IN`, `sched:sched_switch: .*prev_state=`, `__schedule\+0x`),
	}, needTracepoints},
	{"offcpu.sh", []string{"-b"}, contents{"offcpu-bpftrace.txt": holds(`^@usecs\[`, `^@hist`, `, target\]: \d+$`)}, needBpftrace},
	{"pprof.sh", []string{"-k", "heap cpu"}, contents{"cpu.pb.gz": burns, "heap.pb.gz": isProfile}, needCurl},
}

// live and byURL are the kinds that some tests have a reason to leave out.
const live, byURL = "perf-trace.sh -l", "pprof.sh -k heap cpu"

type contents = map[string]func([]byte) error

func holds(patterns ...string) func([]byte) error {
	return func(b []byte) error {
		for _, p := range patterns {
			if !regexp.MustCompile("(?m)" + p).Match(b) {
				return fmt.Errorf("nothing matches %s in %.2000s", p, b)
			}
		}
		return nil
	}
}

// isLog: calls with their threads, times and results, and no payload.
func isLog(b []byte) error {
	if strings.Contains(string(b), "a payload") {
		return errors.New("the log holds a payload")
	}
	return holds(`^\d+ +\d+\.\d+ write\(\d+, ""\.\.\., 9`, `= 9 <0\.\d+>$`)(b)
}

func isJSON(b []byte) error {
	for line := range strings.Lines(string(b)) {
		if line == "\n" || strings.HasPrefix(line, "#") {
			continue
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return fmt.Errorf("%w in %q", err, line)
		}
	}
	return holds(`"event" *: *"context-switches"`)(b)
}

func isProfile(b []byte) error {
	_, err := profile.ParseData(b)
	return err
}

func burns(b []byte) error {
	p, err := profile.ParseData(b)
	if err != nil {
		return err
	}
	for _, f := range p.Function {
		if f.Name == "main.burn" {
			return nil
		}
	}
	return fmt.Errorf("the profile does not hold main.burn")
}

// check fails the test for files that do not hold what the target's work must
// leave in them.
func (k kind) check(t *testing.T, c *capture, dir string) {
	t.Helper()
	k.wrote(t, c, dir)
	for name, good := range k.files {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = good(b)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wrote fails the test for files that are missing or too many, and for lines
// of stdout that do not name them.
func (k kind) wrote(t *testing.T, c *capture, dir string) {
	t.Helper()
	for name := range k.files {
		if line := "wrote: " + filepath.Join(dir, name) + "\n"; !strings.Contains(c.own().String(), line) {
			t.Errorf("%q lacks %q", c.own().String(), line)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != len(k.files) {
		t.Errorf("%d files, want %d: %v", len(entries), len(k.files), entries)
	}
}

// named returns the kind of that name.
func named(name string) kind {
	return kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.String() == name })]
}

// each runs a test for each kind that this host can do, but some, in parallel.
func each(t *testing.T, test func(*testing.T, kind), but ...string) {
	t.Parallel()
	for _, k := range kinds {
		if slices.Contains(but, k.String()) {
			continue
		}
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			if why := k.need(); why != "" {
				t.Skip(why)
			}
			test(t, k)
		})
	}
}

// works makes a need of a command that must succeed, tried once.
func works(why string, args ...string) func() string {
	return sync.OnceValue(func() string {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Sprintf("%s: %v %.200s", why, err, out)
		}
		return ""
	})
}

var (
	needStrace      = works("strace cannot trace here", "strace", "-o", "/dev/null", "true")
	needPerf        = works("perf cannot count here", "perf", "stat", "-e", "task-clock", "--", "true")
	needPerfJSON    = works("perf stat has no JSON here", "perf", "stat", "-j", "-e", "task-clock", "--", "true")
	needKernel      = works("perf cannot see the kernel here", "perf", "stat", "-e", "cpu-clock:k", "--", "true")
	needTracepoints = works("perf cannot use tracepoints here", "perf", "stat", "-e", "sched:sched_switch,raw_syscalls:sys_enter", "--", "true")
	needBpftrace    = works("bpftrace does not work here", "bpftrace", "-e", "tracepoint:sched:sched_switch { exit(); }")
	needCurl        = works("no curl", "curl", "--version")
	needWget        = works("no wget", "wget", "--version")
)
