package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"wsbench/benches/lab"
)

const (
	// File is the page's name in a folder of results.
	File = "report.html"
	// PlotFolder is that of the plots, beside the page.
	PlotFolder = "plots"
)

// Open reads a results file, and what lies beside it, for a page.
func Open(path string) (Page, error) {
	res, latencies, err := lab.Open(path)
	if err != nil {
		return Page{}, err
	}
	return Page{Results: res, Histograms: latencies}, nil
}

// WritePage writes the page as file, and its plots into the folder of plots beside
// it. It writes over nothing but its own: what else is in the way is an error.
func WritePage(file string, p Page) error {
	var page bytes.Buffer
	if err := PageHTML(&page, p); err != nil {
		return err
	}
	if err := replace(file, page.Bytes(), `<meta name="generator" content="`+Generator+`">`); err != nil {
		return err
	}
	folder := filepath.Join(filepath.Dir(file), PlotFolder)
	plots := PagePlots(p)
	if len(plots) == 0 {
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, plot := range plots {
		if err := replace(filepath.Join(folder, plot.Name), plot.SVG, `<svg xmlns="http://www.w3.org/2000/svg" class="plot"`); err != nil {
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

// begins tells whether mark is near the beginning of a file, or there is no
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
