package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// noProfiles has the lists that JSON has without a row, too.
var noProfiles = report.Section{Blocks: []report.Block{
	report.Table{ID: "subjects", In: report.JSON}, report.Table{ID: "attribution", In: report.JSON}, report.Table{ID: "calls", In: report.JSON},
	report.Table{ID: "functions", In: report.JSON}, report.Table{ID: "events", In: report.JSON}, report.Table{ID: "observers", In: report.JSON},
	report.Table{ID: "differences", In: report.JSON}, report.Table{ID: "changes", In: report.JSON},
}}

// profileSections returns a section for each server, or for each comparison of
// two. Of a comparison the servers themselves are in JSON only.
func profileSections(a *explain.Analysis) (list []report.Section) {
	for _, c := range a.Comparisons() {
		title := fmt.Sprintf("B = %s against A = %s", c.B.Label(), c.A.Label())
		list = append(list, report.Section{Title: title, Blocks: append(comparisonBlocks(c), drawings(a, c.B, "diff.svg")...)})
	}
	for _, s := range a.Subjects {
		out := report.Section{Title: s.Label(), Blocks: slices.Concat(drawings(a, s, "flame.svg"), subjectBlocks(a, s), drawings(a, s, "offcpu.svg"))}
		if a.Compares() {
			out = inJSON(out)
		}
		list = append(list, out)
	}
	return append(list, noProfiles)
}

// inJSON returns the tables of s for JSON alone.
func inJSON(s report.Section) report.Section {
	out := report.Section{In: report.JSON}
	for _, b := range s.Blocks {
		if t, ok := b.(report.Table); ok && t.ID != "" {
			t.In = report.JSON
			out.Blocks = append(out.Blocks, t)
		}
	}
	return out
}

// drawings returns those of the files in a subject's folder that are there.
func drawings(a *explain.Analysis, s *explain.Subject, files ...string) (list []report.Block) {
	for _, name := range files {
		file := filepath.Join(s.Folder(), name)
		if svg, err := os.ReadFile(filepath.Join(a.Dir, file)); err == nil {
			list = append(list, report.Drawing{Title: strings.TrimSuffix(name, ".svg"), File: file, SVG: svg})
		}
	}
	return list
}

// writeTables leaves the tables of every server, or comparison, in its folder.
func writeTables(a *explain.Analysis) (err error) {
	write := func(s *explain.Subject, file string, blocks []report.Block) {
		var b strings.Builder
		doc := report.Document{Sections: []report.Section{{Title: s.Label(), Blocks: blocks}}}
		err = errors.Join(err, report.Write(&b, doc, textFormat, term.Screen{}), os.WriteFile(filepath.Join(a.Dir, s.Folder(), file), []byte(b.String()), 0o666))
	}
	for _, c := range a.Comparisons() {
		write(c.B, "against.txt", comparisonBlocks(c))
	}
	if a.Compares() {
		return err
	}
	for _, s := range a.Subjects {
		write(s, "tables.txt", subjectBlocks(a, s))
	}
	return err
}

// holdsCaptures reports whether something observed the servers.
func holdsCaptures(res *results.Results) bool {
	for _, s := range res.Samples {
		if s.Name.Value("observer") != "" {
			return true
		}
	}
	return false
}

// profileSummary returns what a person is to read first: what was captured,
// without the runs.
func profileSummary(a *explain.Analysis) report.Document {
	var remarks []report.Block
	for _, w := range a.Results.Warnings {
		remarks = append(remarks, report.Warning(w.Error()))
	}
	for _, n := range a.Results.Notes {
		remarks = append(remarks, report.Note(n))
	}
	for _, s := range a.Results.Skipped {
		remarks = append(remarks, report.Paragraph{Style: report.Bad, Prefix: "skipped ", Text: s.Name + ": " + s.Text})
	}
	if n := len(a.Results.Discarded); n > 0 {
		remarks = append(remarks, report.Note(fmt.Sprintf("%d of %d runs were discarded, such as: %s", n, n+len(a.Results.Samples), a.Results.Discarded[0].Reason)))
	}
	files := report.Shell{Lines: []report.Line{{Name: "files", Command: a.Dir}}}
	for _, s := range views(a) {
		files.Lines = append(files.Lines, report.Line{Name: "pprof", Command: "wsbench profile view " + s})
	}
	sections := append([]report.Section{{Blocks: remarks}}, profileSections(a)...)
	return report.Document{Answer: profileAnswer(a), Sections: append(sections, report.Section{Blocks: []report.Block{files}})}
}

// views returns what to view: each comparison as its two profiles, or each
// server's.
func views(a *explain.Analysis) (list []string) {
	cpu := func(s *explain.Subject) string { return filepath.Join(a.Dir, s.Folder(), "cpu.pb.gz") }
	for _, c := range a.Comparisons() {
		list = append(list, cpu(c.A)+" "+cpu(c.B))
	}
	if a.Compares() {
		return list
	}
	for _, s := range a.Subjects {
		list = append(list, filepath.Join(a.Dir, s.Folder()))
	}
	return list
}
