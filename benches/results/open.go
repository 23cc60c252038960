package results

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// BenchFile is the name of the results file in a session's folder.
const BenchFile = "bench.txt"

// Open reads the results file path, and the histograms beside it if it is a
// session's. What could not be read of either becomes a warning of the results.
func Open(path string) (*Results, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	res, err := Read(f, path)
	if err != nil || filepath.Base(path) != BenchFile {
		return res, err
	}
	beside := filepath.Join(filepath.Dir(path), HistogramFile)
	h, err := os.Open(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return res, nil
	}
	if err != nil {
		res.Warnings = append(res.Warnings, err)
		return res, nil
	}
	defer h.Close()
	var warnings []error
	res.Latencies, warnings, err = ReadHistograms(h, beside)
	if err != nil {
		warnings = append(warnings, err)
	}
	res.Warnings = append(res.Warnings, warnings...)
	return res, nil
}
