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
	res.Latencies = res.openHistograms(filepath.Join(filepath.Dir(path), HistogramFile))
	res.Pacing = res.openHistograms(filepath.Join(filepath.Dir(path), PacingFile))
	return res, nil
}

// openHistograms reads a file of histograms, if there is one.
func (res *Results) openHistograms(path string) []Latency {
	h, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		res.Warnings = append(res.Warnings, err)
		return nil
	}
	defer h.Close()
	list, warnings, err := ReadHistograms(h, path)
	if err != nil {
		warnings = append(warnings, err)
	}
	res.Warnings = append(res.Warnings, warnings...)
	return list
}
