package load

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/perf/benchfmt"

	"wsbench/parse"
)

// units are those of benchmark lines, and which way is better.
var units = []struct{ name, better string }{
	{"ns/op", "lower"}, {"B/s", "higher"}, {"msg/s", "higher"},
	{"p50-ns", "lower"}, {"p90-ns", "lower"}, {"p99-ns", "lower"}, {"p99.9-ns", "lower"}, {"max-ns", "lower"},
	{"service-p50-ns", "lower"}, {"service-p99-ns", "lower"},
	{"cpu-ns/msg", "lower"}, {"user-ns/msg", "lower"}, {"sys-ns/msg", "lower"}, {"ctxsw/msg", "lower"},
	{"gen-cpu-ns/msg", "lower"}, {"gen-user-ns/msg", "lower"},
}

// WriteBench writes the report in the Go benchmark format, units first. A
// doubt is a comment before the line. Without an echo there is no line.
func (r *Report) WriteBench(w io.Writer) error {
	bw := benchfmt.NewWriter(w)
	for _, u := range units {
		err := bw.Write(&benchfmt.UnitMetadata{
			UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: u.name, Key: "better"}, OrigUnit: u.name, Value: u.better})
		if err != nil {
			return err
		}
	}
	for _, d := range r.Doubts {
		if _, err := fmt.Fprintf(w, "# %s\n", d); err != nil {
			return err
		}
	}
	if r.Messages == 0 {
		return nil
	}
	return bw.Write(&benchfmt.Result{Name: r.benchName(), Iters: int(r.Messages), Values: r.values()})
}

// benchName is the case as key=value. What is as usual is left out.
func (r *Report) benchName() benchfmt.Name {
	c := &r.Config
	name := fmt.Sprintf("Echo/server=%s/conns=%d/size=%d/depth=%d", r.Name, c.Conns, c.Size, c.Depth)
	if c.Op != parse.Binary {
		name += "/op=" + c.Op.String()
	}
	if c.Rate > 0 {
		name += fmt.Sprintf("/rate=%g", c.Rate)
	}
	return benchfmt.Name(name)
}

func (r *Report) values() []benchfmt.Value {
	var list []benchfmt.Value
	add := func(v float64, unit string) { list = append(list, benchfmt.Value{Value: v, Unit: unit}) }
	add(r.perMessage(r.Elapsed), "ns/op")
	add(perSecond(r.Octets, r.Elapsed), "B/s")
	add(r.Rate(), "msg/s")
	for _, p := range percentiles {
		add(float64(r.Latency.ValueAtPercentile(p.at)), p.name+"-ns")
	}
	if r.Service != nil {
		add(float64(r.Service.ValueAtPercentile(50)), "service-p50-ns")
		add(float64(r.Service.ValueAtPercentile(99)), "service-p99-ns")
	}
	if s := r.Server; s != nil {
		add(r.perMessage(s.CPU), "cpu-ns/msg")
		add(r.perMessage(s.User), "user-ns/msg")
		add(r.perMessage(s.System), "sys-ns/msg")
		add(r.switches(), "ctxsw/msg")
	}
	add(r.perMessage(r.User+r.System), "gen-cpu-ns/msg")
	add(r.perMessage(r.User), "gen-user-ns/msg")
	return list
}

// CheckName refuses a server name that would break a benchmark's name.
func CheckName(s string) error {
	if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '/' || c == '=' || c == ',' || c == 0x7F }) {
		return fmt.Errorf("load: server name %q; a name without spaces, '/', '=' and ',' is wanted", s)
	}
	return nil
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	c := &r.Config
	type object = map[string]any
	o := object{
		"url": c.URL, "server": r.Name, "conns": c.Conns, "size": c.Size, "depth": c.Depth, "op": c.Op.String(),
		"verify": c.Verify.String(), "rate": c.Rate, "threads": c.Threads, "seed": c.Seed,
		"warmup_s": r.Warmup.Seconds(), "elapsed_s": r.Elapsed.Seconds(),
		"messages": r.Messages, "octets": r.Octets, "msg_per_s": r.Rate(), "octets_per_s": perSecond(r.Octets, r.Elapsed),
		"latency_ns": nanoseconds(r.Latency), "corrupt": r.Corrupt, "doubts": append([]string{}, r.Doubts...),
		"generator": object{
			"cpu_ns_per_msg": r.perMessage(r.User + r.System), "user_ns_per_msg": r.perMessage(r.User), "system_ns_per_msg": r.perMessage(r.System),
			"busy": r.Busy, "waits": r.Waits, "recvs": r.Recvs, "sends": r.Sends,
		},
	}
	if r.Service != nil {
		o["service_ns"] = nanoseconds(r.Service)
		o["schedule"] = object{"late": r.Late, "lag_ns": r.Lag.Nanoseconds(), "overdue": r.Overdue}
	}
	if s := r.Server; s != nil {
		o["server_use"] = object{"pids": r.PIDs, "cpu_ns_per_msg": r.perMessage(s.CPU), "user_ns_per_msg": r.perMessage(s.User),
			"system_ns_per_msg": r.perMessage(s.System), "ctxsw_per_msg": r.switches(), "rss": s.RSS}
	}
	return json.NewEncoder(w).Encode(o)
}

func nanoseconds(h *hdrhistogram.Histogram) map[string]int64 {
	m := map[string]int64{"count": h.TotalCount()}
	for _, p := range percentiles {
		m[p.name] = h.ValueAtPercentile(p.at)
	}
	return m
}

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
