package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"

	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/benches/load"
	"wsbench/benches/report"
	"wsbench/parse"
	"wsbench/syscalls"
)

// measuredLoad is a call with known figures.
func measuredLoad() *loadBody {
	r := load.Report{Name: "wsbench", Warmup: time.Second, PIDs: []int{42}}
	r.Config = load.Config{URL: "ws://127.0.0.1:8080/", Conns: 200, Size: 16384, Depth: 1, Op: parse.Binary, Threads: 1, CPUs: syscalls.CPUs{1}}
	r.Messages, r.Completed, r.Elapsed = 1_000_000, 1_000_000, 5*time.Second
	r.Bytes = r.Messages * 16384
	r.User, r.System, r.Busy = 200*time.Millisecond, 4700*time.Millisecond, 0.98
	r.Latency = hdrhistogram.New(1, 1e12, 3)
	for i := range int64(1000) {
		r.Latency.RecordValue((i + 1) * 1000)
	}
	r.Server = &host.Usage{CPU: 4900 * time.Millisecond, User: 400 * time.Millisecond, System: 4500 * time.Millisecond, Voluntary: 300, Involuntary: 100, RSS: 20e6}
	return &loadBody{report: r}
}

func shown(t *testing.T, d report.Document, format string) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.Write(&out, d, format, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLoadView(t *testing.T) {
	b := measuredLoad()
	b.report.Warnings = []string{"limited: something"}
	want := `target   ws://127.0.0.1:8080/
server   wsbench, pid 42
case     200 connections, 16384 bytes binary, depth 1, closed loop, verify sample, threads 1 on CPU
         1
window   5s after 1s of warm-up
echoes   1000000
rate     200k msg/s
payload  3.28 GB/s

latency    µs
p50       500  ██████████
p90       900  ██████████████████
p99       990  ███████████████████▊
p99.9     999  ████████████████████
max      1000  ████████████████████

`
	if diff := cmp.Diff(want, shown(t, b.document(), "text")[:len(want)]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An open loop tells what became of what was due.
func TestLoadViewSchedule(t *testing.T) {
	b := measuredLoad()
	r := &b.report
	r.Service, r.Config.Rate, r.Config.Grace = r.Latency, 5000, load.DefaultGrace
	r.Due, r.Messages, r.Unanswered = 25_000, 24_990, 10
	r.Overtime, r.Elapsed = 2*time.Second, 7*time.Second
	for overtime, want := range map[time.Duration]string{
		2 * time.Second: "\nschedule  25000 due in the window: 24990 answered, 10 not within 2s of its end\n",
		0:               "answered, 10 not when the run ended early\n", // the server died within the window
	} {
		r.Overtime = overtime
		if got := shown(t, b.document(), "text"); !strings.Contains(got, want) || !strings.Contains(got, "sent to echo") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	r.Unanswered, r.Overtime = 0, time.Millisecond
	if got, want := shown(t, b.document(), "text"), "answered, the last by 1ms after its end\n"; !strings.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, got)
	}
}

// What is not known is null.
func TestLoadViewJSON(t *testing.T) {
	type document struct {
		Messages int64
		Rate     float64          `json:"msg_per_s"`
		Latency  map[string]int64 `json:"latency_ns"`
		Service  map[string]int64 `json:"service_ns"`
		Schedule map[string]any
		Server   *struct {
			PIDs []int
			CPU  float64  `json:"cpu_ns_per_msg"`
			User *float64 `json:"user_ns_per_msg"`
		} `json:"server_use"`
		Warnings []string
	}
	read := func(b *loadBody) (d document) {
		t.Helper()
		if err := json.Unmarshal([]byte(shown(t, b.document(), "json")), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	b := measuredLoad()
	r := &b.report
	r.Service = r.Latency
	d := read(b)
	if d.Messages != 1e6 || d.Rate != 200_000 || d.Latency["p99_9"] != r.Latency.ValueAtPercentile(99.9) || d.Latency["count"] != 1000 || d.Service == nil ||
		d.Warnings == nil || d.Schedule == nil || d.Server.CPU != 4900 || *d.Server.User != 400 || len(d.Server.PIDs) != 1 {
		t.Errorf("%+v", d)
	}
	r.Service, r.Elapsed = nil, 100*time.Millisecond
	if d := read(b); d.Service != nil || d.Schedule != nil || d.Server.User != nil {
		t.Errorf("what is not known is there: %+v", d)
	}
	if r.Server = nil; read(b).Server != nil {
		t.Error("a server that is not known is there")
	}
}
