package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
)

const (
	// File is the page's name in a folder of results.
	File = "report.html"
	// PlotFolder is that of the plots, beside the page.
	PlotFolder = "plots"
	// Generator marks a page as one that may be written over.
	Generator = "wsbench report"
)

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

// replace puts content in the place of a file that has mark near its
// beginning, or of none, in one step.
func replace(path string, content []byte, mark string) error {
	switch own, err := begins(path, mark); {
	case err != nil:
		return err
	case !own:
		return fmt.Errorf("%s is there and is not of wsbench report, so it is not overwritten: move it away, or name another file with -o", path)
	}
	return results.Replace(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// begins reports whether mark is near the beginning of a file, or there is no
// such file.
func begins(path, mark string) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, _ := f.Read(head)
	return bytes.Contains(head[:n], []byte(mark)), nil
}

// plots returns those of all figures, each with the name it has in the page.
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

var notSlug = regexp.MustCompile(`[^a-z0-9.]+`)

// slug returns s as part of a file's name and of an address within the page.
func slug(s string) string {
	s = notSlug.ReplaceAllString(strings.ToLower(s), "-")
	return cmp.Or(strings.Trim(s[:min(len(s), 80)], "-."), "plot")
}
