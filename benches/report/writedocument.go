package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"wsbench/benches/internal/term"
	"wsbench/benches/report/plot"
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

// WriteFiles writes d as the page file, and its plots into the folder of plots
// beside it. It writes over nothing but its own: what else is in the way is an
// error.
func WriteFiles(file string, d Document) error {
	var page bytes.Buffer
	if err := writeHTML(&page, d); err != nil {
		return err
	}
	if err := replace(file, page.Bytes(), `<meta name="generator" content="`+Generator+`">`); err != nil {
		return err
	}
	folder := filepath.Join(filepath.Dir(file), PlotFolder)
	for i, p := range d.plots() {
		if i == 0 {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return err
			}
		}
		if err := replace(filepath.Join(folder, p.Name+".svg"), plot.Standalone(p.SVG), `<svg xmlns="http://www.w3.org/2000/svg" class="plot"`); err != nil {
			return err
		}
	}
	return nil
}

// plots are those of all figures, each with the name it has in the page.
func (d Document) plots() (list []Plot) {
	used := names{}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if f, ok := b.(Figure); ok {
				for _, p := range f.Plots {
					list = append(list, Plot{used.of(p.Name), p.SVG})
				}
			}
		}
	}
	return list
}

// names counts names, so that each plot and each section gets one of its own.
type names map[string]int

func (n names) of(name string) string {
	name = slug(name)
	for n[name]++; n[name] > 1; n[name]++ {
		name = fmt.Sprintf("%s-%d", name, n[name])
	}
	return name
}
