package main

import (
	"testing"

	"wsbench/benches/explain"
	"wsbench/benches/results"
)

// The reason why perf record did not observe is told, and no other observer's.
func TestWithoutPerf(t *testing.T) {
	const server, load = "BenchmarkEcho/server=slow/observer=", "/conns=10/size=16384/depth=1"
	res := &results.Results{Skipped: []results.Reason{{Name: server + explain.Strace + load, Text: "no strace"}}}
	if got := withoutPerf(res); got != "" {
		t.Errorf("without strace: %q", got)
	}
	res.Skipped = append(res.Skipped, results.Reason{Name: server + explain.PerfRecord + load, Text: "no perf"})
	if got := withoutPerf(res); got != "no perf" {
		t.Errorf("without perf: %q", got)
	}
}
