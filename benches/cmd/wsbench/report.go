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
	var out, format, filter string
	var look outputFlags
	fs := newFlags("report", "[flags] [FOLDER | bench.txt | output of go test -bench]", stdout)
	fs.StringVar(&out, "o", "", "`file` of the page, beside which the plots go (default report.html beside the results)")
	fs.StringVar(&format, "format", "html", "html writes the page and the plots; text, markdown, json and bench (the samples) go to the standard output")
	fs.StringVar(&filter, "filter", "", "`query` that samples have to match, such as '/io:epoll .unit:msg/s', in the language of benchstat's -filter")
	look.registerColor(fs)
	if err := parseFlags(fs, args, -1); err != nil {
		return err
	}
	look.format = textFormat
	if err := look.check(); err != nil {
		return usageError{"report: " + err.Error()}
	}
	if !slices.Contains(append(report.Formats, "bench"), format) {
		return usageError{fmt.Sprintf("report: -format %q is not one of text, html, json, markdown, bench", format)}
	}
	if out != "" && format != "html" {
		return usageError{fmt.Sprintf("report: -o names the page, and -format %s writes none", format)}
	}
	if filter != "" && format == "bench" {
		return usageError{"report: -filter has no effect with -format bench: benchstat has one of its own"}
	}
	path, err := resultsFile(fs.Arg(0))
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := reportOn(path, out, format, filter, stdout, look.screen(stdout)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// resultsFile returns the results file that a folder, a file or "" stands for.
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

func reportOn(path, out, format, filter string, stdout io.Writer, screen term.Screen) error {
	if format == "bench" {
		return errors.Join(copyFile(stdout, path), copyCaptured(stdout, filepath.Dir(path)))
	}
	doc, err := documentOf("report", path, filter)
	switch {
	case err != nil:
		return err
	case format != "html":
		return report.Write(stdout, doc, format, screen)
	case out == "":
		out = filepath.Join(filepath.Dir(path), report.File)
	}
	return writePage(out, doc, stdout)
}

// documentOf returns what a results file says, as far as it matches the filter,
// and the profiles of its session.
func documentOf(command, path, filter string) (report.Document, error) {
	res, err := results.Open(path)
	if err != nil {
		return report.Document{}, err
	}
	if filepath.Base(path) != results.BenchFile && len(res.Samples) == 0 {
		return report.Document{}, fmt.Errorf("%s holds no benchmark lines; want a results file, or what go test -bench prints", path)
	}
	profiles := capturedSections(path, res)
	if filter != "" {
		if err := res.Filter(filter); err != nil {
			return report.Document{}, fmt.Errorf("-filter: %w", err)
		}
		res.Notes = append(res.Notes, "only samples that match -filter "+filter+"; profiles are of all")
	}
	return report.Of(command, res, path, profiles...), nil
}

// capturedSections returns what was captured in the session whose results file
// is path; other files are of no session.
func capturedSections(path string, res *results.Results) []report.Section {
	if filepath.Base(path) != results.BenchFile {
		return nil
	}
	a, err := explain.Analyse(filepath.Dir(path), res, nil)
	if err == nil {
		return profileSections(a)
	}
	if !errors.Is(err, os.ErrNotExist) || holdsCaptures(res) {
		res.Warnings = append(res.Warnings, fmt.Errorf("the profiles are not shown: %w", err))
	}
	return nil
}

// writePage writes a page with its plots, and prints where it is.
func writePage(file string, doc report.Document, stdout io.Writer) error {
	if err := report.WriteFiles(file, doc); err != nil {
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
