package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"wsbench/benches/micro"
	"wsbench/benches/peers"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// compared is what a run with these flags writes.
func compared(t *testing.T, args string) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	if err := run(append(strings.Fields(args), "-rounds", "9"), &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestText(t *testing.T) {
	for args, wants := range map[string][]string{
		"-what mask -sizes 20,1KiB -sets hot,fresh -aligns 0,63 -seed 7": {"seed 7", "fresh", "1KiB", "63", "of 8 cells", "in the worst"},
		"-what header":                  {"2+4", "10+4", "CheckHeader", "of 3 forms", "of 9 cells"},
		"-what echo -sizes 20,16KiB":    {"16KiB", "text, mixed", "gobwas wsutil*", "gws readloop", "1000 of 1 at once", "0.001", "of 62 cells"},
		"-sizes 20 -sets hot -aligns 1": {"mask.Unmask", "ParseHeader", "engine"},
	} {
		out := compared(t, args).String()
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", args, want, out)
			}
		}
		if strings.Contains(out, "%!") {
			t.Errorf("%s:\n%s", args, out)
		}
	}
}

func TestBench(t *testing.T) {
	echoes := 0
	for _, c := range peers.Cases([]int{20}) {
		echoes += len(echoServers(c))
	}
	headers := len(peers.Forms()) * (len(peers.HeaderReaders()) + 1)
	for args, want := range map[string]int{
		"-what mask -sizes 20 -sets hot -aligns 0": 4,
		"-what header":         headers,
		"-what echo -sizes 20": echoes,
	} {
		out := compared(t, args+" -format bench -pin none")
		names := benchNames(out.String())
		res, err := results.Read(out, "compare")
		if err != nil || len(res.Warnings) > 0 || len(res.Samples) != want*9 || len(names) != want {
			t.Errorf("%s: %d samples of %d names, %v, %v; want %d names", args, len(res.Samples), len(names), err, res.Warnings, want)
		}
	}
}

// benchNames are the benchmarks of an output, each once.
func benchNames(out string) map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(out) {
		if name, _, _ := strings.Cut(line, " "); strings.HasPrefix(name, "Benchmark") {
			names[name] = true
		}
	}
	return names
}

// What a peer's time is by wsbench's decides on the mark.
func TestJudge(t *testing.T) {
	p := &printer{}
	for hi, want := range map[float64]bool{0.979: true, 0.98: false, 1.2: false} {
		if got := p.judge(micro.Estimate{Interval: stat.Interval{Hi: hi}}); (got != "") != want {
			t.Errorf("interval to %v: mark %q", hi, got)
		}
	}
	if p.cells != 3 || p.worse != 1 {
		t.Errorf("%d cells, %d worse", p.cells, p.worse)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"-what masks", "-what mask,", "-rounds 3", "-sizes x", "-sets cold", "-aligns 64", "-aligns 1x", "-pin 1023", "-format xml", "-frob", "more"} {
		if err := run(strings.Fields(args), &bytes.Buffer{}); !errors.As(err, new(usageError)) {
			t.Errorf("%s: %v, want a usage error", args, err)
		}
	}
}
