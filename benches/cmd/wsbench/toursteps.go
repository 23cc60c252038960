package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"

	"wsbench/benches/internal/term"
	"wsbench/benches/report"
)

// within returns the arguments of the step, with its results in a folder below dir.
func (s tourStep) within(dir string) []string {
	return append([]string{"-o", filepath.Join(dir, s.name)}, s.args...)
}

// take carries the step out, with its results below dir. A person at a terminal sees
// how it goes on.
func (s tourStep) take(ctx context.Context, by *call, dir string) (*outcome, error) {
	progress := io.Discard
	if term.IsTerminal(by.stderr) {
		progress = by.stderr
	}
	c, b, err := s.parse(s.within(dir), io.Discard, progress)
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, b)
}

// found returns what came of a step.
func found(out *outcome) string {
	return cmp.Or(out.document.Answer, "nothing that could be told; its page says why.")
}

// sections returns the step's part in the page of the tour: what was done, and of the
// outcome what comes first in the page of its own, or all where nothing does.
func (s tourStep) sections(number int, command, folder string, out *outcome) []report.Section {
	head := report.Section{Title: fmt.Sprintf("%d. wsbench %s", number, s.name), Blocks: []report.Block{
		report.Paragraph{Text: s.does},
		report.Shell{Lines: []report.Line{{Name: "by hand", Command: command}, {Name: "all of it", Command: filepath.Join(folder, report.File)}}},
		report.Paragraph{Style: report.Strong, Prefix: "Found: ", Text: found(out)},
	}}
	rest := slices.Clone(out.document.Sections)
	if first := func(s report.Section) bool { return s.First }; slices.ContainsFunc(rest, first) {
		rest = slices.DeleteFunc(rest, func(s report.Section) bool { return !first(s) })
	}
	for i := range rest {
		rest[i].First = false // behind the head
	}
	return append([]report.Section{head}, rest...)
}

// servePages serves the folder on loopback until ctx ends.
func servePages(ctx context.Context, dir string, stdout io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Fprintf(stdout, "  http://%v/%s until Ctrl-C\n", l.Addr(), report.File)
	return serveUntil(ctx, l, loopbackOnly(http.FileServer(http.Dir(dir))))
}
