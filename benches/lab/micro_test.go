package lab

import (
	"bufio"
	"context"
	"errors"
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
BenchmarkUnmask/impl=avx2/size=16384
BenchmarkUnmask/impl=avx2/size=16384-2         	   48294	       103.0 ns/op	158000.21 MB/s	       0 B/op	       0 allocs/op
--- SKIP: BenchmarkUnmask/impl=neon
    mask_test.go:12: this CPU has none
BenchmarkUnmask/impl=word/size=16384-2         	    1000	      1030 ns/op	15800.21 MB/s
PASS
`

func TestMicrobenchmarksAreKeptBelowTheSessionsFacts(t *testing.T) {
	var b strings.Builder
	f, _ := results.NewWriter(&b, []results.Fact{{Key: "goos", Value: "linux"}, {Key: "cpu", Value: "AMD EPYC"}})
	c := &microRun{session: &Session{file: f, Progress: Quiet{}}}
	if err := c.copy(microBinary{MicroPackage: MicroPackage{Dir: "mask"}}, bufio.NewScanner(strings.NewReader(goTestOutput))); err != nil {
		t.Fatal(err)
	}
	f.Sample(results.Sample{Name: Plan{Probe: Echo{}}.Name(rawIO.Key, case1), Pkg: ownPackage, Iters: 9, Values: map[string]float64{"msg/s": 1}})
	_, got, _ := strings.Cut(b.String(), "\n\n")
	want := `Unit ns/op better=lower
Unit B/s better=higher
Unit B/op better=lower
Unit allocs/op better=lower
pkg: wsbench/mask
BenchmarkUnmask/impl=avx2/size=16384-2 48294 103 ns/op 158000210000 B/s 0 B/op 0 allocs/op
BenchmarkUnmask/impl=word/size=16384-2 1000 1030 ns/op 15800210000 B/s
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
	if _, err := s.microbenchmarks(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "SKIP microbenchmarks: the current directory is not in the source tree\n") {
		t.Errorf("%s", b.String())
	}
}

// Packages take turns, so that all have as many samples when the time is up.
func TestMicrobenchmarksTakeTurns(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	var b strings.Builder
	f, _ := results.NewWriter(&b, nil)
	s := &Session{file: f, Progress: Quiet{}, Micro: &MicroBudget{Benchtime: time.Millisecond, Count: 3, Limit: waiting.Bound}}
	c := &microRun{session: s, sides: []MicroSide{{Root: sourceTree()}}, tmp: t.TempDir(), sp: newSpawner()}
	defer c.sp.close()
	k := MicroPackage{"parse", "^BenchmarkParseHeader$"}
	if err := c.build(t.Context(), k); err != nil {
		t.Skip("package parse does not build now: ", err)
	}
	c.limit = time.Now().Add(waiting.Bound)
	if err := c.rounds(t.Context(), []MicroPackage{k, k}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Read(strings.NewReader(b.String()), "bench.txt")
	if err != nil || len(res.Samples) == 0 {
		t.Fatalf("%v, %d samples", err, len(res.Samples))
	}
	for _, g := range results.Groups(res.Samples) {
		if len(g.Samples) != 6 || g.Samples[0].Block != 1 || g.Samples[5].Block != 3 {
			t.Errorf("%s: %+v", g.Name, g.Samples)
		}
	}
	b.Reset()
	c.limit = time.Now()
	if err := c.rounds(t.Context(), []MicroPackage{k}); err != nil || !strings.HasPrefix(b.String(), "NOTE the microbenchmarks have 0 of 3 samples each") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// A package that hangs leaves what it measured.
func TestMicrobenchmarkIsEnded(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	var b strings.Builder
	f, _ := results.NewWriter(&b, nil)
	s := &Session{file: f, Progress: Quiet{}, Micro: &MicroBudget{Benchtime: time.Hour, Count: 1, Limit: 50 * time.Millisecond}}
	c := &microRun{session: s, sides: []MicroSide{{Root: sourceTree()}}, tmp: t.TempDir(), sp: newSpawner()}
	defer c.sp.close()
	k := MicroPackage{"parse", "."}
	if err := c.build(t.Context(), k); err != nil {
		t.Skip("package parse does not build now: ", err)
	}
	c.limit = time.Now().Add(s.Micro.Limit)
	if err := c.run(t.Context(), c.binary(k, 0, 1)); err != nil || !strings.Contains(b.String(), "SKIP microbenchmarks/parse: not done within") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := c.run(ctx, c.binary(k, 0, 1)); !errors.Is(err, context.Canceled) || b.Len() > 0 {
		t.Errorf("interrupted: %v: %s", err, b.String())
	}
}
