package main

import (
	"fmt"
	"io"
	"path/filepath"

	"wsbench/benches/report"
)

// A view is the name of the command in the document of a results file.
type view string

const (
	matrixView view = "matrix"
	connsView  view = "conns"
)

// show prints what a session wrote to the file at path; with -format bench, the
// file itself. It makes the page of it, too.
func (o *outputFlags) show(stdout, stderr io.Writer, path string, v view) error {
	if path == "" {
		return nil
	}
	doc, err := documentOf(string(v), path)
	if err != nil {
		return err
	}
	if err := o.print(stdout, stderr, path, doc); err != nil {
		return err
	}
	return writePage(filepath.Join(filepath.Dir(path), report.File), doc, o.chatter(stdout, stderr))
}

func (o *outputFlags) print(stdout, stderr io.Writer, path string, doc report.Document) error {
	switch o.format {
	case benchFormat:
		fmt.Fprintf(stderr, "samples: %s\n", path)
		return copyFile(stdout, path)
	case textFormat:
		if _, err := io.WriteString(stdout, "\n"); err != nil {
			return err
		}
	}
	return report.Write(stdout, doc, o.format, o.screen(stdout))
}
