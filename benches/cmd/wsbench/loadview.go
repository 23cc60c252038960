package main

import (
	"fmt"
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/load"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/parse"
)

// document returns the report for people, and as JSON.
func (b *loadBody) document() report.Document {
	r := &b.report
	blocks := []report.Block{loadValues(r)}
	if r.Latency.TotalCount() > 0 {
		blocks = append(blocks, latencyTable(r))
	}
	blocks = append(blocks, report.HistogramTable("histogram", "", r.Latency), errorTable(r))
	if r.Completed > 0 {
		blocks = append(blocks, costTable(r))
	}
	for _, w := range r.Warnings {
		blocks = append(blocks, report.Warning(w))
	}
	return report.Document{Facts: b.facts, Sections: []report.Section{{Title: loadTitle(r), Blocks: blocks}}}
}

// loadTitle names loads that have a name.
func loadTitle(r *load.Report) string {
	if r.Config.Op == parse.Ping {
		return "Ping flood"
	}
	return ""
}

// errorTable returns the errors by kind.
func errorTable(r *load.Report) report.Table {
	t := report.Table{ID: "errors", Columns: []report.Column{{Key: "kind", Head: "errors"}, {Key: "count", Head: "count"}}}
	for _, kind := range load.ErrorKinds {
		if n := r.Errors[kind]; n > 0 {
			t.Rows = append(t.Rows, []any{string(kind), int(n)})
		}
	}
	return t
}

// loadValues returns the case and its outcome in short, and in JSON all
// numbers.
func loadValues(r *load.Report) report.Values {
	c := &r.Config
	list := []report.Value{
		{Key: "url", Name: "target", Cell: c.URL},
		{Key: "server", Cell: r.Name},
		{Name: "server", Cell: r.Name + processes(r.PIDs)},
		{Name: "case", Cell: c.String()},
		{Key: "conns", Cell: c.Conns}, {Key: "size_bytes", Cell: c.Size}, {Key: "depth", Cell: c.Depth},
		{Key: "op", Cell: c.OpKey()}, {Key: "verify", Cell: c.Verify.String()}, {Key: "rate_msg_per_s", Cell: c.Rate},
		{Key: "threads", Cell: c.Threads}, {Key: "seed", Cell: c.Seed},
		{Name: "window", Cell: fmt.Sprintf("%v after %v of warm-up", r.Window().Round(time.Millisecond), r.Warmup)},
		{Key: "warmup_s", Cell: r.Warmup.Seconds()}, {Key: "window_s", Cell: r.Window().Seconds()}, {Key: "elapsed_s", Cell: r.Elapsed.Seconds()},
		{Key: "messages", Name: "echoes", Cell: int(r.Messages)},
		{Key: "completed", Cell: r.Completed}, {Key: "bytes", Cell: r.Bytes},
		{Key: "msg_per_s", Name: "rate", Unit: results.UnitOf("msg/s"), Cell: r.Rate()},
		{Key: "bytes_per_s", Name: "payload", Unit: results.UnitOf("B/s"), Cell: r.ByteRate()},
		{Key: "corrupt", Cell: r.Corrupt}, {Key: "invalid", Cell: r.Invalid != nil},
	}
	list = append(list, scheduleValues(r)...)
	list = append(list, percentileValues("latency_ns", r.Latency)...)
	list = append(list, percentileValues("service_ns", r.Service)...)
	list = append(list, percentileValues("pongs_ns", r.Pongs)...)
	return report.Values{List: append(list, costValues(r)...)}
}

// processes names the server's processes.
func processes(pids []int) string {
	if len(pids) == 0 {
		return ""
	}
	return ", pid " + strings.Trim(fmt.Sprint(pids), "[]")
}

// scheduleValues returns how an open loop kept to its schedule.
func scheduleValues(r *load.Report) []report.Value {
	if r.Service == nil {
		return []report.Value{{Key: "schedule"}}
	}
	unanswered := fmt.Sprintf("the last by %v after its end", r.Overtime)
	if r.Unanswered > 0 {
		unanswered = fmt.Sprintf("%d not %s", r.Unanswered, r.Bound())
	}
	return []report.Value{
		{Name: "schedule", Cell: fmt.Sprintf("%d due in the window: %d answered, %s", r.Due, r.Messages, unanswered)},
		{Key: "schedule.due", Cell: r.Due}, {Key: "schedule.unanswered", Cell: r.Unanswered},
		{Key: "schedule.grace_s", Cell: r.Config.Grace.Seconds()}, {Key: "schedule.overtime_s", Cell: r.Overtime.Seconds()},
		{Key: "schedule.late", Cell: r.Late}, {Key: "schedule.lag_ns", Cell: r.Lag.Nanoseconds()}, {Key: "schedule.overdue", Cell: r.Overdue},
	}
}

// percentileValues returns the percentiles in JSON: p99.9 is p99_9 there.
func percentileValues(key string, h *hdrhistogram.Histogram) []report.Value {
	if h == nil {
		return []report.Value{{Key: key}}
	}
	list := []report.Value{{Key: key + ".count", Cell: h.TotalCount()}}
	for _, p := range load.Percentiles {
		list = append(list, report.Value{Key: key + "." + strings.ReplaceAll(p.Name, ".", "_"), Cell: h.ValueAtPercentile(p.At)})
	}
	return list
}

// latencyTable returns a row per percentile.
func latencyTable(r *load.Report) report.Table {
	ns, full := results.UnitOf("ns"), float64(r.Latency.Max())
	t := report.Table{Columns: []report.Column{{Head: "latency"}, {Unit: ns, Draw: report.Bars, Full: full}}}
	if r.Service != nil { // the latency of an open loop is from the due time
		t.Columns[1].Head = "due to echo"
		t.Columns = append(t.Columns, report.Column{Head: "sent to echo", Unit: ns, Draw: report.Bars, Full: full})
	}
	if r.Pongs != nil {
		t.Columns = append(t.Columns, report.Column{Head: "pings alone", Unit: ns, Draw: report.Bars, Full: full})
	}
	for _, p := range load.Percentiles {
		row := []any{p.Name, float64(r.Latency.ValueAtPercentile(p.At))}
		if r.Service != nil && r.Service.TotalCount() > 0 {
			row = append(row, float64(r.Service.ValueAtPercentile(p.At)))
		}
		if r.Pongs != nil && r.Pongs.TotalCount() > 0 {
			row = append(row, float64(r.Pongs.ValueAtPercentile(p.At)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// costTable returns CPU time per message at both ends. User and system time are
// blank where the window was too short to tell them apart.
func costTable(r *load.Report) report.Table {
	t := report.Table{Columns: []report.Column{
		{}, {Head: "CPU", Unit: results.UnitOf("cpu-ns/msg")},
		{Head: "user", Unit: results.UnitOf("user-ns/msg")}, {Head: "system", Unit: results.UnitOf("sys-ns/msg")},
		{Head: "user\n%", Digits: 2, Drop: 3}, {Head: "system\n%", Digits: 2, Drop: 2}, {Head: "busy\n%", Digits: 2, Draw: report.Bars, Full: 100},
		{Head: "ctxsw\n/msg", Unit: results.UnitOf("ctxsw/msg"), Drop: 4}, {Head: "resident", Unit: results.UnitOf("rss-B"), Drop: 5},
	}}
	row := func(name string, cpu, user, system time.Duration, busy float64, more ...any) {
		cells := append([]any{name}, costs(r, cpu, user, system)...)
		cells = append(cells, share(r, user, system), share(r, system, user), 100*busy)
		t.Rows = append(t.Rows, append(cells, more...))
	}
	row("generator", r.User+r.System, r.User, r.System, r.Busy)
	if s := r.Server; s != nil {
		row("server", s.CPU, s.User, s.System, float64(s.CPU)/float64(max(r.Elapsed, 1)), r.Switches(s), float64(s.RSS))
	}
	return t
}

// costs returns CPU, user and system time in ns per message.
func costs(r *load.Report, cpu, user, system time.Duration) []any {
	if !r.Split() {
		return []any{r.PerMessage(cpu), nil, nil}
	}
	return []any{r.PerMessage(cpu), r.PerMessage(user), r.PerMessage(system)}
}

// share returns the percentage of d in d and rest.
func share(r *load.Report, d, rest time.Duration) any {
	if !r.Split() || d+rest == 0 {
		return nil
	}
	return 100 * float64(d) / float64(d+rest)
}

// costValues returns the same in JSON.
func costValues(r *load.Report) []report.Value {
	list := append(costsOf("generator", costs(r, r.User+r.System, r.User, r.System)),
		report.Value{Key: "generator.busy", Cell: r.Busy}, report.Value{Key: "generator.waits", Cell: r.Waits},
		report.Value{Key: "generator.recvs", Cell: r.Recvs}, report.Value{Key: "generator.sends", Cell: r.Sends})
	s := r.Server
	if s == nil {
		return append(list, report.Value{Key: "server_use"})
	}
	list = append(list, report.Value{Key: "server_use.pids", Cell: append([]int{}, r.PIDs...)})
	list = append(list, costsOf("server_use", costs(r, s.CPU, s.User, s.System))...)
	return append(list, report.Value{Key: "server_use.ctxsw_per_msg", Cell: r.Switches(s)}, report.Value{Key: "server_use.rss_bytes", Cell: s.RSS})
}

func costsOf(key string, costs []any) (list []report.Value) {
	for i, field := range []string{".cpu_ns_per_msg", ".user_ns_per_msg", ".system_ns_per_msg"} {
		list = append(list, report.Value{Key: key + field, Cell: costs[i]})
	}
	return list
}
