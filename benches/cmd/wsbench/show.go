package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"wsbench/benches/lab"
	"wsbench/benches/report"
)

// A view is what becomes of a results file as text and as a document.
type view struct {
	text     func(io.Writer, *lab.Results, report.Options) error
	document func(res *lab.Results, path string) any
}

var (
	matrixView = view{report.Text, func(res *lab.Results, path string) any { return report.NewMatrix(res, path) }}
	connsView  = view{report.Conns, func(res *lab.Results, path string) any { return report.NewIdleConns(res, path) }}
)

// show prints what a session wrote to the file at path; with -format bench, the
// file itself.
func (o *outputFlags) show(stdout, stderr io.Writer, path string, v view) error {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if o.format == benchFormat {
		fmt.Fprintf(stderr, "samples: %s\n", path)
		_, err := stdout.Write(b)
		return err
	}
	res, err := lab.Read(bytes.NewReader(b), path)
	if err != nil {
		return err
	}
	if o.format == jsonFormat {
		return report.WriteJSON(stdout, v.document(res, path))
	}
	if _, err := io.WriteString(stdout, "\n"); err != nil {
		return err
	}
	return v.text(stdout, res, report.Options{Path: path, Screen: o.screen(stdout)})
}
