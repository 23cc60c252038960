package load

import (
	"fmt"
	"io"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// WriteHDR writes the histograms as an HDR log (V2, compressed): tagged
// latency, in an open loop also service. ended is when the window did.
func (r *Report) WriteHDR(w io.Writer, ended time.Time) error {
	began := ended.Add(-r.Elapsed)
	lw := hdrhistogram.NewHistogramLogWriter(w)
	comment := fmt.Sprintf("[wsbench load %s: %s; values in ns, maxima in ms]", r.Config.URL, r.Config.describe())
	for _, err := range []error{lw.OutputLogFormatVersion(), lw.OutputComment(comment), lw.OutputStartTime(began.UnixMilli()), lw.OutputLegend()} {
		if err != nil {
			return err
		}
	}
	for _, h := range []struct {
		tag  string
		hist *hdrhistogram.Histogram
	}{{"latency", r.Latency}, {"service", r.Service}} {
		if h.hist == nil {
			continue
		}
		h.hist.SetTag(h.tag)
		h.hist.SetStartTimeMs(began.UnixMilli())
		h.hist.SetEndTimeMs(ended.UnixMilli())
		if err := lw.OutputIntervalHistogram(h.hist); err != nil {
			return err
		}
	}
	return nil
}
