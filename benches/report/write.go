package report

import (
	"fmt"
	"io"

	"wsbench/benches/internal/term"
)

// Formats are the names of the kinds of output.
var Formats = []string{"text", "html", "json", "markdown"}

// Write writes d in the format of that name, text for the screen.
func Write(w io.Writer, d Document, format string, screen term.Screen) error {
	switch format {
	case "text":
		return writeText(w, d, screen)
	case "html":
		return writeHTML(w, d)
	case "json":
		return writeJSON(w, d)
	case "markdown":
		return writeMarkdown(w, d)
	}
	return fmt.Errorf("format %q is not one of text, html, json and markdown", format)
}
