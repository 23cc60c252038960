package main

import (
	"flag"
	"fmt"
	"io"
	"slices"

	"wsbench/benches/internal/term"
)

// Forms of output: for people, or a document for machines, which then has the
// standard output to itself.
const (
	textFormat  = "text"
	jsonFormat  = "json"
	mdFormat    = "markdown"
	benchFormat = "bench"
)

var formats = []string{textFormat, jsonFormat, mdFormat, benchFormat}

// output is how a command shows what came of it.
type outputFlags struct {
	format, color string
	colors        term.Colors
}

func (o *outputFlags) register(fs *flag.FlagSet) {
	o.registerFormat(fs)
	o.registerColor(fs)
}

func (o *outputFlags) registerColor(fs *flag.FlagSet) {
	fs.StringVar(&o.color, "color", "auto", "colours of text: auto (on a terminal, unless NO_COLOR is set), always or never")
}

// registerFormat registers the flags of a command without colours.
func (o *outputFlags) registerFormat(fs *flag.FlagSet) {
	o.color = "never"
	fs.StringVar(&o.format, "format", textFormat, "output: text, json ('wsbench help formats' lists its fields), markdown or bench (the Go benchmark format)")
}

// check reads the flags' values; an error names the one that is wrong.
func (o *outputFlags) check() (err error) {
	if !slices.Contains(formats, o.format) {
		return fmt.Errorf("-format %q is not one of text, json, markdown and bench", o.format)
	}
	if o.colors, err = term.ParseColors(o.color); err != nil {
		return fmt.Errorf("-color %w", err)
	}
	return nil
}

// screen returns what text is laid out for.
func (o *outputFlags) screen(w io.Writer) term.Screen { return term.Of(w, o.colors) }

// messages returns where messages for people go: beside the text, apart from a
// document.
func (o *outputFlags) messages(stdout, stderr io.Writer) io.Writer {
	if o.format == textFormat {
		return stdout
	}
	return stderr
}
