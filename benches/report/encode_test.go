package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestWhole(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, NewWhole(load(t, "testdata/whole/bench.txt"), "bench.txt")); err != nil {
		t.Fatal(err)
	}
	var got Whole
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Samples) != 120 || len(got.Comparisons) != 10 || len(got.Latency) != 20 || len(got.Components) == 0 || len(got.Skipped) != 1 {
		t.Errorf("%d samples, %d comparisons, %d latencies, %d components", len(got.Samples), len(got.Comparisons), len(got.Latency), len(got.Components))
	}
	if c := got.Comparisons[0]; c.Ratio <= 0 || c.Verdict == "" || c.Percent != nil { // too few blocks: +Inf, which JSON lacks
		t.Errorf("%+v", c)
	}
	if l := got.Latency[0]; l.Messages == 0 || l.Percentiles["p99.9"] < l.Percentiles["p50"] || l.Max < l.Percentiles["p99.999"] {
		t.Errorf("%+v", l)
	}
}
