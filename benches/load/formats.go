package load

import (
	"fmt"
	"io"
	"strings"

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

// WriteBench writes the report in the Go benchmark format: units, then Host. A
// warning is a comment before the line. Where no echo of the window came there is
// no line.
func (r *Report) WriteBench(w io.Writer) error {
	bw := benchfmt.NewWriter(w)
	for _, u := range units {
		err := bw.Write(&benchfmt.UnitMetadata{
			UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: u.name, Key: "better"}, OrigUnit: u.name, Value: u.better})
		if err != nil {
			return err
		}
	}
	for _, d := range r.Warnings {
		if _, err := fmt.Fprintf(w, "# %s\n", d); err != nil {
			return err
		}
	}
	if r.Messages == 0 {
		return nil
	}
	return bw.Write(&benchfmt.Result{Config: r.Host, Name: r.benchName(), Iters: int(r.Messages), Values: r.values()})
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
	add(float64(r.Window())/float64(r.Messages), "ns/op")
	add(r.byteRate(), "B/s")
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
		return fmt.Errorf("load: server name %q: want one without spaces, '/', '=' and ','", s)
	}
	return nil
}
