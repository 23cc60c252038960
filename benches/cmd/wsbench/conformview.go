package main

import (
	"fmt"
	"strings"

	"wsbench/benches/conform"
	"wsbench/benches/report"
)

// document returns a section per target.
func (b *conformBody) document() report.Document {
	d := report.Document{Facts: b.facts}
	var cases, failed, notRun int
	for _, t := range b.targets {
		n := conform.Count(t.results)
		cases, failed, notRun = cases+n.Cases, failed+n.Failed(), notRun+n.NotRun
		d.Sections = append(d.Sections, b.section(t))
	}
	totals := report.Values{In: report.JSON, List: []report.Value{{Key: "cases", Cell: cases}, {Key: "failed", Cell: failed}, {Key: "not_run", Cell: notRun}}}
	// Every list is in JSON, also where no client came.
	lists := []report.Block{totals, report.Table{ID: "targets"}, report.Table{ID: "groups"}, report.Table{ID: "results"}}
	d.Sections = append([]report.Section{{Blocks: lists}}, d.Sections...)
	return d
}

// section returns the section of one target.
func (b *conformBody) section(t conformTarget) report.Section {
	n := conform.Count(t.results)
	s := report.Section{Title: t.description, Blocks: []report.Block{
		report.Table{ID: "targets", In: report.JSON, Columns: keyed("target", "description", "cases", "failed", "not_run"),
			Rows: [][]any{{t.name, t.description, n.Cases, n.Failed(), n.NotRun}}},
	}}
	groups := groupTable(t)
	inJSON := groups
	inJSON.ID, inJSON.In = "groups", report.JSON
	groups.In = forPeople
	groups.Rows = append(groups.Rows, groupRow(t, conform.GroupTally{Group: conform.Group{Name: "total"}, Tally: n}))
	s.Blocks = append(s.Blocks, inJSON, groups, b.resultTable(t))
	return report.Section{Title: s.Title, Blocks: append(s.Blocks, b.failures(t)...)}
}

// groupTable returns a row per group.
func groupTable(t conformTarget) report.Table {
	table := report.Table{Columns: []report.Column{
		{Key: "target", In: report.JSON}, {Key: "group", Head: "group"}, {Key: "title", Least: 12}, {Key: "cases", Head: "cases"},
		{Head: "strict"}, {Key: "failed", Head: "failed"}, {Key: "not_run", In: report.JSON},
		{Head: "strict\n%", Draw: report.Bars, Full: 100, Drop: 5}, {Head: "verdict"},
		{Key: "autobahn_ok", Head: "Autobahn:\nok", Drop: 4}, {Key: "autobahn_non_strict", Head: "non-\nstrict", Name: "Autobahn's non-strict", Drop: 1},
		{Key: "autobahn_informational", Head: "inform-\national", Name: "Autobahn's informational", Drop: 2},
		{Key: "autobahn_failed", Head: "failed", Name: "Autobahn's failed", Drop: 3},
	}}
	for _, g := range conform.ByGroup(t.results) {
		table.Rows = append(table.Rows, groupRow(t, g))
	}
	return table
}

func groupRow(t conformTarget, g conform.GroupTally) []any {
	style := report.Good
	if g.Strict < g.Cases {
		style = report.Bad
	}
	share := report.Estimate{Value: 100 * float64(g.Strict) / float64(g.Cases), Style: style}
	return []any{t.name, g.Name, g.Title, g.Cases, g.Strict, g.Failed(), g.NotRun, share, report.Styled{Text: tallyVerdict(g.Tally), Style: style},
		g.OK, g.NonStrict, g.Informational, g.AutobahnFailed()}
}

// tallyVerdict writes a tally in words.
func tallyVerdict(t conform.Tally) string {
	var words []string
	if n := t.Failed(); n > 0 {
		words = append(words, fmt.Sprintf("%d FAILED", n))
	}
	if t.NotRun > 0 {
		words = append(words, fmt.Sprintf("%d not run", t.NotRun))
	}
	if words == nil {
		return "all ok"
	}
	return strings.Join(words, ", ")
}

// resultTable returns a row per case, in JSON.
func (b *conformBody) resultTable(t conformTarget) report.Table {
	table := report.Table{ID: "results", In: report.JSON, Columns: keyed("target", "id", "title", "strict", "faults", "not_run", "expected", "came",
		"autobahn_behavior", "autobahn_closing", "took_ns", "rerun")}
	for i := range t.results {
		r := &t.results[i]
		table.Rows = append(table.Rows, []any{t.name, r.Case.ID, r.Case.Title, r.Strict(), append([]string{}, r.Faults...), r.NotRun, r.Case.Expected(), r.Came,
			r.Behavior, r.Close, r.Took.Nanoseconds(), b.rerun(r.Case.ID)})
	}
	return table
}

// rerun returns the command line that plays a case again; "" of a client's.
func (b *conformBody) rerun(id string) string {
	if b.listen != "" {
		return ""
	}
	if b.started != "" {
		return b.started + " -cases " + id
	}
	command := "wsbench conform -cases " + id
	if b.cfg.Timeout != conform.DefaultTimeout {
		command += fmt.Sprintf(" -timeout %v", b.cfg.Timeout)
	}
	return command + " " + quoted(b.cfg.URL)
}

// failures returns the cases that failed, from which case on none was run, and
// the commands that play those that failed again.
func (b *conformBody) failures(t conformTarget) (blocks []report.Block) {
	again, died := report.Shell{Title: "commands that play them again"}, false
	for i := range t.results {
		r := &t.results[i]
		switch {
		case r.NotRun != "" && !died:
			died = true
			blocks = append(blocks, report.Paragraph{Style: report.Bad, Prefix: fmt.Sprintf("not run %s and later: ", r.Case.ID), Text: r.NotRun})
		case r.NotRun == "" && !r.Strict():
			blocks = append(blocks, report.Values{Title: r.Case.ID + "  " + r.Case.Title, List: []report.Value{
				{Name: "expected", Cell: r.Case.Expected()}, {Name: "came", Cell: r.Came}, {Name: "fault", Cell: strings.Join(r.Faults, "; ")},
				{Name: "Autobahn", Cell: fmt.Sprintf("%s, closing %s", r.Behavior, r.Close)},
			}})
			if command := b.rerun(r.Case.ID); command != "" {
				again.Lines = append(again.Lines, report.Line{Command: command})
			}
		}
	}
	return append(blocks, again)
}
