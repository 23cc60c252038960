package explain

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/results"
	"wsbench/profiles/attribution"
	"wsbench/profiles/counts"
)

// readCounts reads a capture that must be readable.
func readCounts(t *testing.T, name, text string) *counts.Capture {
	t.Helper()
	c, err := counts.Read(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// written returns lines as a file has them.
func written(t *testing.T, lines []results.Sample) string {
	t.Helper()
	var b strings.Builder
	w, err := results.NewWriter(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := w.Sample(l); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// The lines of each capture of package counts are as testdata/lines.golden has
// them, for 1000 messages. They are read back to the same names and values.
func TestLinesOfCaptures(t *testing.T) {
	files, err := filepath.Glob("../../profiles/counts/testdata/*.golden")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	var got strings.Builder
	for _, golden := range files {
		file := strings.TrimSuffix(golden, ".golden")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := CallLines(nil, readCounts(t, file, string(text)), 1000)
		fmt.Fprintf(&got, "%s\n", filepath.Base(file))
		bench := written(t, lines)
		for line := range strings.Lines(bench) {
			if strings.HasPrefix(line, "Benchmark") {
				got.WriteString(line)
			}
		}
		back, err := results.Read(strings.NewReader(bench), file)
		if err != nil || len(back.Warnings) > 0 || len(back.Samples) != len(lines) {
			t.Fatalf("%s: %d of %d samples are read back, %v %v", file, len(back.Samples), len(lines), back.Warnings, err)
		}
		for i, s := range back.Samples {
			if s.Name.String() != lines[i].Name.String() || s.Iters != 1000 || len(s.Values) != len(lines[i].Values) {
				t.Errorf("%s: %+v is read back as %+v", file, lines[i], s)
			}
		}
	}
	if *update {
		if err := os.WriteFile("testdata/lines.golden", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/lines.golden")
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCallLines(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		messages   int64
		want       []string // the beginnings of the lines behind BenchmarkCalls
	}{
		{"threads of one name are one line, and parts sum to the whole", ` Performance counter stats for process id '1':

 a b-12   1,000 cycles:u
 a b-13   <not counted> cycles:u
 io-1-14  2,000 cycles:u
 a b-12   500 cycles:k
`, 10, []string{
			" 10 350 cycles/msg 50 sys-cycles/msg 300 user-cycles/msg",
			"/thread=a_b 10 150 cycles/msg 50 sys-cycles/msg 100 user-cycles/msg",
			"/thread=io_1 10 200 user-cycles/msg",
		}},
		{"an event without a name", "CPU0,936,,cpu/event=0x3c,umask=0x1/u,1,100.00,,\n", 1, []string{
			" 1 936 user-cpu.event-0x3c.umask-0x1/msg",
		}},
		{"futex's EAGAIN tells of no descriptor", "1 futex(0x1) = -1 EAGAIN (x)\n1 read(3) = -1 EAGAIN (x)\n", 1, []string{
			" 1 2 syscalls/msg 2 errors/msg 1 EAGAIN/msg 0 signals/msg", "/call=futex 1 1 syscalls/msg", "/call=read 1 1 syscalls/msg",
		}},
		{"without messages values are of the capture", "1 epoll_wait(3) = 2\n1 read(3) = -1 EAGAIN (x)\n", 0, []string{
			" 1 1 EAGAIN/capture 1 errors/capture 0 signals/capture 2 syscalls/capture", "/call=epoll_wait", "/call=read",
		}},
	} {
		var got []string
		for line := range strings.Lines(written(t, CallLines(nil, readCounts(t, "f", tt.text), tt.messages))) {
			if rest, ok := strings.CutPrefix(line, "BenchmarkCalls"); ok {
				got = append(got, rest)
			}
		}
		ok := len(got) == len(tt.want)
		for i := range got {
			ok = ok && strings.HasPrefix(got[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The units of the usual events are registered, with their parts by mode.
func TestEventUnitsAreRegistered(t *testing.T) {
	for _, event := range []string{
		"cycles", "cpu-cycles", "instructions", "branches", "branch-instructions", "branch-misses", "cache-references", "cache-misses",
		"context-switches", "cs", "cpu-migrations", "migrations", "page-faults", "faults", "minor-faults", "major-faults",
		"task-clock", "cpu-clock", "raw_syscalls:sys_enter",
	} {
		for _, modifier := range []string{"", "u", "k"} {
			values := map[string]float64{}
			per{"/msg", 1}.events(values, []counts.Event{{Name: event, Modifier: modifier}})
			for name := range values {
				if u := results.UnitOf(name); u.Better == "" || u.Meaning == "" {
					t.Errorf("%s:%s: %+v", event, modifier, u)
				}
			}
		}
	}
	if u := results.UnitOf("syscalls/capture"); u.Better != "lower" {
		t.Errorf("%+v", u)
	}
}

// The lines of components add up to the CPU time.
func TestAttributionLines(t *testing.T) {
	shares, err := attribution.Default().Split(cpuOf(stack{sending, 3e6}, stack{unmasking, 1e6}), "cpu")
	if err != nil {
		t.Fatal(err)
	}
	var sum, percent float64
	lines := attributionLines([]results.KV{{Key: "server", Value: "wsbench"}}, shares, 6000, 1234)
	for _, l := range lines {
		sum += l.Values["cpu-ns/msg"]
		percent += l.Values["cpu-percent"]
	}
	if len(lines) != len(shares) || sum != 6000 || percent != 100 {
		t.Errorf("%d lines of %v ns, %v %%", len(lines), sum, percent)
	}
	if bench := written(t, lines); !strings.Contains(bench, "BenchmarkAttribution/server=wsbench/component=mask 1234 1500 cpu-ns/msg 25 cpu-percent\n") {
		t.Errorf("lines:\n%s", bench)
	}
}
