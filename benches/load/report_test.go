package load

import (
	"bytes"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/host"
	"wsbench/benches/results"
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
	r.Latency = newHistogram(&Config{})
	for i := range int64(1000) {
		r.Latency.RecordValue((i + 1) * 1000)
	}
	r.Server = &host.Usage{CPU: 4900 * time.Millisecond, User: 400 * time.Millisecond, System: 4500 * time.Millisecond, Voluntary: 300, Involuntary: 100, RSS: 20e6}
	return r
}

// A report becomes one benchmark line of registered units.
func TestSample(t *testing.T) {
	r := sample()
	r.Config.Rate, r.Config.Op, r.Service = 5e5, parse.Text, r.Latency
	// CPU time is of the overtime and the rest of the warm-up too, the rate is not.
	r.Overtime, r.Elapsed = time.Second, r.Elapsed+time.Second
	r.Completed += 225_000
	s := r.Sample()
	if got, want := s.Name.String(), "BenchmarkEcho/server=wsbench/conns=200/size=16384/depth=1/op=text/rate=500000"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
	if s.Iters != 1_000_000 || len(s.Values) != 17 {
		t.Errorf("%d iterations, %d values %v", s.Iters, len(s.Values), s.Values)
	}
	for unit := range s.Values {
		if results.UnitOf(unit).Better == "" {
			t.Errorf("unit %s has no direction", unit)
		}
	}
	for unit, want := range map[string]float64{"ns/op": 5000, "msg/s": 200_000, "cpu-ns/msg": 4000, "ctxsw/msg": 400. / 1_225_000, "gen-user-ns/msg": 200e6 / 1_225_000, "rss-B": 20e6} {
		if got := s.Values[unit]; got < want*0.999 || got > want*1.001 {
			t.Errorf("%s is %v, want %v", unit, got, want)
		}
	}
	if _, ok := r.Values(nil)["cpu-ns/msg"]; ok {
		t.Error("the CPU time of a server that is not known")
	}
}

// A short window does not tell user from system time.
func TestShortWindowsLeaveTheSplitOut(t *testing.T) {
	for d, want := range map[time.Duration]bool{499 * time.Millisecond: false, 500 * time.Millisecond: true} {
		r := Result{Messages: 10, Completed: 10, Elapsed: d, Latency: newHistogram(&Config{})}
		v := r.Values(&host.Usage{CPU: 30, User: 10, System: 20})
		for _, u := range []string{"user-ns/msg", "sys-ns/msg", "gen-user-ns/msg"} {
			if _, ok := v[u]; ok != want {
				t.Errorf("%v: %s is there: %v", d, u, ok)
			}
		}
		if v["cpu-ns/msg"] != 3 {
			t.Errorf("%v: %v ns CPU per message", d, v["cpu-ns/msg"])
		}
	}
}

// Without an echo no value is NaN.
func TestSampleWithoutEcho(t *testing.T) {
	r := Report{Result: Result{Latency: newHistogram(&Config{})}, Server: &host.Usage{CPU: 5}}
	for unit, v := range r.Sample().Values {
		if v != v {
			t.Errorf("%s is %v", unit, v)
		}
	}
}

func TestBound(t *testing.T) {
	for overtime, want := range map[time.Duration]string{0: "when the run ended early", 2 * time.Second: "within 2s of its end"} { // 0: the server died within the window
		if got := (&Result{Overtime: overtime}).Bound(); got != want {
			t.Errorf("%v: %q, want %q", overtime, got, want)
		}
	}
}

// The HDR log is readable by its own reader.
func TestWriteHDR(t *testing.T) {
	r := sample()
	r.Service = newHistogram(&Config{})
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
