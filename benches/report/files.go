package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"wsbench/benches/report/plot"
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
	tmp, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
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

// slug returns s as part of a file's name and of an address within the page.
func slug(s string) string {
	b := []byte{}
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			b = append(b, byte(r-'A'+'a'))
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.':
			b = append(b, byte(r))
		case len(b) > 0 && b[len(b)-1] != '-':
			b = append(b, '-')
		}
		if len(b) > 80 {
			break
		}
	}
	for len(b) > 0 && (b[len(b)-1] == '-' || b[len(b)-1] == '.') {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] == '.' {
		b = b[1:]
	}
	if len(b) == 0 {
		return "plot"
	}
	return string(b)
}
