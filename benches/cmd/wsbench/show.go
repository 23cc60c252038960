package main

import (
	"fmt"
	"io"
	"path/filepath"

	"wsbench/benches/lab"
	"wsbench/benches/report"
)

// A view is what becomes of a results file as text and as a document.
type view struct {
	text     func(io.Writer, *lab.Results, report.Options) error
	document func(res *lab.Results, path string) any
}

var (
	matrixView = view{report.PageText, func(res *lab.Results, path string) any { return report.NewMatrix(res, path) }}
	connsView  = view{report.Conns, func(res *lab.Results, path string) any { return report.NewIdleConns(res, path) }}
)

// show prints what a session wrote to the file at path; with -format bench, the
// file itself. It makes the page of it, too.
func (o *outputFlags) show(stdout, stderr io.Writer, path string, v view) error {
	if path == "" {
		return nil
	}
	page, _, err := openPage(path)
	if err != nil {
		return err
	}
	if err := o.print(stdout, stderr, path, page.Results, v); err != nil {
		return err
	}
	return writePage(filepath.Join(filepath.Dir(path), report.File), page, o.chatter(stdout, stderr))
}

func (o *outputFlags) print(stdout, stderr io.Writer, path string, res *lab.Results, v view) error {
	switch o.format {
	case benchFormat:
		fmt.Fprintf(stderr, "samples: %s\n", path)
		return copyFile(stdout, path)
	case jsonFormat:
		return report.WriteJSON(stdout, v.document(res, path))
	}
	if _, err := io.WriteString(stdout, "\n"); err != nil {
		return err
	}
	return v.text(stdout, res, report.Options{Path: path, Screen: o.screen(stdout)})
}
