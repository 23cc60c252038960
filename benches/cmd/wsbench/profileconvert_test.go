package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// recorded is a capture by this host's perf of a shell that is busy and
// sleeps.
func recorded(t *testing.T, flags ...string) string {
	t.Helper()
	perf, err := exec.LookPath("perf")
	if err != nil {
		t.Skip("perf is not in PATH")
	}
	path := filepath.Join(t.TempDir(), "perf.data")
	args := append([]string{"record", "-q", "-g", "-o", path}, flags...)
	args = append(args, "--", "sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 0.02; sleep 0.02")
	if out, err := exec.Command(perf, args...).CombinedOutput(); err != nil {
		t.Skipf("perf record: %v: %s", err, bytes.TrimSpace(out))
	}
	return path
}

// converted is the profile that wsbench profile convert makes.
func converted(t *testing.T, args ...string) *profile.Profile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.pb.gz")
	var stderr strings.Builder
	if err := run(append([]string{"profile", "convert", "-o", path}, args...), io.Discard, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := profile.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A perf.data is read through perf script.
func TestConvertPerfData(t *testing.T) {
	p := converted(t, recorded(t, "-e", "cpu-clock", "-F", "999", "--sample-cpu"))
	top := stacks.Functions(p, "cpu")
	if len(top) == 0 {
		t.Fatalf("no functions of cpu time: %v", p.SampleType)
	}
	s := p.Sample[0]
	if len(s.Label["comm"]) != 1 || len(s.NumLabel["cpu"]) != 1 || len(s.NumLabel["pid"]) != 1 || s.Label["event"][0] != "cpu-clock" {
		t.Errorf("labels %v %v", s.Label, s.NumLabel)
	}
	if p.TimeNanos == 0 || p.DurationNanos <= 0 || p.Period <= 0 {
		t.Errorf("time %d, duration %d, period %d", p.TimeNanos, p.DurationNanos, p.Period)
	}
}

func TestConvertPerfDataOffCPU(t *testing.T) {
	p := converted(t, "-offcpu", recorded(t, "-e", "sched:sched_switch", "-c", "1", "--switch-events"))
	slept := int64(0)
	for _, s := range p.Sample {
		if s.Label["state"][0] != "R" {
			slept = max(slept, s.Value[1])
		}
	}
	if slept < 20e6 {
		t.Errorf("sleep 0.02 was off the CPU for %d ns at most", slept)
	}
}
