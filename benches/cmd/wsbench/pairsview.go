package main

import (
	"strings"

	"wsbench/benches/report"
	"wsbench/benches/results"
)

// pairsNote says how to read the table.
const pairsNote = "What -switch value costs more per message than -switch base. alone: by the microbenchmarks of the component, CPU time of the server's thread where there is a client, too. server: CPU time per message of the echo server with one switch changed, by the echo cases. arrived: the second as a share of the first; below 1 part of it is hidden, by the caches or by waiting, and above 1 the switch changes more than its component; - where what it saves alone is not above 0, or not known. " +
	"Estimates from the differences within rounds, and within blocks [intervals of 97.5 % each, which makes that of the share one of 95 % at least]."

// section returns the table of the pairs.
func (p *pairedSession) section(res *results.Results) report.Section {
	ns, share := results.UnitOf("cpu-ns/msg"), results.UnitOf("share")
	t := report.Table{ID: "pairs", Note: pairsNote, Columns: []report.Column{
		{Key: "conns", In: report.JSON}, {Key: "size_bytes", In: report.JSON}, {Key: "depth", In: report.JSON},
		{Key: "package", In: report.JSON}, {Key: "benchmark", In: report.JSON}, {Key: "rounds", In: report.JSON}, {Key: "blocks", In: report.JSON},
		{Key: "io", Head: "io", Group: true, Drop: 1}, {Key: "switch", Head: "switch", Group: true}, {Key: "value", Head: "value", Group: true}, {Key: "base", Head: "base", Group: true, Drop: 2}, {Head: "case"},
		{Key: "alone_ns_per_msg", Head: "alone", Unit: ns, Bounds: "interval"},
		{Key: "server_ns_per_msg", Head: "server", Unit: ns, Bounds: "interval"},
		{Key: "share", Head: "arrived", Unit: share, Digits: 2, Bounds: "interval"},
	}}
	rows, alone := p.rows(res)
	for _, r := range rows {
		t.Rows = append(t.Rows, []any{r.c.Int("conns"), r.c.Int("size"), r.c.Int("depth"),
			r.component, r.named(r.c, r.benchValue), r.alone.N, r.server.N,
			r.io, r.flag, r.value, r.base, r.c.String(), saving(r.alone), saving(r.server), arrived(r)})
	}
	blocks := []report.Block{t}
	if len(alone) > 0 {
		blocks = append(blocks, report.Paragraph{Text: "Left out, as no microbenchmark of this session is like the case: " + strings.Join(alone, "; ") + "."})
	}
	if len(t.Rows) == 0 {
		blocks = append(blocks, report.Paragraph{Text: "No pair has both sides: the microbenchmarks or the servers were skipped, as below."})
	}
	return report.Section{ID: "pairs", Title: "What is saved alone, and what arrives", Blocks: blocks}
}

func saving(s results.Saving) report.Estimate {
	e := report.Estimate{Value: s.Value, N: s.N}
	if s.HasCI {
		e.Interval = &s.Interval
	}
	return e
}

// arrived returns the share, nil where it is not known.
func arrived(r row) any {
	share, iv, ok := r.server.Share(r.alone)
	if !ok {
		return nil
	}
	return report.Estimate{Value: share, Interval: &iv}
}
