package results

import (
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	const file = "goos: linux\n\nBenchmarkEcho/server=wsbench/io=epoll/conns=1 1 5 msg/s 7 cpu-ns/msg\n" +
		"BenchmarkEcho/server=wsbench/io=net/conns=1 1 6 msg/s 8 cpu-ns/msg\npkg: wsbench/mask\nBenchmarkUnmask/size=1KiB 1 9 ns/op\n" +
		"DISCARDED BenchmarkEcho/server=wsbench/io=net/conns=1: loud [1 5 msg/s 7 cpu-ns/msg]\nDISCARDED BenchmarkEcho/server=wsbench/io=raw/conns=1: slow\n"
	for _, tt := range []struct {
		query string
		want  string // units of what is kept
		runs  string // reasons of discarded runs that are kept
	}{
		{"*", "msg/s cpu-ns/msg, msg/s cpu-ns/msg, ns/op", "loud slow"},
		{".name:Echo", "msg/s cpu-ns/msg, msg/s cpu-ns/msg", "loud slow"},
		{"/io:epoll", "msg/s cpu-ns/msg", ""},
		{"/io:(epoll OR net) .unit:cpu-ns/msg", "cpu-ns/msg, cpu-ns/msg", "loud"},
		{".unit:cpu-ns/msg", "cpu-ns/msg, cpu-ns/msg", "loud slow"},
		{"pkg:wsbench/mask", "ns/op", ""},
		{"goos:linux -.name:Echo", "ns/op", ""},
		{"/io:raw", "", "slow"},
	} {
		res, err := Read(strings.NewReader(file), "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Filter(tt.query); err != nil {
			t.Errorf("%s: %v", tt.query, err)
		}
		var got []string
		for _, s := range res.Samples {
			got = append(got, strings.Join(inOrder(s.Values), " "))
		}
		var runs []string
		for _, d := range res.Discarded {
			runs = append(runs, d.Reason)
		}
		if strings.Join(got, ", ") != tt.want || strings.Join(runs, " ") != tt.runs {
			t.Errorf("%s keeps %q and %q, want %q and %q", tt.query, got, runs, tt.want, tt.runs)
		}
	}
	if err := (&Results{}).Filter("/io:"); err == nil {
		t.Error("a query that ends early is taken")
	}
}
