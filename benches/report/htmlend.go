package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// omitted is what was left out and skipped, with the reasons.
func (d *data) omitted() section {
	res := d.Results
	s := section{ID: "omitted", Title: "What was left out"}
	for _, r := range omissions(res) {
		if r.prefix == "" {
			s.Text = append(s.Text, r.text)
		}
	}
	if texts, counts := reasons(res.LeftOut); len(texts) > 0 {
		t := PageTable{Title: "Turns left out, by reason; numbers in it are the first one's", Head: []string{"turns", "reason"}, Bars: -1}
		for i := range texts {
			t.Rows = append(t.Rows, []string{fmt.Sprint(counts[i]), texts[i]})
		}
		s.Tables = append(s.Tables, view(t), view(leftOutBy(res)))
	}
	if len(res.Skipped) > 0 {
		s.Tables = append(s.Tables, view(skips("Skipped", res.Skipped)))
	}
	if len(s.Text)+len(s.Tables) == 0 {
		if len(res.Samples)+len(res.Conns)+len(res.Components) == 0 {
			return section{}
		}
		s.Text = []string{"Nothing: no turn was left out and nothing was skipped."}
	}
	return s
}

// leftOutBy counts by benchmark: where one server's turns are left out more
// often, its samples are those of the quiet moments.
func leftOutBy(res *lab.Results) PageTable {
	t := PageTable{Title: "Turns left out, by benchmark", Head: []string{"turns", "benchmark"}, Bars: -1}
	count := map[string]int{}
	var names []string
	for _, l := range res.LeftOut {
		if count[l.Name]++; count[l.Name] == 1 {
			names = append(names, l.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	for _, n := range names {
		t.Rows = append(t.Rows, []string{fmt.Sprint(count[n]), strings.TrimPrefix(n, "Benchmark")})
	}
	return t
}

func skips(title string, list []lab.Reason) PageTable {
	t := PageTable{Title: title, Head: []string{"what", "reason"}, Bars: -1}
	for _, s := range list {
		t.Rows = append(t.Rows, []string{strings.TrimPrefix(s.Name, "Benchmark"), s.Text})
	}
	return t
}

// reading tells how to read the page, of what is on it.
func (d *data) reading() section {
	s := section{ID: "reading", Title: "How to read it"}
	var items []string
	if len(d.Results.Samples) > 0 {
		items = append(items,
			"A case is connections/octets; a third number is the messages in flight a connection. epoll and uring are the reference server on an event loop, net the same protocol engine with a goroutine a connection, raw the floor: the same loop that unmasks, checks and assembles nothing. Other names are other servers.",
			"A block is one case in one round: each server takes one turn in it, in an order drawn from the seed, while the others are stopped. Hosts drift by tens of percent within seconds; the ratios of neighbours do not. Compare ratios, never messages a second of two runs.",
			"Ratios, their intervals and verdicts come from one test, the signed ranks of the logarithms of the blocks' ratios, corrected for the number of comparisons (Holm): an interval leaves 1 out where the verdict is a difference. Error bars of other values are distribution-free intervals of their medians.",
			"A/A is a second process of the reference against the first. What they differ in is noise.",
			"CPU/msg is the server's user and system time a message, ctxsw/msg its threads' context switches, syscalls/msg what wsbench's server counts itself.",
			"Latencies are of a closed loop: from a message's send to its whole echo, with as many in flight as the case says. They are no answer to what a server does at a given rate; wsbench load -rate measures that.",
		)
	}
	if len(d.Results.Components) > 0 && d.Results.Config["bench-cpu"] == "" { // not by floors or crossover, which interleave
		items = append(items, "Components are measured one after another, not interleaved: differences of a few percent between them can be drift.")
	}
	if len(d.Profiled) > 0 {
		items = append(items, "Profiles and counts are of turns of their own, as observers cost time: rows named “+ OBSERVER” were taken under that one. Where two servers are compared by their profiles, all turns were.")
	}
	if len(items) == 0 {
		return section{}
	}
	s.Lists = []listing{{Items: items}}
	return s
}

// provenance is what it takes to have the same again.
func (d *data) provenance() section {
	res := d.Results
	t := PageTable{Title: "Configuration, as the results file has it", Head: []string{"key", "value"}, Bars: -1}
	keys := make([]string, 0, len(res.Config))
	for k := range res.Config {
		if k != "pkg" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		t.Rows = append(t.Rows, []string{k, res.Config[k]})
	}
	s := section{ID: "provenance", Title: "Provenance"}
	if len(t.Rows) > 0 {
		s.Tables = append(s.Tables, view(t))
	}
	var items []string
	if res.Command != "" {
		items = append(items, res.Command)
	} else if len(res.Samples) > 0 {
		items = append(items, matrixCommand(res))
	} else if len(res.Conns) > 0 {
		items = append(items, connsCommand(res))
	}
	if len(res.Samples)+len(res.Conns)+len(res.Components) > 0 {
		items = append(items,
			fmt.Sprintf("go tool benchstat -col %s %s", columns(res), results.BenchFile),
			fmt.Sprintf("go tool benchstat -ignore commit,dirty,seed,date OTHER/%s %s", results.BenchFile, results.BenchFile),
		)
	}
	items = append(items, "wsbench report FOLDER")
	s.Lists = []listing{{Title: "Commands: measure again, read the samples, compare with another run, remake this page and its plots", Items: items}}
	return s
}
