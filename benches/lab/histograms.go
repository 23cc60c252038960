package lab

import (
	"errors"
	"fmt"
	"io"
	"strings"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// Latency is the distribution of all samples of a variant under a case.
type Latency struct {
	Variant Variant
	Case    Case
	Hist    *hdrhistogram.Histogram // ns
}

// ReadHistograms reads a file that Save wrote. A line that cannot be read, or
// is of another benchmark, becomes a warning, file:line: reason; err is
// non-nil only if r fails.
func ReadHistograms(r io.Reader, fileName string) (list []Latency, warnings []error, err error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, err
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		if !strings.HasPrefix(line, "Tag=") {
			continue // comments, and the legend
		}
		l, err := readLatency(line)
		if err != nil {
			warnings = append(warnings, fmt.Errorf("%s:%d: %w", fileName, n, err))
			continue
		}
		list = append(list, l)
	}
	return list, warnings, nil
}

// readLatency reads one line: by itself, so that a broken one does not end the
// others.
func readLatency(line string) (Latency, error) {
	h, err := hdrhistogram.NewHistogramLogReader(strings.NewReader(line)).NextIntervalHistogram()
	switch {
	case err != nil:
		return Latency{}, fmt.Errorf("histogram: %w", err)
	case h == nil:
		return Latency{}, errors.New("no histogram behind the tag")
	}
	v, c, ok := parseName(h.Tag())
	if !ok {
		return Latency{}, fmt.Errorf("tag %q is no echo benchmark", h.Tag())
	}
	return Latency{v, c, h}, nil
}
