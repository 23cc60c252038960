package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// conclude leaves all that an analysis comes to in its folder, and shows it.
func (f *profileFlags) conclude(stdout, stderr io.Writer, a *explain.Analysis) error {
	sections := profileSections(a)
	err := errors.Join(a.Write(), writeTables(a, sections), f.print(stdout, stderr, a, sections))
	page, pageErr := report.Open(filepath.Join(a.Dir, results.BenchFile))
	if pageErr == nil {
		addProfiles(&page, a)
		pageErr = writePage(filepath.Join(a.Dir, report.File), page, f.chatter(stdout, stderr))
	}
	return errors.Join(err, pageErr)
}

func (f *profileFlags) print(stdout, stderr io.Writer, a *explain.Analysis, sections []profileSection) error {
	switch f.format {
	case benchFormat:
		fmt.Fprintf(stderr, "samples: %s\n", a.Dir)
		return errors.Join(copyFile(stdout, filepath.Join(a.Dir, results.BenchFile)), copyFile(stdout, filepath.Join(a.Dir, explain.BenchFile)))
	case jsonFormat:
		return report.WriteJSON(stdout, newProfileDocument(a, f.name))
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

// openPage returns the report's page of a results file, and the analysis of the
// profiles that lie beside it, which are on the page; nil where there are none.
// What could not be read of these is among the page's warnings.
func openPage(path string) (report.Page, *explain.Analysis, error) {
	page, err := report.Open(path)
	if err != nil {
		return page, nil, err
	}
	a, err := explain.Analyse(filepath.Dir(path), nil)
	switch {
	case err == nil:
		addProfiles(&page, a)
	case !errors.Is(err, os.ErrNotExist) || holdsCaptures(page.Results):
		page.Results.Warnings = append(page.Results.Warnings, fmt.Errorf("the profiles are not shown: %w", err))
	}
	return page, a, nil
}

// addProfiles puts what an analysis comes to on a page.
func addProfiles(page *report.Page, a *explain.Analysis) {
	page.Results.Warnings = append(page.Results.Warnings, a.Warnings...)
	page.Profiled = profiledOf(a)
}

// holdsCaptures tells whether any turn was observed.
func holdsCaptures(res *lab.Results) bool {
	return slices.ContainsFunc(res.Samples, func(s lab.Sample) bool { return s.Variant.Observer != "" })
}
