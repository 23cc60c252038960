package lab

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"wsbench/benches/results"
)

// Open reads a results file, path, and the histograms beside it if it is a
// session's. Their warnings are those of the results.
func Open(path string) (*Results, []Latency, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	res, err := Read(f, path)
	if err != nil || filepath.Base(path) != results.BenchFile {
		return res, nil, err
	}
	beside := filepath.Join(filepath.Dir(path), results.HistogramFile)
	h, err := os.Open(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return res, nil, nil
	}
	if err != nil {
		res.Warnings = append(res.Warnings, err)
		return res, nil, nil
	}
	defer h.Close()
	list, warnings, err := ReadHistograms(h, beside)
	if err != nil {
		warnings = append(warnings, err)
	}
	res.Warnings = append(res.Warnings, warnings...)
	return res, list, nil
}
