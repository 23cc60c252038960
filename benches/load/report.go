package load

import (
	"fmt"
	"io"
	"strings"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/perf/benchfmt"

	"wsbench/benches/host"
	"wsbench/benches/internal/term"
)

// Report is a Result with what is known of the server, ready to be written.
type Report struct {
	Result
	Name   string            // the server's name: server=NAME in benchmark lines
	Warmup time.Duration     // before the window
	PIDs   []int             // the server's processes; empty where they are not known
	Server *host.Usage       // what they used within Elapsed; nil where it is not known
	Host   []benchfmt.Config // file configuration of the benchmark lines
}

// Judge adds the warning that only the server's CPU time can settle: whether
// the generator was the bottleneck.
func (r *Report) Judge() {
	var server time.Duration
	if r.Server != nil {
		server = r.Server.CPU
	}
	if warning := r.Bottleneck(server); warning != "" {
		r.Warnings = append(r.Warnings, warning)
	}
}

// perMessage returns CPU time d, used within Elapsed, in ns per echo that came
// within Elapsed, 0 where none did.
func (r *Result) perMessage(d time.Duration) float64 {
	if r.Completed == 0 {
		return 0
	}
	return float64(d) / float64(r.Completed)
}

// switches returns the server's context switches per such echo.
func (r *Report) switches() float64 {
	if r.Completed == 0 {
		return 0
	}
	return float64(r.Server.Voluntary+r.Server.Involuntary) / float64(r.Completed)
}

// percentiles are those that every format gives.
var percentiles = []struct {
	name string
	at   float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}}

// WriteText writes the report for people on a screen.
func (r *Report) WriteText(w io.Writer, screen term.Screen) error {
	p := screen.Page()
	row := func(name, format string, args ...any) {
		p.Item(term.Strong, fmt.Sprintf("%-11s", name), fmt.Sprintf(format, args...))
	}
	row("target", "%s, server=%s%s", r.Config.URL, r.Name, r.process())
	row("case", "%s", r.Config.describe())
	row("window", "%s after %s of warm-up", duration(r.Window()), duration(r.Warmup))
	if r.Service != nil {
		row("schedule", "%s due in the window: %s answered, %s", group(r.Due), group(r.Messages), r.missing())
	}
	row("echoes", "%s; %s msg/s; %.4g MB/s", group(r.Messages), group(int64(r.Rate()+0.5)), r.byteRate()/1e6)
	r.latencies(p)
	r.costs(p)
	for _, d := range r.Warnings {
		p.Item(term.Bad, fmt.Sprintf("%-11s", "warning"), d)
	}
	return p.Flush(w)
}

// missing is what became of the messages that were due and not answered.
func (r *Report) missing() string {
	if r.Unanswered == 0 {
		return fmt.Sprintf("the last by %s after its end", duration(r.Overtime))
	}
	return fmt.Sprintf("%s not %s", group(r.Unanswered), r.bound())
}

// latencies is a line a percentile, drawn by its share of the greatest.
func (r *Report) latencies(p *term.Page) {
	if r.Latency.TotalCount() == 0 {
		p.Item(term.Strong, fmt.Sprintf("%-11s", "latency"), "none measured")
		return
	}
	unit, per := "µs", 1e3
	if r.Latency.ValueAtPercentile(50) >= 10e6 {
		unit, per = "ms", 1e6
	}
	bar := term.Column{Name: "bars of latency", Least: 10, Most: 30, Drop: 1}
	t := &term.Table{Columns: []term.Column{{}, {}, {Head: unit, Align: term.Decimal}, bar}}
	if r.Service != nil { // an open loop's: that above is from the due time
		t.Columns[2].Head, bar.Drop = unit+", due to echo", 2
		bar.Name = "bars of sent to echo"
		t.Columns = append(t.Columns, term.Column{Head: unit + ", sent to echo", Align: term.Decimal}, bar)
	}
	name := "latency  "
	for _, at := range percentiles {
		row := []any{term.Styled(term.Strong, "%s", name), at.name}
		for _, h := range []*hdrhistogram.Histogram{r.Latency, r.Service} {
			if h != nil && h.TotalCount() > 0 {
				v := float64(h.ValueAtPercentile(at.at))
				row = append(row, figure(v/per), term.Bar{Value: v, Full: float64(r.Latency.Max())})
			}
		}
		t.Row(row...)
		name = ""
	}
	p.Table(t)
}

// figure is v with three digits, or all before its point.
func figure(v float64) string {
	switch {
	case v >= 99.95:
		return group(int64(v + 0.5))
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// costs is CPU time per message at both ends.
func (r *Report) costs(p *term.Page) {
	t := &term.Table{Columns: []term.Column{
		{Head: "CPU      "}, {Head: "ns/msg", Align: term.Right}, {Head: "user", Align: term.Right}, {Name: "user share", Align: term.Right, Drop: 3},
		{Head: "system", Align: term.Right}, {Name: "system share", Align: term.Right, Drop: 2}, {Head: "busy", Align: term.Right}, {Name: "bars", Least: 8, Most: 16, Drop: 1},
		{Head: "ctxsw/msg", Align: term.Right, Drop: 4}, {Head: "MB resident", Align: term.Right, Drop: 5},
	}}
	add := func(name string, user, system time.Duration, busy float64, more ...any) {
		share := 0.0
		if total := user + system; total > 0 {
			share = 100 * float64(user) / float64(total)
		}
		ns := func(d time.Duration) string { return group(int64(r.perMessage(d) + 0.5)) }
		row := []any{term.Styled(term.Strong, "%s", name), ns(user + system), ns(user), fmt.Sprintf("%.1f %%", share), ns(system),
			fmt.Sprintf("%.1f %%", 100-share), fmt.Sprintf("%.0f %%", 100*busy), term.Bar{Value: busy, Full: 1}}
		t.Row(append(row, more...)...)
	}
	add("generator", r.User, r.System, r.Busy)
	if s := r.Server; s != nil {
		add("server", s.User, s.System, float64(s.CPU)/float64(max(r.Elapsed, 1)), fmt.Sprintf("%.3g", r.switches()), fmt.Sprintf("%.1f", float64(s.RSS)/1e6))
	}
	p.Table(t)
}

func (r *Report) process() string {
	if len(r.PIDs) == 0 {
		return ""
	}
	return ", pid " + strings.Trim(fmt.Sprint(r.PIDs), "[]")
}

// describe is the case in words.
func (c *Config) describe() string {
	loop := "closed loop"
	if c.Rate > 0 {
		loop = fmt.Sprintf("open loop at %s msg/s", group(int64(c.Rate+0.5)))
	}
	pinned := ""
	if c.CPUs != nil {
		pinned = fmt.Sprintf(" on CPU %v", c.CPUs)
	}
	return fmt.Sprintf("%s connections, %s bytes %v, depth %d, %s, verify %v, threads %d%s",
		group(int64(c.Conns)), group(int64(c.Size)), c.Op, c.Depth, loop, c.Verify, c.Threads, pinned)
}

// duration writes d with three significant digits.
func duration(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.4g s", d.Seconds())
}

// group writes n with its digits in groups of three.
func group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
