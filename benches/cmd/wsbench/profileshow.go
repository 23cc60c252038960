package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// conclude leaves all that an analysis comes to in its folder, and shows it.
func (f *profileFlags) conclude(stdout, stderr io.Writer, a *explain.Analysis) error {
	sections := profileSections(a)
	err := errors.Join(a.Write(), writeTables(a, sections), f.print(stdout, stderr, a, sections))
	doc, docErr := f.document(a)
	if docErr == nil {
		docErr = writePage(filepath.Join(a.Dir, report.File), doc, f.chatter(stdout, stderr))
	}
	return errors.Join(err, docErr)
}

func (f *profileFlags) print(stdout, stderr io.Writer, a *explain.Analysis, sections []profileSection) error {
	switch f.format {
	case benchFormat:
		fmt.Fprintf(stderr, "samples: %s\n", a.Dir)
		return errors.Join(copyFile(stdout, filepath.Join(a.Dir, results.BenchFile)), copyFile(stdout, filepath.Join(a.Dir, explain.BenchFile)))
	case jsonFormat:
		doc, err := f.document(a)
		if err != nil {
			return err
		}
		return report.Write(stdout, doc, jsonFormat, f.screen(stdout))
	}
	screen := f.screen(stdout)
	p := screen.Page()
	for _, w := range a.Warnings {
		p.Text(term.Bad, "warning: ", w.Error())
	}
	for _, s := range a.Results.Skipped {
		p.Text(term.Bad, "skipped ", s.Name+": "+s.Text)
	}
	if n := len(a.Results.LeftOut); n > 0 {
		p.Text(term.Strong, "note: ", fmt.Sprintf("%d of %d turns were left out, such as: %s", n, n+len(a.Results.Samples), a.Results.LeftOut[0].Text))
	}
	if err := p.Flush(stdout); err != nil {
		return err
	}
	if err := profilePage(stdout, screen, sections); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "\nfiles:   %s\n", a.Dir)
	for _, s := range views(a) {
		fmt.Fprintf(stdout, "pprof:   wsbench profile view %s\n", s)
	}
	return err
}

// views are what to view: each comparison as its two profiles, or each server's.
func views(a *explain.Analysis) (list []string) {
	cpu := func(s *explain.Subject) string { return filepath.Join(a.Dir, s.Folder(), "cpu.pb.gz") }
	for _, c := range a.Comparisons() {
		list = append(list, cpu(c.A)+" "+cpu(c.B))
	}
	if a.Against() {
		return list
	}
	for _, s := range a.Subjects {
		list = append(list, filepath.Join(a.Dir, s.Folder()))
	}
	return list
}

// document returns what the session's results and an analysis come to.
func (f *profileFlags) document(a *explain.Analysis) (report.Document, error) {
	path := filepath.Join(a.Dir, results.BenchFile)
	res, err := results.Open(path)
	if err != nil {
		return report.Document{}, err
	}
	return profileDocument(f.name, path, res, a), nil
}

// holdsCaptures reports whether something observed the servers.
func holdsCaptures(res *results.Results) bool {
	return slices.ContainsFunc(res.Samples, func(s results.Sample) bool { return s.Name.Value("observer") != "" })
}
