package results

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// Files of histograms in a session's folder.
const (
	HistogramFile = "latency.hlog" // of latencies
	PacingFile    = "pacing.hlog"  // of how late paced sends were
)

// Histograms are those of a session's samples, merged by benchmark name, and the
// file they are kept in. A nil *Histograms keeps nothing.
type Histograms struct {
	path  string
	began time.Time
	list  []*hdrhistogram.Histogram // tagged
}

// NewHistograms keeps histograms for the file path, which Save writes.
func NewHistograms(path string, began time.Time) *Histograms {
	return &Histograms{path: path, began: began}
}

// Add merges h, in ns, to those of the benchmark name. h stays the caller's.
func (k *Histograms) Add(name string, h *hdrhistogram.Histogram) {
	if k == nil || h == nil {
		return
	}
	tag := strings.TrimPrefix(name, "Benchmark")
	for _, have := range k.list {
		if have.Tag() == tag {
			have.Merge(h)
			return
		}
	}
	sum := hdrhistogram.New(h.LowestTrackableValue(), h.HighestTrackableValue(), int(h.SignificantFigures()))
	sum.SetTag(tag)
	sum.Merge(h)
	k.list = append(k.list, sum)
}

// Save replaces the file by one of all histograms so far. Without a histogram
// there is no file.
func (k *Histograms) Save() error {
	if k == nil || len(k.list) == 0 {
		return nil
	}
	return Replace(k.path, k.write)
}

func (k *Histograms) write(w io.Writer) error {
	ended := time.Now()
	for _, h := range k.list {
		h.SetStartTimeMs(k.began.UnixMilli())
		h.SetEndTimeMs(ended.UnixMilli())
	}
	return WriteHDRLog(w, "[wsbench: "+strings.TrimSuffix(filepath.Base(k.path), filepath.Ext(k.path))+" of all samples, by benchmark; values in ns, maxima in ms]", k.began, k.list)
}

// Latency is the distribution of the latencies of all samples of one name.
type Latency struct {
	Name Name
	Hist *hdrhistogram.Histogram // ns
}

// ReadHistograms reads a file that Save wrote. A line that cannot be read, or
// whose tag names no server, becomes a warning, file:line: reason; err is
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
	n := ParseName(h.Tag())
	if n.Server() == "" {
		return Latency{}, fmt.Errorf("tag %q names no server", h.Tag())
	}
	return Latency{n, h}, nil
}

// WriteHDRLog writes histograms of ns as an HDR log (V2, compressed), each an
// interval under its tag and times, which the caller has set. Tags have no
// commas and no white space.
func WriteHDRLog(w io.Writer, comment string, began time.Time, list []*hdrhistogram.Histogram) error {
	lw := hdrhistogram.NewHistogramLogWriter(w)
	for _, err := range []error{lw.OutputLogFormatVersion(), lw.OutputComment(comment), lw.OutputStartTime(began.UnixMilli()), lw.OutputLegend()} {
		if err != nil {
			return err
		}
	}
	for _, h := range list {
		if err := lw.OutputIntervalHistogram(h); err != nil {
			return err
		}
	}
	return nil
}
