package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"wsbench/benches/internal/term"
)

// Forms of output: for people, or a document for machines, which then has the
// standard output to itself.
const (
	textFormat  = "text"
	htmlFormat  = "html"
	jsonFormat  = "json"
	mdFormat    = "markdown"
	benchFormat = "bench"
)

// formats are those of commands whose results are samples.
var formats = []string{textFormat, jsonFormat, mdFormat, benchFormat}

const formatUsage = "output: text, json ('wsbench help formats' lists its fields), markdown or bench (the Go benchmark format)"

// outputFlags are the flags of how a command shows what came of it.
type outputFlags struct {
	formats       []string // that -format may be; none: there is no such flag
	format, color string
	colors        term.Colors
}

// output registers -format and -color.
func (c *call) output() {
	c.formatted(formatUsage, formats)
	c.colored()
}

// formatted registers -format, of which the first is the default.
func (c *call) formatted(usage string, formats []string) {
	c.formats = formats
	c.flags.StringVar(&c.format, "format", formats[0], usage)
}

// colored registers -color.
func (c *call) colored() {
	c.flags.StringVar(&c.color, "color", "auto", "colours of text: auto (on a terminal, unless NO_COLOR is set), always or never")
}

// check reads the flags' values; an error names the one that is wrong.
func (o *outputFlags) check() (err error) {
	if o.formats != nil && !slices.Contains(o.formats, o.format) {
		return fmt.Errorf("-format %q is not one of %s", o.format, strings.Join(o.formats, ", "))
	}
	if o.color != "" {
		if o.colors, err = term.ParseColors(o.color); err != nil {
			return fmt.Errorf("-color %w", err)
		}
	}
	return nil
}

// screen returns what text is laid out for.
func (o *outputFlags) screen(w io.Writer) term.Screen { return term.Of(w, o.colors) }
