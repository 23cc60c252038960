package report

import (
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// acceptResults are runs of a server that drains its queue, of one that leaves it
// full, and of one that keeps up.
const acceptResults = `BenchmarkAccept/server=a/rate=10/request=http 10 10 offered/s 10 done/s 9 accepted/s 1 unanswered-conns 1 waiting-conns 0 overflows
BenchmarkAccept/server=a/rate=100/request=http 20 100 offered/s 20 done/s 98 accepted/s 80 unanswered-conns 2 waiting-conns 0 overflows
BenchmarkAccept/server=a/rate=search/request=http 20 20 knee/s 5000 base-p99-ns 0 overflows
BenchmarkAccept/server=a/rate=search/request=http 20 24 knee/s 7000 base-p99-ns 0 overflows
BenchmarkAccept/server=b/rate=100/request=http 20 100 offered/s 20 done/s 40 accepted/s 80 unanswered-conns 60 waiting-conns 7 overflows 4100000 work-ns
BenchmarkAccept/server=c/rate=100/request=http 99 100 offered/s 99 done/s 100 accepted/s 1 unanswered-conns 1 waiting-conns 0 overflows
BenchmarkAccept/server=d/rate=100/request=http 20 100 offered/s 20 done/s 80 unanswered-conns 0 overflows
BenchmarkAccept/server=e/rate=100/request=http 20 100 offered/s 20 done/s 80 unanswered-conns 20 waiting-conns
BenchmarkAccept/server=f/rate=100/request=http 20 100 offered/s 20 done/s 80 unanswered-conns 2 waiting-conns 1 backlog-conns
BenchmarkAccept/server=g/rate=100/request=http 20 100 offered/s 20 done/s 80 unanswered-conns 0 waiting-conns 0 backlog-conns
BenchmarkAcceptSeries/server=a/rate=100/request=http/ms=50 1 5 offered-conns 1 done-conns 4 accepted-conns 0 waiting-conns 0 refused-conns 1 cpus
BenchmarkAcceptSeries/server=a/rate=100/request=http/ms=100 2 10 offered-conns 2 done-conns 9 accepted-conns 1 waiting-conns 0 refused-conns 1 cpus
`

func TestAcceptVerdicts(t *testing.T) {
	res, err := results.Read(strings.NewReader(acceptResults), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := acceptGlance("accept", acceptGroups(res.Of("Accept")))
	for i, want := range []string{drains, leaves, keepsUp, unknowns, partly, leaves, drains} {
		if got := table.Rows[i][5].(Styled).Text; got != want {
			t.Errorf("%v: %s, want %s", table.Rows[i][3], got, want)
		}
	}
	for format, want := range map[string][]string{
		"text": {"Accept queue at a glance", "22  [20,24]", "turned 7 connections away", "leaves it full", "4.10"},
		"json": {`"knee_per_s": 22`, `"accept_series": [`, `"accepted": 9`, `"queue": "drains"`},
		"html": {"a, http at 100/s", ">waiting<"},
	} {
		var out strings.Builder
		if err := Write(&out, Of("accept", res, ""), format, term.Screen{}); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s without %q:\n%s", format, text, out.String())
			}
		}
	}
}

// Two sides that are compared by requests: the legend tells of the second process of A, and
// how many comparisons a family has, once.
func TestAcceptChanges(t *testing.T) {
	file := SideA + ": A\n" + SideB + ": B\n"
	for _, rate := range []string{"100", "400"} {
		for _, server := range []string{"A/io=epoll", "A/io=epoll-aa", "B/io=epoll"} {
			file += "BenchmarkAccept/server=" + server + "/rate=" + rate + "/request=http 10 5000 p99-ns"
			if strings.HasPrefix(server, "B") {
				file += " 4000 cpu-ns/req" // A answered nothing
			}
			file += "\n"
		}
	}
	res, err := results.Read(strings.NewReader(file), "bench.txt")
	if err != nil || len(res.Warnings) > 0 {
		t.Fatal(err, res.Warnings)
	}
	var b strings.Builder
	if err := Write(&b, AB("ab", res, ""), "text", term.Screen{Columns: 200}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"of its family: 0 of cpu-ns/req, 2 of p99-ns]", "Ratios are to the mean of both processes of A", "2 of the rows have samples of one side only"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
}
