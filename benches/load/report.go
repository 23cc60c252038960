package load

import (
	"fmt"
	"strconv"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
	"wsbench/parse"
)

// Report is a Result with what is known of the server, ready to be written.
type Report struct {
	Result
	Name   string        // the server's name: server=NAME in benchmark lines
	Warmup time.Duration // before the window
	PIDs   []int         // the server's processes; empty where they are not known
	Server *host.Usage   // what they used within Elapsed; nil where it is not known
}

// Judge adds the warning that only the server's CPU time can settle: whether
// the generator was the bottleneck.
func (r *Report) Judge() {
	var server time.Duration
	if r.Server != nil {
		server = r.Server.CPU
	}
	if why, advice := r.Bottleneck(server); why != "" {
		r.Warnings = append(r.Warnings, advised(why, advice))
	}
}

// Sample returns the benchmark line of the report. Without a message it is no
// measurement.
func (r *Report) Sample() results.Sample {
	c := &r.Config
	name := fmt.Sprintf("Echo/server=%s/conns=%d/size=%d/depth=%d", r.Name, c.Conns, c.Size, c.Depth)
	if op := c.OpKey(); op != parse.Binary.String() {
		name += "/op=" + op
	}
	if c.Rate > 0 {
		name += "/rate=" + strconv.FormatFloat(c.Rate, 'f', -1, 64)
	}
	name += c.Segment.Key()
	return results.Sample{Name: results.ParseName(name), Iters: r.Messages, Values: r.Values(r.Server)}
}

// Percentiles are those that are reported, with the beginnings of their units.
var Percentiles = []struct {
	Name string
	At   float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}}

// Values returns what one window measured by unit; server is what the server
// used within Elapsed, nil where that is not known.
func (r *Result) Values(server *host.Usage) map[string]float64 {
	v := map[string]float64{
		"ns/op":          float64(r.Window()) / float64(max(r.Messages, 1)),
		"B/s":            r.ByteRate(),
		"msg/s":          r.Rate(),
		"gen-cpu-ns/msg": r.PerMessage(r.User + r.System),
	}
	if r.Latency.TotalCount() > 0 {
		for _, p := range Percentiles {
			v[p.Name+"-ns"] = float64(r.Latency.ValueAtPercentile(p.At))
		}
	}
	if r.Service != nil {
		v["service-p50-ns"] = float64(r.Service.ValueAtPercentile(50))
		v["service-p99-ns"] = float64(r.Service.ValueAtPercentile(99))
	}
	if r.Pongs != nil && r.Pongs.TotalCount() > 0 {
		v["pong-p50-ns"] = float64(r.Pongs.ValueAtPercentile(50))
		v["pong-p99-ns"] = float64(r.Pongs.ValueAtPercentile(99))
	}
	if r.Config.Endure {
		errors := int64(0)
		for kind, n := range r.Errors {
			v[kind.Unit()] = float64(n)
			errors += n
		}
		v["errors"] = float64(errors)
	}
	if r.Handshakes != nil {
		v["reconnects/s"] = perSecond(r.Opened, r.Window())
		if r.Handshakes.TotalCount() > 0 {
			v["handshake-p50-ns"] = float64(r.Handshakes.ValueAtPercentile(50))
			v["handshake-p99-ns"] = float64(r.Handshakes.ValueAtPercentile(99))
		}
	}
	if r.Config.Exchanges != nil {
		return r.perRequest(v, server)
	}
	if r.Split() {
		v["gen-user-ns/msg"] = r.PerMessage(r.User)
	}
	if server == nil {
		return v
	}
	v["cpu-ns/msg"] = r.PerMessage(server.CPU)
	v["ctxsw/msg"] = r.Switches(server)
	v["rss-B"] = float64(server.RSS)
	if r.Split() {
		v["user-ns/msg"] = r.PerMessage(server.User)
		v["sys-ns/msg"] = r.PerMessage(server.System)
	}
	return v
}

// perRequest returns v by the units of requests, with what the server used.
func (r *Result) perRequest(v map[string]float64, server *host.Usage) map[string]float64 {
	v["req/s"], v["gen-cpu-ns/req"] = v["msg/s"], v["gen-cpu-ns/msg"]
	delete(v, "msg/s")
	delete(v, "gen-cpu-ns/msg")
	if server != nil {
		v["cpu-ns/req"] = r.PerMessage(server.CPU)
		v["ctxsw/req"] = r.Switches(server)
		v["rss-B"] = float64(server.RSS)
	}
	return v
}

// Split reports whether the window was long enough for user and system time to
// be told apart.
func (r *Result) Split() bool { return r.Elapsed >= host.SplitWindow }

// PerMessage returns CPU time d, used within Elapsed, in ns per echo that came
// within Elapsed; 0 where none did.
func (r *Result) PerMessage(d time.Duration) float64 {
	return float64(d) / float64(max(r.Completed, 1))
}

// Switches returns a server's context switches per such echo.
func (r *Result) Switches(server *host.Usage) float64 {
	return float64(server.Voluntary+server.Involuntary) / float64(max(r.Completed, 1))
}
