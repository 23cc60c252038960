package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/lab"
)

const connsFile = `cpu: AMD EPYC
seed: 7

BenchmarkConns/server=wsbench/io=uring/conns=9000 1 179.3 B/conn 31028.7 cpu-ns/open 6918144 empty-B
BenchmarkConns/server=mine/conns=9000 1 272.4 B/conn 46000 cpu-ns/open 4018144 empty-B
BenchmarkConns/server=wsbench/io=uring/conns=9000 1 178.4 B/conn 32840.2 cpu-ns/open 6889472 empty-B
BenchmarkConns/server=wsbench/io=uring/conns=9000 1 177.0 B/conn 31500 cpu-ns/open 6889472 empty-B
SKIP BenchmarkConns/server=other/conns=9000: connection 0: corrupted echo
`

func TestConnsTable(t *testing.T) {
	res, err := lab.Read(strings.NewReader(connsFile), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Conns(&b, res, Options{Path: "results/latest/bench.txt"}); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(b.String(), "\n\n")
	table, rest, _ := strings.Cut(table, "medians and ranges")
	want := `server    conns  n  B/conn  least  most  CPU/open    least     most  empty
mine       9000  1     272    272   272   46.0 µs  46.0 µs  46.0 µs  4.0 MB
uring      9000  3     178    177   179   31.5 µs  31.0 µs  32.8 µs  6.9 MB
`
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, want := range []string{"skipped Conns/server=other/conns=9000: connection 0: corrupted echo\n", "benchstat -col /server,/io results/latest/bench.txt\n"} {
		if !strings.Contains(rest, want) {
			t.Errorf("no %q in\n%s", want, rest)
		}
	}
}

func TestConnsTableOfNothing(t *testing.T) {
	var b strings.Builder
	if err := Conns(&b, &lab.Results{}, Options{}); err != nil || !strings.Contains(b.String(), "no samples of idle connections") {
		t.Errorf("%q, %v", b.String(), err)
	}
}
