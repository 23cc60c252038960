package explain

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// compared writes a folder of servers a and b and the A/A process of a, whose
// every run perf's profile observed.
func compared(t *testing.T, rounds int) string {
	t.Helper()
	dir := t.TempDir()
	var bench strings.Builder
	file, err := results.NewWriter(&bench, []results.Fact{{Key: "goos", Value: "linux"}})
	if err != nil {
		t.Fatal(err)
	}
	const load = "/conns=2/size=20/depth=1"
	var l list
	defer l.close()
	for round := range rounds {
		file.Block(results.Block{ID: round + 1, Round: round + 1}, "2/20")
		for i, server := range []string{"a", "b", "a-aa"} {
			cpu := map[string]float64{"cpu-ns/msg": float64(4000 + 10*round + 100*(i%2)), "msg/s": 1e5}
			file.Sample(results.Sample{Name: results.ParseName("Echo/server=" + server + "/observer=perf-record" + load), Iters: 1000, Values: cpu})
			rel := filepath.Join(capturesDir, fmt.Sprintf("%d-%d", round, i))
			if err := os.MkdirAll(filepath.Join(dir, rel), 0o777); err != nil {
				t.Fatal(err)
			}
			p := cpuOf(stack{sending, 3e6}, stack{unmasking, 1e6 + int64(i)*1e5})
			if err := writeProfile(filepath.Join(dir, rel, cpuProfile), p); err != nil {
				t.Fatal(err)
			}
			if err := l.add(dir, Capture{
				Name: "BenchmarkEcho/server=" + server + load, Observer: PerfRecord, Block: round + 1,
				Dir: rel, Echoes: 1000, Values: cpu, Compares: true, Base: server != "b",
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, results.BenchFile), []byte(bench.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

// However often an analysis is asked, each capture is read once, and each that
// cannot be read is one warning.
func TestCapturesAreReadOnce(t *testing.T) {
	dir := compared(t, 3)
	broken := filepath.Join(dir, capturesDir, "1-1", cpuProfile)
	if err := os.WriteFile(broken, []byte("cut off"), 0o666); err != nil {
		t.Fatal(err)
	}
	reads := map[string]int{}
	a, err := analyse(dir, opened(t, dir), attribution.Default(), func(path string) (*profile.Profile, error) {
		reads[path]++
		return openProfile(path)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, capturesDir)); err != nil { // nothing is left to be read again
		t.Fatal(err)
	}
	for range 3 {
		if c := a.Comparisons(); len(c) != 1 || c[0].Blocks != 2 {
			t.Errorf("comparisons %+v", c)
		}
		if err := a.Bench(io.Discard); err != nil {
			t.Error(err)
		}
	}
	if len(reads) != 9 {
		t.Errorf("%d captures were read; want 9", len(reads))
	}
	for path, n := range reads {
		if n != 1 {
			t.Errorf("%s was read %d times", path, n)
		}
	}
	if len(a.Results.Warnings) != 1 || !strings.Contains(a.Results.Warnings[0].Error(), broken) {
		t.Errorf("%d warnings: %v", len(a.Results.Warnings), a.Results.Warnings)
	}
}
