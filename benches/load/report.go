package load

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/syscalls"
)

// Report is a Result with what is known of the server, to be written down.
type Report struct {
	Result
	Name   string          // the server's name: server=NAME in benchmark lines
	Warmup time.Duration   // before the window
	PIDs   []int           // the server's processes; empty where they are not known
	Server *syscalls.Usage // what they used within the window; nil where it is not known
}

// Judge adds the doubt that only the server's CPU time can settle: whether
// the generator was the bottleneck.
func (r *Report) Judge() {
	var server time.Duration
	if r.Server != nil {
		server = r.Server.CPU
	}
	if doubt := r.Bottleneck(server); doubt != "" {
		r.Doubts = append(r.Doubts, doubt)
	}
}

// perMessage is d in ns for each message of the window, 0 without messages.
func (r *Result) perMessage(d time.Duration) float64 {
	if r.Messages == 0 {
		return 0
	}
	return float64(d) / float64(r.Messages)
}

// switches is the server's context switches a message.
func (r *Report) switches() float64 {
	if r.Messages == 0 {
		return 0
	}
	return float64(r.Server.Voluntary+r.Server.Involuntary) / float64(r.Messages)
}

// percentiles are those that every format gives.
var percentiles = []struct {
	name string
	at   float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}}

// WriteText writes the report for people: one aligned block.
func (r *Report) WriteText(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(tw, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("target", "%s  server=%s%s", r.Config.URL, r.Name, r.process())
	row("case", "%s", r.Config.describe())
	row("window", "%s after %s of warm-up", duration(r.Elapsed), duration(r.Warmup))
	row("echoes", "%s  %s msg/s  %.4g MB/s", group(r.Messages), group(int64(r.Rate()+0.5)), perSecond(r.Octets, r.Elapsed)/1e6)
	row("latency", "%s", latencies(r.Latency))
	if r.Service != nil {
		row("service", "%s", latencies(r.Service))
	}
	row("generator", "%s  busy %.0f %%", r.costs(r.User, r.System), 100*r.Busy)
	if s := r.Server; s != nil {
		row("server", "%s  busy %.0f %%  %.3g ctxsw/msg  %.1f MB resident", r.costs(s.User, s.System),
			100*float64(s.CPU)/float64(max(r.Elapsed, 1)), r.switches(), float64(s.RSS)/1e6)
	}
	for _, d := range r.Doubts {
		row("doubt", "%s", d)
	}
	return tw.Flush()
}

func (r *Report) process() string {
	if len(r.PIDs) == 0 {
		return ""
	}
	return "  pid " + strings.Trim(fmt.Sprint(r.PIDs), "[]")
}

// costs is CPU time a message, divided.
func (r *Report) costs(user, system time.Duration) string {
	share := 0.0
	if total := user + system; total > 0 {
		share = 100 * float64(user) / float64(total)
	}
	return fmt.Sprintf("%s ns/msg CPU  user %s (%.1f %%)  system %s (%.1f %%)", group(int64(r.perMessage(user+system)+0.5)),
		group(int64(r.perMessage(user)+0.5)), share, group(int64(r.perMessage(system)+0.5)), 100-share)
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
	return fmt.Sprintf("%s connections  %s octets %v  depth %d  %s  verify %v  threads %d%s",
		group(int64(c.Conns)), group(int64(c.Size)), c.Op, c.Depth, loop, c.Verify, c.Threads, pinned)
}

func latencies(h *hdrhistogram.Histogram) string {
	if h.TotalCount() == 0 {
		return "none measured"
	}
	var b strings.Builder
	for i, p := range percentiles {
		if i > 0 {
			b.WriteString("  ")
		}
		fmt.Fprintf(&b, "%s %s", p.name, duration(time.Duration(h.ValueAtPercentile(p.at))))
	}
	return b.String()
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
