package report

import (
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// TestNewBenchmark adds a benchmark to the registry, which is all that it takes to
// have a section of its own.
func TestNewBenchmark(t *testing.T) {
	registered := results.Benches
	defer func() { results.Benches = registered }()
	results.Benches = append(registered[:len(registered):len(registered)],
		results.Bench{Base: "Slice", ID: "slice", Title: "Messages in chunks", Note: "By chunk.", Keys: []string{"chunk", "size"}, Drawn: []string{"cpu-ns/msg"}})
	res, err := results.Read(strings.NewReader(`BenchmarkSlice/server=a/chunk=1/size=9 1 50 cpu-ns/msg 2 ctxsw/msg
BenchmarkSlice/server=a/chunk=1/size=9 1 52 cpu-ns/msg 2 ctxsw/msg
BenchmarkSlice/server=a/chunk=64/size=9 1 20 cpu-ns/msg 1 ctxsw/msg
`), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	doc := Of("report", res, "")
	if doc.Title != "wsbench: messages in chunks" {
		t.Errorf("title %q", doc.Title)
	}
	for format, want := range map[string][]string{
		"json": {`"slice_samples": [`, `"chunk": 64`, `"cpu_ns_per_msg": 51`, `"cpu_ns_per_msg_interval": {`, `"ctxsw_per_msg": 2`},
		"text": {"By chunk.", "51  [50,52]"}, "html": {"Messages in chunks", "chunk 1, size 9", "cpu-ns/msg over chunk"},
	} {
		var out strings.Builder
		if err := Write(&out, doc, format, term.Screen{}); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s without %q:\n%s", format, text, out.String())
			}
		}
		if strings.Contains(out.String(), "BenchmarkBenchmark") || format == "text" && strings.Contains(out.String(), "Microbenchmarks") {
			t.Errorf("%s: a probe's samples are among the microbenchmarks", format)
		}
	}
}
