package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// Of the pass that perf record observes.
const (
	attributedFolder = "profile" // below the session's
	attributedWindow = 500 * time.Millisecond
)

// attribute observes the servers under the cases by perf record, in a pass of its own
// into a folder below dir, and returns what it came to as a section.
func (b *tlsTax) attribute(ctx context.Context, c *call, dir string) (report.Section, error) {
	s := lab.Session{
		Plan:      lab.Plan{Cases: b.observed.Cases, Rounds: 1, Warmup: profileWarmup, Window: attributedWindow, Seed: b.observed.Seed},
		ServerCPU: c.session.ServerCPU, LoadCPU: c.session.LoadCPU, Noise: c.session.Noise,
		Dir: filepath.Join(dir, attributedFolder), Progress: c.session.Progress, Command: c.session.Command, KeepGoing: true,
	}
	perf, err := explain.ParseObservers(explain.PerfRecord)
	if err != nil {
		return report.Section{}, err
	}
	s.Progress.Phase("observing the servers by perf record")
	path, _, err := explain.Run(ctx, &s, explain.Plan{Servers: b.observed.Servers, Observers: perf, HZ: explain.DenseHZ})
	if path == "" {
		return report.Section{}, err
	}
	res, unread := results.Open(path)
	if unread != nil {
		return report.Section{}, unread
	}
	a, unread := explain.Analyse(filepath.Dir(path), res, attribution.Default())
	if unread != nil {
		if err == nil {
			err = fmt.Errorf("CPU time by component: nothing could be observed: %s", whyNot(res, dir))
		}
		return report.Section{}, err
	}
	if failed := a.Write(); err == nil {
		err = failed
	}
	return tlsAttribution(a), err
}

// withParts returns d with the section behind that of what TLS costs.
func withParts(d report.Document, section report.Section) report.Document {
	section.First = true
	at := 1 + slices.IndexFunc(d.Sections, func(s report.Section) bool { return s.ID == "tls_matrix" })
	d.Sections = slices.Insert(d.Sections, at, section)
	return d
}

// tlsParts are groups of components, the last one of all that no other has.
var tlsParts = []struct {
	key, head string
	holds     func(component string) bool
}{
	{"handshake", "hand-\nshake", isOne("tls-handshake")},
	{"crypto", "crypto", isOne("crypto")},
	{"records", "records", isOne("tls")},
	{"copy", "copy", isOne("kernel-copy-in", "kernel-copy-out")},
	{"kernel", "kernel", func(c string) bool {
		return strings.HasPrefix(c, "kernel-") || isOne("syscalls", "wake-up", "scheduler", "interrupts")(c)
	}},
	{"program", "program", func(string) bool { return true }},
}

func isOne(components ...string) func(string) bool {
	return func(c string) bool { return slices.Contains(components, c) }
}

// tlsAttributionNote says how to read the table.
const tlsAttributionNote = "CPU time per message by perf record, in a pass of its own, scaled to the CPU time of runs that nothing observed. crypto: the ciphers; records: the rest of TLS's record layer; both in the program or the kernel. copy: of payloads to and from the kernel. kernel: the rest of it, TCP most of all. program: all else that the server does."

// tlsAttribution returns the CPU time per message of each server under each case, by
// part.
func tlsAttribution(a *explain.Analysis) report.Section {
	t := report.Table{ID: "tls_attribution", Title: "CPU time by part", Note: tlsAttributionNote, Columns: report.Keyed(
		report.Column{Key: "tls", In: report.JSON}, report.Column{Head: "case", Group: true}, report.Column{Key: "label", Head: "server"},
		report.Column{Key: "cpu_ns_per_msg", Head: "CPU", Unit: perMessage},
	)}
	for _, p := range tlsParts {
		t.Columns = append(t.Columns, report.Column{Key: p.key + "_ns_per_msg", Head: p.head, Name: p.key, Unit: perMessage})
	}
	t.Columns = append(t.Columns, report.Column{Key: "samples", Head: "samples", Drop: 1})
	cases := results.Cases(a.Results.Of("Echo"))
	subjects := slices.Clone(a.Subjects)
	slices.SortStableFunc(subjects, func(x, y *explain.Subject) int {
		if x.Case != y.Case {
			return slices.Index(cases, x.Case) - slices.Index(cases, y.Case)
		}
		return strings.Compare(string(x.Server), string(y.Server))
	})
	for _, s := range subjects {
		sums := make([]float64, len(tlsParts))
		for _, share := range a.Attribution(s) {
			sums[partOf(share.Component)] += share.Value
		}
		row := report.KeyCells(s.Server, s.Case, s.Server.Value("tls"), s.Case.String(), s.Server.Label(), s.CPU)
		for _, sum := range sums {
			row = append(row, sum)
		}
		t.Rows = append(t.Rows, append(row, int(s.Samples())))
	}
	blocks := []report.Block{t}
	for _, w := range a.Results.Warnings {
		blocks = append(blocks, report.Warning(w.Error()))
	}
	for _, k := range a.Results.Skipped {
		if strings.Contains(k.Name, "observer=") {
			blocks = append(blocks, report.Paragraph{Style: report.Bad, Prefix: "skipped ", Text: k.Name + ": " + k.Text})
		}
	}
	blocks = append(blocks, report.Shell{Lines: []report.Line{{Name: "profiles", Command: "wsbench report -format text " + a.Dir}}})
	return report.Section{ID: "tls_attribution", Title: "CPU time by part", In: report.HTML | report.Markdown, Blocks: blocks}
}

// partOf returns the index of the part that holds a component.
func partOf(component string) int {
	for i, p := range tlsParts {
		if p.holds(component) {
			return i
		}
	}
	return len(tlsParts) - 1
}
