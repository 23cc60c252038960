package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/mask"
)

// called returns what an experiment writes.
func called(t *testing.T, e experiment, args string) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	if err := e.call(t.Context(), strings.Fields(args), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestFloorsText(t *testing.T) {
	out := strings.Join(strings.Fields(called(t, floorsExperiment, "-for 1ms -seed 7").String()), " ")
	for _, want := range []string{"seed 7", "mask kernel ", "mask Unmask ", " copy ", " 1048576 ", "parse ParseHeader 2+4", " ParseHeader 10+4 ", " AppendHeader 2 ",
		"syscalls getpid raw", " getpid by runtime ", " epoll_wait ready ", " send+recv "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// The dispatch is explained by what package cpuid finds.
func TestWhyKernels(t *testing.T) {
	for _, c := range []struct {
		kernel, best mask.Kernel
		has, want    string
	}{
		{mask.AVX512, mask.AVX512, "sse2 avx2 avx512f avx512bw", "chosen: the most"},
		{mask.AVX512, mask.AVX2, "sse2 avx2 avx512f", "not chosen: this CPU lacks avx512bw"},
		{mask.SSE2, mask.SSE2, "sse2", "chosen: the most"},
		{mask.NEON, mask.AVX2, "sse2 avx2", "not chosen: this CPU lacks asimd"},
		{mask.Word, mask.AVX2, "sse2 avx2", "not chosen: avx2 is more specialised"},
	} {
		if got := whyChosen(c.kernel, c.best, strings.Fields(c.has)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v on a CPU with %s: %q, want %q", c.kernel, c.has, got, c.want)
		}
	}
	chosen := 0
	for _, row := range kernelTable().Rows {
		if row[2].(bool) {
			chosen++
			if row[0] != mask.Best().String() {
				t.Errorf("%v is chosen", row)
			}
		}
		if k, _ := mask.ParseKernel(row[0].(string)); k == mask.Auto && !strings.Contains(row[3].(string), "lacks") && !strings.Contains(row[3].(string), "purego") {
			t.Errorf("%v is not supported", row)
		}
	}
	if chosen != 1 {
		t.Errorf("%d kernels are chosen", chosen)
	}
}

func TestFloorsMarkdown(t *testing.T) {
	out := called(t, floorsExperiment, "-for 1ms -format markdown").String()
	if !strings.Contains(out, "| mask") || !strings.Contains(out, "of floor: ") {
		t.Errorf("no table or no legend in\n%s", out)
	}
}

func TestFloorsJSON(t *testing.T) {
	var got struct {
		Host map[string]string
		Rows []struct {
			Group, Set string
			Bytes      int
			NS         float64                  `json:"ns_per_op"`
			Interval   struct{ Lo, Hi float64 } `json:"ns_per_op_interval"`
			Rate       float64                  `json:"bytes_per_second"`
			OfFloor    *float64                 `json:"of_floor"`
			Samples    []float64                `json:"samples_ns_per_op"`
		}
	}
	if err := json.Unmarshal(called(t, floorsExperiment, "-for 1ms -format json -pin none").Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	ratios := 0
	for _, row := range got.Rows {
		if !(row.NS > 0) || row.Interval.Lo > row.NS || row.Interval.Hi < row.NS || len(row.Samples) < micro.MinRounds || row.Bytes > 0 != (row.Rate > 0) {
			t.Errorf("%+v", row)
		}
		if row.OfFloor != nil {
			ratios++
		}
		if want := map[int]micro.Set{20: micro.Fresh, 1 << 20: micro.Hot}[row.Bytes]; row.Group == "mask" && want != "" && row.Set != string(want) {
			t.Errorf("%d bytes: set %q, want %q", row.Bytes, row.Set, want)
		}
	}
	if len(got.Rows) < 30 || ratios != 12 || got.Host["bench_cpu"] != "any" || got.Host["mask_kernel"] == "" {
		t.Errorf("%d rows, %d ratios to the floor, host %v", len(got.Rows), ratios, got.Host)
	}
}

func TestFloorsBench(t *testing.T) {
	out := called(t, floorsExperiment, "-for 1ms -format bench")
	for _, want := range []string{"size=20/align=1/set=fresh", "size=1048576/align=1/set=hot"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	res, err := results.Read(out, "floors")
	if err != nil || len(res.Warnings) > 0 || len(res.Samples) < 30*micro.MinRounds || res.Config["bench-cpu"] == "" || !strings.HasPrefix(res.Command, "wsbench floors -seed ") {
		t.Errorf("%d samples, %q, %v, %v", len(res.Samples), res.Command, err, res.Warnings)
	}
}

// An interruption leaves the comparisons that are whole.
func TestMicroInterrupted(t *testing.T) {
	for _, e := range []experiment{floorsExperiment, crossoverExperiment} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, format := range formats {
			var out bytes.Buffer
			err := e.call(ctx, []string{"-format", format}, &out, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), e.name+": interrupted after 0 of ") || !strings.Contains(out.String(), "cpu") && !strings.Contains(out.String(), "CPU") {
				t.Errorf("%s -format %s: %v\n%s", e.name, format, err, &out)
			}
		}
	}
}

func TestMicroUsage(t *testing.T) {
	for _, c := range []struct {
		experiment experiment
		args, want string
	}{
		{floorsExperiment, "-format xml", "-format"},
		{floorsExperiment, "-pin x", "-pin"},
		{floorsExperiment, "-pin 1023", "-pin none"},
		{floorsExperiment, "-pin 0-1", "paired runs want one"},
		{floorsExperiment, "-seed -1", "-seed"},
		{floorsExperiment, "-for 0s", "-for"},
		{floorsExperiment, "more", "unexpected argument"},
		{crossoverExperiment, "-format xml", "-format"},
		{crossoverExperiment, "-pin 1023", "-pin none"},
		{crossoverExperiment, "-pin 0-", "-pin"},
		{crossoverExperiment, "-pin 0,1", "paired runs want one"},
		{crossoverExperiment, "-rounds 3", "-rounds"},
		{crossoverExperiment, "-quick -rounds 302", "-rounds"},
		{crossoverExperiment, "-sets cold", "-sets: set \"cold\""},
		{crossoverExperiment, "-frob", "frob"},
	} {
		err := c.experiment.call(t.Context(), strings.Fields(c.args), io.Discard, io.Discard)
		var wrong usageError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.text, c.want) {
			t.Errorf("%s: %v, want a usage error about %s", c.args, err, c.want)
		}
	}
}

// What this host cannot do is shown in every format.
func TestFloorsSkipped(t *testing.T) {
	r := &results.Results{Skipped: []results.Reason{{Name: "Epoll", Text: "epoll_create1: too many open files"}}}
	d := floorsDocument(r)
	for _, format := range []string{"text", "json", "markdown"} {
		var out bytes.Buffer
		if err := report.Write(&out, d, format, term.Screen{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "Epoll") || !strings.Contains(out.String(), "too many open files") {
			t.Errorf("%s:\n%s", format, &out)
		}
	}
}

func TestFloorLabel(t *testing.T) {
	for name, want := range map[string]string{
		"Unmask/impl=auto/size=20/align=1/set=fresh": "Unmask",
		"Unmask/impl=nothing":                        "nothing",
		"RecvSend/way=send/size=16384":               "send+recv",
		"ParseHeader/size=65536":                     "ParseHeader 10+4",
		"AppendHeader/size=16384":                    "AppendHeader 4",
		"EpollWait/ready=64":                         "EpollWait/ready=64",
		"Else/size=many":                             "Else",
	} {
		if got := floorLabel(results.ParseName(name)); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
}
