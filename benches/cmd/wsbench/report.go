package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// latestResults is the folder that is shown when none is named.
var latestResults = filepath.Join("results", results.Latest)

func runReport(args []string, stdout, stderr io.Writer) error {
	var out, format string
	var look outputFlags
	fs := newFlags("report", "[flags] [FOLDER | bench.txt | output of go test -bench]", stdout)
	fs.StringVar(&out, "o", "", "`file` of the page, beside which the plots go (default report.html beside the results)")
	fs.StringVar(&format, "format", "html", "html writes the page and the plots; text, json and bench (the samples) go to the standard output")
	look.registerColor(fs)
	if err := parseFlags(fs, args, -1); err != nil {
		return err
	}
	look.format = textFormat
	if err := look.check(); err != nil {
		return usageError{"report: " + err.Error()}
	}
	if !slices.Contains([]string{"html", "text", "json", "bench"}, format) {
		return usageError{fmt.Sprintf("report: -format %q is not one of html, text, json, bench", format)}
	}
	if out != "" && format != "html" {
		return usageError{fmt.Sprintf("report: -o names the page, and -format %s writes none", format)}
	}
	path, err := resultsFile(fs.Arg(0))
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := reportOn(path, out, format, stdout, look.screen(stdout)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// resultsFile is the results file that a folder, a file or "" stands for.
func resultsFile(name string) (string, error) {
	if name == "" {
		name = latestResults
	}
	const makes = "'wsbench matrix' and 'wsbench conns' make one, and 'make bench'"
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there are no results %s; %s", name, makes)
	case err != nil || !info.IsDir():
		return name, err
	}
	path := filepath.Join(name, results.BenchFile)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the folder %s has no %s: name one with results; %s", name, results.BenchFile, makes)
	}
	return path, nil
}

func reportOn(path, out, format string, stdout io.Writer, screen term.Screen) error {
	if format == "bench" {
		return errors.Join(copyFile(stdout, path), copyCaptured(stdout, filepath.Dir(path)))
	}
	page, profiles, err := openPage(path)
	if err != nil {
		return err
	}
	res := page.Results
	if filepath.Base(path) != results.BenchFile && len(res.Samples)+len(res.Conns)+len(res.Components) == 0 {
		return fmt.Errorf("%s holds no benchmark lines; a results file, or what go test -bench prints, is wanted", path)
	}
	switch {
	case format == "json":
		return report.WriteJSON(stdout, wholeDocument(page, profiles, path))
	case format == "text" && len(res.Samples) == 0 && len(res.Conns) > 0:
		return report.Conns(stdout, res, report.Options{Path: path, Screen: screen})
	case format == "text":
		return errors.Join(report.PageText(stdout, res, report.Options{Path: path, Screen: screen}), profileText(stdout, screen, profiles))
	}
	if out == "" {
		out = filepath.Join(filepath.Dir(path), report.File)
	}
	return writePage(out, page, stdout)
}

// writePage writes a page with its plots and tells where it is.
func writePage(file string, page report.Page, stdout io.Writer) error {
	if err := report.WritePage(file, page); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "report:  %s\n", file)
	return nil
}

func copyFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// copyCaptured adds the lines made of captures, where a folder has some.
func copyCaptured(w io.Writer, dir string) error {
	err := copyFile(w, filepath.Join(dir, explain.BenchFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// profileText adds the tables of profiles; nil is none.
func profileText(w io.Writer, screen term.Screen, a *explain.Analysis) error {
	if a == nil {
		return nil
	}
	return profilePage(w, screen, profileSections(a))
}

// reportDocument is the JSON document of wsbench report.
type reportDocument struct {
	*report.Whole
	Subjects    []profileSubject    `json:"subjects"`
	Differences []profileDifference `json:"differences"`
}

func wholeDocument(page report.Page, a *explain.Analysis, path string) reportDocument {
	d := reportDocument{report.NewWhole(page, path), []profileSubject{}, []profileDifference{}}
	if a != nil {
		p := newProfileDocument(a, "report")
		d.Subjects, d.Differences = p.Subjects, p.Differences
	}
	return d
}
