package load

import (
	"bytes"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"

	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/parse"
	"wsbench/syscalls"
)

// sample is a report with known figures.
func sample() *Report {
	r := &Report{Name: "wsbench", Warmup: time.Second, PIDs: []int{42}}
	r.Config = Config{URL: "ws://127.0.0.1:8080/", Conns: 200, Size: 16384, Depth: 1, Op: parse.Binary, Threads: 1, CPUs: syscalls.CPUs{1}}
	r.Messages, r.Completed, r.Elapsed = 1_000_000, 1_000_000, 5*time.Second
	r.Bytes = r.Messages * 16384
	r.User, r.System, r.Busy = 200*time.Millisecond, 4700*time.Millisecond, 0.98
	r.Latency = newHistogram()
	for i := range int64(1000) {
		r.Latency.RecordValue((i + 1) * 1000)
	}
	r.Server = &host.Usage{CPU: 4900 * time.Millisecond, User: 400 * time.Millisecond, System: 4500 * time.Millisecond, Voluntary: 300, Involuntary: 100, RSS: 20e6}
	return r
}

func TestWriteText(t *testing.T) {
	r := sample()
	r.Warnings = []string{"limited: something"}
	var b bytes.Buffer
	if err := r.WriteText(&b, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	want := `target     ws://127.0.0.1:8080/, server=wsbench, pid 42
case       200 connections, 16,384 bytes binary, depth 1, closed loop, verify sample, threads 1 on
           CPU 1
window     5 s after 1 s of warm-up
echoes     1,000,000; 200,000 msg/s; 3277 MB/s
                     µs
latency    p50      500  ███████████████
           p90      900  ███████████████████████████
           p99      990  █████████████████████████████▊
           p99.9    999  ██████████████████████████████
           max    1,000  ██████████████████████████████
CPU        ns/msg  user         system          busy                    ctxsw/msg  MB resident
generator   4,900   200  4.1 %   4,700  95.9 %  98 %  ███████████████▋
server      4,900   400  8.2 %   4,500  91.8 %  98 %  ███████████████▋     0.0004         20.0
warning    limited: something
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An open loop says what became of what was due.
func TestWriteTextSchedule(t *testing.T) {
	r := sample()
	r.Service, r.Config.Rate, r.Config.Grace = r.Latency, 5000, DefaultGrace
	r.Due, r.Messages, r.Unanswered = 25_000, 24_990, 10
	r.Overtime, r.Elapsed = 2*time.Second, 7*time.Second
	var b bytes.Buffer
	if err := r.WriteText(&b, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	const want = `
window     5 s after 1 s of warm-up
schedule   25,000 due in the window: 24,990 answered, 10 not within 2 s of its end
echoes     24,990; 4,998 msg/s; 81.89 MB/s
`
	if !strings.Contains(b.String(), want) {
		t.Errorf("no %s in\n%s", want, b.String())
	}
	r.Overtime = 0 // the server died within the window
	if got, want := r.missing(), "10 not when the run ended early"; got != want {
		t.Errorf("a run cut short: %q, want %q", got, want)
	}
	r.Unanswered, r.Overtime = 0, time.Millisecond
	if got, want := r.missing(), "the last by 1 ms after its end"; got != want {
		t.Errorf("all answered: %q, want %q", got, want)
	}
}

// What WriteBench writes is read by x/perf, every unit with its direction.
func TestWriteBench(t *testing.T) {
	r := sample()
	r.Config.Rate, r.Config.Op, r.Service = 5e5, parse.Text, r.Latency
	// CPU time is of the overtime and the rest of the warm-up too, the rate is not.
	r.Overtime, r.Elapsed = time.Second, r.Elapsed+time.Second
	r.Completed += 225_000
	r.Warnings = []string{"limited: something"}
	var b bytes.Buffer
	if err := r.WriteBench(&b); err != nil {
		t.Fatal(err)
	}
	rd := benchfmt.NewReader(&b, "out")
	results := 0
	for rd.Scan() {
		switch rec := rd.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(rec)
		case *benchfmt.Result:
			results++
			if got, want := string(rec.Name), "Echo/server=wsbench/conns=200/size=16384/depth=1/op=text/rate=500000"; got != want {
				t.Errorf("name %s, want %s", got, want)
			}
			if rec.Iters != 1_000_000 || len(rec.Values) != len(units) || len(rec.Config) != 0 {
				t.Errorf("%d iterations, %d values, configuration %v", rec.Iters, len(rec.Values), rec.Config)
			}
			for _, u := range units {
				if rd.Units().Get(u.name, "better") == nil {
					t.Errorf("unit %s has no direction", u.name)
				}
			}
			for unit, want := range map[string]float64{"sec/op": 5e-6, "msg/s": 200_000, "cpu-sec/msg": 4000e-9, "ctxsw/msg": 400. / 1_225_000, "gen-user-sec/msg": 200e6 / 1_225_000 * 1e-9} {
				if got, ok := rec.Value(unit); !ok || got < want*0.999 || got > want*1.001 {
					t.Errorf("%s is %v, want %v (values %v)", unit, got, want, rec.Values)
				}
			}
		}
	}
	if rd.Err() != nil || results != 1 {
		t.Errorf("%d results, %v", results, rd.Err())
	}
}

func TestWriteBenchWithoutEcho(t *testing.T) {
	r := Report{Name: "server"}
	var b bytes.Buffer
	if err := r.WriteBench(&b); err != nil || strings.Contains(b.String(), "Benchmark") {
		t.Errorf("%v, %s", err, b.String())
	}
}

func TestDocument(t *testing.T) {
	r := sample()
	r.Service = r.Latency
	d := r.Document()
	if d.Messages != 1e6 || d.MsgPerS != 200_000 || d.Latency["p99_9"] != r.Latency.ValueAtPercentile(99.9) || d.Latency["count"] != 1000 ||
		d.Warnings == nil || d.Schedule == nil || d.ServerUse.CPU != 4900 || len(d.ServerUse.PIDs) != 1 {
		t.Errorf("%+v", d)
	}
	r.Service, r.Server = nil, nil
	if d := r.Document(); d.Service != nil || d.Schedule != nil || d.ServerUse != nil {
		t.Errorf("what is not known is there: %+v", d)
	}
}

// The HDR log is readable by its own reader.
func TestWriteHDR(t *testing.T) {
	r := sample()
	r.Service = newHistogram()
	r.Service.RecordValues(777, 3)
	ended := time.UnixMilli(1_700_000_005_000)
	var b bytes.Buffer
	if err := r.WriteHDR(&b, ended); err != nil {
		t.Fatal(err)
	}
	lr := hdrhistogram.NewHistogramLogReader(&b)
	for _, want := range []struct {
		tag  string
		hist *hdrhistogram.Histogram
	}{{"latency", r.Latency}, {"service", r.Service}} {
		h, err := lr.NextIntervalHistogram()
		if err != nil || h == nil {
			t.Fatalf("%s: %v, %v", want.tag, h, err)
		}
		if h.Tag() != want.tag || !h.Equals(want.hist) || h.TotalCount() != want.hist.TotalCount() {
			t.Errorf("%s: tag %q, %d values", want.tag, h.Tag(), h.TotalCount())
		}
		if h.StartTimeMs() != ended.UnixMilli()-5000 || h.EndTimeMs() != ended.UnixMilli() {
			t.Errorf("%s: from %d to %d ms", want.tag, h.StartTimeMs(), h.EndTimeMs())
		}
	}
	if h, err := lr.NextIntervalHistogram(); h != nil || err != nil {
		t.Errorf("a third histogram: %v, %v", h, err)
	}
}

func TestBottleneck(t *testing.T) {
	for _, c := range []struct {
		busy   float64
		server time.Duration // of 1 s
		want   string
	}{
		{0.5, 300 * time.Millisecond, ""},
		{0.94, 0, ""},
		{0.99, 980 * time.Millisecond, ""},
		{0.99, 1700 * time.Millisecond, ""},
		{0.99, 600 * time.Millisecond, "the generator was the bottleneck: its thread was busy 99 % of the time, the server only 60 %; raise -threads to 2"},
		{0.99, 0, "may have been the bottleneck"},
	} {
		r := Report{Result: Result{Elapsed: time.Second, Busy: c.busy, Config: Config{Threads: 1}}}
		if c.server > 0 {
			r.Server = &host.Usage{CPU: c.server}
		}
		r.Judge()
		got := strings.Join(r.Warnings, "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("busy %v, server %v: %q, want %q", c.busy, c.server, got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 123456: "123,456", 1234567: "1,234,567"} {
		if got := group(n); got != want {
			t.Errorf("group(%d) = %s, want %s", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0 ns", 812: "812 ns", 24123: "24.1 µs", 1240 * time.Microsecond: "1.24 ms", 2100 * time.Millisecond: "2.1 s", 100 * time.Second: "100 s"} {
		if got := duration(d); got != want {
			t.Errorf("duration(%d) = %s, want %s", d, got, want)
		}
	}
}
