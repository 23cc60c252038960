package load

import (
	"fmt"
	"io"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/results"
)

// WriteHDR writes the histograms as an HDR log (V2, compressed): tagged
// latency, in an open loop also service, of a mix also pongs. ended is when the window did.
func (r *Report) WriteHDR(w io.Writer, ended time.Time) error {
	began := ended.Add(-r.Elapsed)
	r.Latency.SetTag("latency")
	list := []*hdrhistogram.Histogram{r.Latency}
	if r.Service != nil {
		r.Service.SetTag("service")
		list = append(list, r.Service)
	}
	if r.Pongs != nil {
		r.Pongs.SetTag("pongs")
		list = append(list, r.Pongs)
	}
	for _, h := range list {
		h.SetStartTimeMs(began.UnixMilli())
		h.SetEndTimeMs(ended.UnixMilli())
	}
	comment := fmt.Sprintf("[wsbench load %s: %s; values in ns, maxima in ms]", r.Config.URL, &r.Config)
	return results.WriteHDRLog(w, comment, began, list)
}
