package profiles

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

func TestBenchUsage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"no option -z":     {"-z"},
		"such as 5 or 0.5": {"-d", "soon", "mask"},
		"give a COMPONENT": {},
		"no component masks, but mask, parse, scratch and syscalls": {"masks"},
		"no tool gdb, but perf, stat, strace and pprof":             {"mask", "gdb"},
		"-b takes a pattern": {"-b", "", "mask"},
	} {
		script(t, "bench.sh", args...).complain(2, want)
	}
	script(t, "bench.sh", "mask").complain(1, "the source tree of wsbench is not around") // where it was unpacked
}

// What strace counts of a loop of syscalls is what the benchmark itself counts:
// there are no calls of the client, of set-up or of warm-up.
func TestBenchCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary and wsbench")
	}
	t.Parallel()
	if why := needStrace(); why != "" {
		t.Skip(why)
	}
	dir := t.TempDir()
	c := script(t, "bench.sh", "-d", "0.1", "-o", dir, "-b", "^BenchmarkAnswer$/^frames=16$/^size=20$/^via=send-each$", "syscalls", "strace")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Path = filepath.Join(here, "bench.sh")
	if status := c.run(); status != 0 {
		t.Fatalf("status %d, stderr %q", status, c.stderr.String())
	}
	// The batch that the last operation is of is counted whole.
	operations := found(t, c.stdout.String(), `(\d+) operations captured`)
	messages := 16 * math.Ceil(operations/16)
	table, err := os.ReadFile(filepath.Join(dir, "strace-counts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0.0
	for _, call := range []string{"sendto", "recvfrom", "epoll_pwait"} {
		calls += found(t, string(table), `(?m)(\d+) +(?:\d+ )?`+call+`$`)
	}
	lines, err := os.ReadFile(filepath.Join(dir, "bench.txt"))
	if err != nil {
		t.Fatal(err)
	}
	own := found(t, string(lines), `(?s)syscalls/msg.*\s([0-9.]+) syscalls/msg`) // of the second run
	if got := calls / messages; math.Abs(got/own-1) > 0.001 {                    // four digits are printed
		t.Errorf("strace counts %.4f calls per message, the benchmark %.4f:\n%s%s", got, own, table, lines)
	}
}

// found returns the number that a pattern finds in text.
func found(t *testing.T, text, pattern string) float64 {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("nothing matches %s in %s", pattern, text)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
