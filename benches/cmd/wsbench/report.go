package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// latestResults is the folder that is shown when none is named.
var latestResults = filepath.Join("results", results.Latest)

var reportExperiment = experiment{
	anywhere: true,
	name:     "report", summary: "make the page and the plots of a folder of results again", synopsis: "[flags] [FOLDER | bench.txt | output of go test -bench]", most: 1,
	examples: "  wsbench report\n  wsbench report -format text -filter '/io:epoll .unit:msg/s' results/latest",
	new: func(c *call) body {
		r := &reporting{}
		c.flags.StringVar(&r.out, "o", "", "`file` of the page, beside which the plots go (default report.html beside the results)")
		c.formatted("html writes the page and the plots; text, markdown, json and bench (the samples) go to the standard output",
			append([]string{htmlFormat}, formats...))
		c.flags.StringVar(&r.filter, "filter", "", "`query` that samples have to match, such as '/io:epoll .unit:msg/s', in the language of benchstat's -filter")
		c.colored()
		return r
	},
}

// reporting is one call of wsbench report.
type reporting struct{ out, filter string }

// check implements body.
func (r *reporting) check(c *call) error {
	switch {
	case r.out != "" && c.format != htmlFormat:
		return fmt.Errorf("-o names the page, and -format %s writes none", c.format)
	case r.filter != "" && c.format == benchFormat:
		return errors.New("-filter has no effect with -format bench: benchstat has one of its own")
	}
	return nil
}

// run implements body.
func (r *reporting) run(_ context.Context, c *call) (*outcome, error) {
	name := latestResults
	if len(c.operands) > 0 {
		name = c.operands[0]
	}
	var err error
	if c.path, err = resultsFile(name); err != nil {
		return nil, err
	}
	if c.format == htmlFormat {
		c.page = cmp.Or(r.out, filepath.Join(filepath.Dir(c.path), report.File))
	}
	if c.format == benchFormat {
		if _, err := readable(c.path); err != nil {
			return nil, err
		}
		return &outcome{}, nil // its lines, as they are
	}
	doc, err := documentOf(c.name, c.path, r.filter)
	if err != nil {
		return nil, err
	}
	return &outcome{document: doc}, nil
}

// resultsFile returns the results file that a folder or a file stands for.
func resultsFile(name string) (string, error) {
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

// readable opens a results file; another file needs benchmark lines.
func readable(path string) (*results.Results, error) {
	res, err := results.Open(path)
	if err == nil && filepath.Base(path) != results.BenchFile && len(res.Samples) == 0 {
		err = fmt.Errorf("%s holds no benchmark lines; want a results file, or what go test -bench prints", path)
	}
	return res, err
}

// documentOf returns what a results file says, as far as it matches the filter,
// and the profiles of its session.
func documentOf(command, path, filter string) (report.Document, error) {
	res, err := readable(path)
	if err != nil {
		return report.Document{}, err
	}
	profiles, answer := captured(path, res)
	if filter != "" {
		if err := res.Filter(filter); err != nil {
			return report.Document{}, usageError{"-filter: " + err.Error()}
		}
		res.Notes = append(res.Notes, "only samples that match -filter "+filter+"; profiles are of all")
	}
	d := report.Of(command, res, path, profiles...)
	d.Answer = cmp.Or(answer, d.Answer)
	return d, nil
}

// captured returns what was captured in the session whose results file is path, and
// what that comes to; other files are of no session.
func captured(path string, res *results.Results) (_ []report.Section, answer string) {
	if filepath.Base(path) != results.BenchFile {
		return nil, ""
	}
	a, err := explain.Analyse(filepath.Dir(path), res, nil)
	if err == nil {
		return profileSections(a), profileAnswer(a)
	}
	if !errors.Is(err, os.ErrNotExist) || holdsCaptures(res) {
		res.Warnings = append(res.Warnings, fmt.Errorf("the profiles are not shown: %w", err))
	}
	return nil, ""
}

// copySamples copies a results file, and of a session the lines made of its
// captures.
func copySamples(w io.Writer, path string) error {
	err := copyFile(w, path)
	if err != nil || filepath.Base(path) != results.BenchFile {
		return err
	}
	err = copyFile(w, filepath.Join(filepath.Dir(path), explain.BenchFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
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
