//go:build linux

package profiles

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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
	for _, tt := range []struct {
		bench string
		batch float64 // operations, of which the last ones are counted whole
		calls []string
	}{
		{"Answer$/^frames=16$/^size=20$/^via=send-each", 16, []string{"sendto", "recvfrom", "epoll_pwait"}},
		{"Answer$/^frames=16$/^size=20$/^via=writev", 16, []string{"sendmsg", "recvfrom", "epoll_pwait"}},
		{"Answer$/^frames=16$/^size=20$/^via=uring", 16, []string{"io_uring_enter"}},
		{"Write$/^frames=16$/^size=20$/^write=net", 16, []string{"write", "recvfrom", "epoll_pwait"}},
		{"EpollRead$/^trigger=level$/^read=drain$/^ready=32", 32, []string{"sendto", "recvfrom", "epoll_pwait"}},
	} {
		t.Run(strings.NewReplacer("$", "", "^", "").Replace(tt.bench), func(t *testing.T) { benchCounts(t, tt.bench, tt.batch, tt.calls) })
	}
}

// benchCounts compares the counts of one benchmark.
func benchCounts(t *testing.T, bench string, batch float64, calls []string) {
	dir := t.TempDir()
	c := script(t, "bench.sh", "-d", "0.1", "-o", dir, "-b", "^Benchmark"+bench+"$", "syscalls", "strace")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Path = filepath.Join(here, "bench.sh")
	if status := c.run(); status != 0 {
		t.Fatalf("status %d, stderr %q", status, c.stderr.String())
	}
	lines, err := os.ReadFile(filepath.Join(dir, "bench.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if why := regexp.MustCompile(`SKIP.*\n.*`).Find(lines); why != nil {
		t.Skipf("%s", why)
	}
	operations := found(t, c.stdout.String(), `(\d+) operations captured`)
	messages := batch * math.Ceil(operations/batch)
	table, err := os.ReadFile(filepath.Join(dir, "strace-counts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all := 0.0
	for _, call := range calls {
		all += found(t, string(table), `(?m)(\d+) +(?:\d+ )?`+call+`$`)
	}
	own := found(t, string(lines), `(?s)syscalls/msg.*\s([0-9.]+) syscalls/msg`) // of the second run
	// Four digits are printed, a signal may have a call made again, and the capture's own
	// end is in the table.
	room := 0.001*own*messages + 3
	if m := regexp.MustCompile(`(?m)(\d+) +(?:\d+ )?rt_sigreturn$`).FindSubmatch(table); m != nil {
		signals, _ := strconv.ParseFloat(string(m[1]), 64)
		room += signals
	}
	if math.Abs(all-own*messages) > room {
		t.Errorf("strace counts %v calls of %v messages, the benchmark %.4f per message:\n%s%s", all, messages, own, table, lines)
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
