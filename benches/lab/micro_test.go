package lab

import (
	"bufio"
	"context"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/results"
)

// Output of a test binary as it is, with what is not a result among it.
const goTestOutput = `goos: linux
goarch: amd64
pkg: wsbench/mask
cpu: AMD EPYC
BenchmarkUnmask/impl=avx2/size=16KiB
BenchmarkUnmask/impl=avx2/size=16KiB-2         	   48294	       103.0 ns/op	158000.21 MB/s	       0 B/op	       0 allocs/op
--- SKIP: BenchmarkUnmask/impl=neon
    mask_test.go:12: this CPU has none
BenchmarkUnmask/impl=word/size=16KiB-2         	    1000	      1030 ns/op	15800.21 MB/s
PASS
`

func TestMicrobenchmarksAreKeptBelowTheSessionsFacts(t *testing.T) {
	var b strings.Builder
	f, _ := results.NewWriter(&b, []results.Fact{{Key: "goos", Value: "linux"}, {Key: "cpu", Value: "AMD EPYC"}})
	c := &microRun{session: &Session{file: f, Progress: Quiet{}}}
	if err := c.copy(microPackage{dir: "mask"}, bufio.NewScanner(strings.NewReader(goTestOutput))); err != nil {
		t.Fatal(err)
	}
	f.Sample(results.Sample{Name: Plan{Probe: Echo{}}.Name(rawIO.Key, case1), Pkg: ownPackage, Iters: 9, Values: map[string]float64{"msg/s": 1}})
	_, got, _ := strings.Cut(b.String(), "\n\n")
	want := `Unit ns/op better=lower
Unit B/s better=higher
Unit B/op better=lower
Unit allocs/op better=lower
pkg: wsbench/mask
BenchmarkUnmask/impl=avx2/size=16KiB-2 48294 103 ns/op 158000210000 B/s 0 B/op 0 allocs/op
BenchmarkUnmask/impl=word/size=16KiB-2 1000 1030 ns/op 15800210000 B/s
Unit msg/s better=higher
pkg: wsbench/benches
BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1 9 1 msg/s
`
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestMicrobenchmarksOutsideTheSourceTreeAreSkipped(t *testing.T) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	f, _ := results.NewWriter(&b, nil)
	s := &Session{file: f, Progress: Quiet{}, Micro: &MicroBudget{}}
	if err := s.microbenchmarks(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "SKIP microbenchmarks: the current directory is not in the source tree\n") {
		t.Errorf("%s", b.String())
	}
}

// A package that takes longer than its share leaves what it measured.
func TestMicrobenchmarkIsEndedWithItsShare(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	var b strings.Builder
	f, _ := results.NewWriter(&b, nil)
	s := &Session{file: f, Progress: Quiet{}, Micro: &MicroBudget{Benchtime: 20 * time.Millisecond, Count: 1000, Limit: 500 * time.Millisecond}}
	c := &microRun{session: s, root: sourceTree(), tmp: t.TempDir(), sp: newSpawner()}
	defer c.sp.close()
	k := microPackage{"parse", "."}
	if err := c.build(context.Background(), k); err != nil {
		t.Skip("package parse does not build now: ", err)
	}
	for limit := s.Micro.Limit; !strings.Contains(b.String(), "\nBenchmark"); limit *= 4 { // none comes at once
		b.Reset()
		if err := c.run(context.Background(), k, limit); err != nil || limit > waiting.Bound {
			t.Fatalf("within %v: %v", limit, err)
		}
		if out := b.String(); !strings.Contains(out, "SKIP microbenchmarks/parse: not done within") {
			t.Errorf("%s", out)
		}
	}
}
