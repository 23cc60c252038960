package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// conclude leaves all that an analysis comes to in its folder, and shows it.
func (f *profileFlags) conclude(stdout, stderr io.Writer, a *explain.Analysis) error {
	err := errors.Join(a.Write(), writeTables(a))
	doc := profileDocument(f.name, filepath.Join(a.Dir, results.BenchFile), a)
	return errors.Join(err, f.print(stdout, stderr, a, doc), writePage(filepath.Join(a.Dir, report.File), doc, f.chatter(stdout, stderr)))
}

func (f *profileFlags) print(stdout, stderr io.Writer, a *explain.Analysis, doc report.Document) error {
	switch f.format {
	case benchFormat:
		fmt.Fprintf(stderr, "samples: %s\n", a.Dir)
		return errors.Join(copyFile(stdout, filepath.Join(a.Dir, results.BenchFile)), copyFile(stdout, filepath.Join(a.Dir, explain.BenchFile)))
	case jsonFormat:
		return report.Write(stdout, doc, jsonFormat, f.screen(stdout))
	}
	return report.Write(stdout, f.summary(a), f.format, f.screen(stdout))
}

// summary returns what a person is to read first: what was captured, without the
// runs.
func (f *profileFlags) summary(a *explain.Analysis) report.Document {
	var remarks []report.Block
	for _, w := range a.Warnings {
		remarks = append(remarks, report.Warning(w.Error()))
	}
	for _, s := range a.Results.Skipped {
		remarks = append(remarks, report.Paragraph{Style: report.Bad, Prefix: "skipped ", Text: s.Name + ": " + s.Text})
	}
	if n := len(a.Results.Discarded); n > 0 {
		remarks = append(remarks, report.Note(fmt.Sprintf("%d of %d runs were discarded, such as: %s", n, n+len(a.Results.Samples), a.Results.Discarded[0].Text)))
	}
	files := report.Shell{Lines: []report.Line{{Name: "files", Command: a.Dir}}}
	for _, s := range views(a) {
		files.Lines = append(files.Lines, report.Line{Name: "pprof", Command: "wsbench profile view " + s})
	}
	sections := append([]report.Section{{Blocks: remarks}}, profileSections(a)...)
	return report.Document{Command: f.name, Title: "wsbench " + f.name, Sections: append(sections, report.Section{Blocks: []report.Block{files}})}
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
