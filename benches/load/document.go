package load

import (
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// Document is a report as a JSON object.
type Document struct {
	URL       string           `json:"url"`
	Server    string           `json:"server"`
	Conns     int              `json:"conns"`
	Size      int              `json:"size_bytes"`
	Depth     int              `json:"depth"`
	Op        string           `json:"op"`
	Verify    string           `json:"verify"`
	Rate      float64          `json:"rate_msg_per_s"` // asked for; 0: a closed loop
	Threads   int              `json:"threads"`
	Seed      uint64           `json:"seed"`
	Warmup    float64          `json:"warmup_s"`
	Window    float64          `json:"window_s"`
	Elapsed   float64          `json:"elapsed_s"`
	Messages  int64            `json:"messages"`
	Completed int64            `json:"completed"`
	Bytes     int64            `json:"bytes"`
	MsgPerS   float64          `json:"msg_per_s"`
	BytesPerS float64          `json:"bytes_per_s"`
	Corrupt   int64            `json:"corrupt"`
	Latency   map[string]int64 `json:"latency_ns"`
	Service   map[string]int64 `json:"service_ns"` // nil in a closed loop
	Schedule  *Schedule        `json:"schedule"`   // nil in a closed loop
	Generator Generator        `json:"generator"`
	ServerUse *ServerUse       `json:"server_use"` // nil: not known
	Warnings  []string         `json:"warnings"`
	Invalid   bool             `json:"invalid"`
}

// Schedule is how well an open loop kept to its schedule.
type Schedule struct {
	Due        int64   `json:"due"`
	Unanswered int64   `json:"unanswered"`
	Grace      float64 `json:"grace_s"`
	Overtime   float64 `json:"overtime_s"`
	Late       int64   `json:"late"`
	Lag        int64   `json:"lag_ns"`
	Overdue    int64   `json:"overdue"`
}

// Cost is CPU time per message.
type Cost struct {
	CPU    float64 `json:"cpu_ns_per_msg"`
	User   float64 `json:"user_ns_per_msg"`
	System float64 `json:"system_ns_per_msg"`
}

// Generator is what the generator did while it recorded.
type Generator struct {
	Cost
	Busy  float64 `json:"busy"` // share of the recorded time, of the busiest thread
	Waits int64   `json:"waits"`
	Recvs int64   `json:"recvs"`
	Sends int64   `json:"sends"`
}

// ServerUse is what the server's processes used while the generator recorded.
type ServerUse struct {
	PIDs []int `json:"pids"`
	Cost
	Switches float64 `json:"ctxsw_per_msg"`
	RSS      int64   `json:"rss_bytes"`
}

// Document returns the report as a JSON object.
func (r *Report) Document() *Document {
	c := &r.Config
	d := &Document{
		URL: c.URL, Server: r.Name, Conns: c.Conns, Size: c.Size, Depth: c.Depth, Op: c.Op.String(), Verify: c.Verify.String(),
		Rate: c.Rate, Threads: c.Threads, Seed: c.Seed, Warmup: r.Warmup.Seconds(), Window: r.Window().Seconds(), Elapsed: r.Elapsed.Seconds(),
		Messages: r.Messages, Completed: r.Completed, Bytes: r.Bytes, MsgPerS: r.Rate(), BytesPerS: r.byteRate(), Corrupt: r.Corrupt,
		Latency: nanoseconds(r.Latency), Warnings: append([]string{}, r.Warnings...), Invalid: r.Invalid != nil,
		Generator: Generator{r.cost(r.User+r.System, r.User, r.System), r.Busy, r.Waits, r.Recvs, r.Sends},
	}
	if r.Service != nil {
		d.Service = nanoseconds(r.Service)
		d.Schedule = &Schedule{r.Due, r.Unanswered, c.Grace.Seconds(), r.Overtime.Seconds(), r.Late, r.Lag.Nanoseconds(), r.Overdue}
	}
	if s := r.Server; s != nil {
		d.ServerUse = &ServerUse{append([]int{}, r.PIDs...), r.cost(s.CPU, s.User, s.System), r.switches(), s.RSS}
	}
	return d
}

func (r *Report) cost(cpu, user, system time.Duration) Cost {
	return Cost{r.perMessage(cpu), r.perMessage(user), r.perMessage(system)}
}

// nanoseconds is the percentiles by name: p99.9 is p99_9, as names of fields go.
func nanoseconds(h *hdrhistogram.Histogram) map[string]int64 {
	m := map[string]int64{"count": h.TotalCount()}
	for _, p := range percentiles {
		m[strings.ReplaceAll(p.name, ".", "_")] = h.ValueAtPercentile(p.at)
	}
	return m
}
