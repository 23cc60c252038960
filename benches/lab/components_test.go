package lab

import (
	"bufio"
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// Output of a test binary as it is, with what is not a result among it.
const componentOutput = `goos: linux
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

func TestComponentLinesAreKeptBelowTheSessionsFacts(t *testing.T) {
	var b strings.Builder
	f, _ := NewFile(&b, []Fact{{Key: "goos", Value: "linux"}, {Key: "cpu", Value: "AMD EPYC"}})
	c := &componentRun{session: &Session{file: f, Progress: NewProgress(&bytes.Buffer{})}}
	if err := c.copy(component{dir: "mask"}, bufio.NewScanner(strings.NewReader(componentOutput))); err != nil {
		t.Fatal(err)
	}
	f.Sample(Sample{rawIO, case1, 1, 9, map[string]float64{"msg/s": 1}})
	_, got, _ := strings.Cut(b.String(), "server-ns/msg better=lower\n\n")
	want := `pkg: wsbench/mask
BenchmarkUnmask/impl=avx2/size=16KiB-2 48294 103 ns/op 158000.21 MB/s 0 B/op 0 allocs/op
BenchmarkUnmask/impl=word/size=16KiB-2 1000 1030 ns/op 15800.21 MB/s
pkg: wsbench/benches
BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1 9 1 msg/s
`
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestComponentsOutsideTheSourceTreeAreSkipped(t *testing.T) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	f, _ := NewFile(&b, nil)
	s := &Session{file: f, Progress: NewProgress(&bytes.Buffer{}), Components: &ComponentBudget{}}
	if err := s.components(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "SKIP components: the current directory is not in the source tree\n") {
		t.Errorf("%s", b.String())
	}
}

// A package that takes longer than its share leaves what it measured.
func TestComponentIsEndedWithItsShare(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	var b strings.Builder
	f, _ := NewFile(&b, nil)
	s := &Session{file: f, Progress: NewProgress(&bytes.Buffer{}), Components: &ComponentBudget{Benchtime: 20 * time.Millisecond, Count: 1000, Limit: 500 * time.Millisecond}}
	c := &componentRun{session: s, root: sourceTree(), tmp: t.TempDir(), sp: newSpawner()}
	defer c.sp.close()
	k := component{"parse", "."}
	if err := c.build(context.Background(), k); err != nil {
		t.Skip("package parse does not build now: ", err)
	}
	for limit := s.Components.Limit; !strings.Contains(b.String(), "\nBenchmark"); limit *= 4 { // none comes at once
		b.Reset()
		if err := c.run(context.Background(), k, limit); err != nil || limit > waiting.Bound {
			t.Fatalf("within %v: %v", limit, err)
		}
		if out := b.String(); !strings.Contains(out, "SKIP components/parse: not done within") {
			t.Errorf("%s", out)
		}
	}
}
