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
	r.Latency.SetTag("latency")
	list := []*hdrhistogram.Histogram{r.Latency}
	if r.Service != nil {
		r.Service.SetTag("service")
		list = append(list, r.Service)
	}
	for _, h := range list {
		h.SetStartTimeMs(began.UnixMilli())
		h.SetEndTimeMs(ended.UnixMilli())
	}
	comment := fmt.Sprintf("[wsbench load %s: %s; values in ns, maxima in ms]", r.Config.URL, r.Config.describe())
	return WriteHDRLog(w, comment, began, list)
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
