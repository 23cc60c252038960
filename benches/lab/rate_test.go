//go:build linux

package lab

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wsbench/benches/results"
)

func TestParseRate(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		rate       Rate
		at100k     int
	}{
		{"50000", "", Rate{PerSecond: 50000}, 50000},
		{"50%", "", Rate{Share: 0.5}, 50000},
		{"12.5%", "", Rate{Share: 0.125}, 12500},
		{"0", "want messages per second", Rate{}, 0},
		{"-1", "want messages per second", Rate{}, 0},
		{"NaN", "want messages per second", Rate{}, 0},
		{"1e9", "want messages per second", Rate{}, 0},
		{"half", "want messages per second", Rate{}, 0},
		{"101%", "want 100% at most", Rate{}, 0},
	} {
		rate, err := ParseRate(tt.text)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
		}
		if err == nil && (rate != tt.rate || rate.of(100_000) != tt.at100k) {
			t.Errorf("%s: %+v, %d of 100,000", tt.text, rate, rate.of(100_000))
		}
	}
}

// A server that does not keep the rate of a case for some runs on end is given up
// with the last reason; runs that were harmed do not count.
func TestKeepsRate(t *testing.T) {
	p := &Process{Server: OwnServer("", "epoll"), stage: &Stage{behind: map[alike]int{}}}
	slow := errors.New("3 of 20 messages were not sent")
	c, other := results.EchoCase(2, 100, 1), results.EchoCase(2, 20, 1)
	for range 2 {
		for i := 1; i < mostBehind; i++ {
			if err := errors.Join(p.keepsRate(c, slow, false), p.keepsRate(c, slow, true), p.keepsRate(other, nil, false)); err != nil {
				t.Fatalf("after %d runs: %v", i, err)
			}
		}
		if err := p.keepsRate(c, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	for i := 1; i <= mostBehind; i++ {
		if err := p.keepsRate(c, slow, false); (err != nil) != (i == mostBehind) || err != nil && (!errors.Is(err, slow) || !strings.Contains(err.Error(), "does not keep the rate, 5 runs on end")) {
			t.Errorf("after %d runs: %v", i, err)
		}
	}
}

// The samples of a session at a rate have it in their names, and none has
// percentiles of so short a run.
func TestSessionAtRate(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Window, s.Rate = 20*time.Millisecond, Rate{PerSecond: 500}
	path, _, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	if len(res.Samples)+len(res.Discarded) == 0 {
		t.Error("nothing was measured")
	}
	for _, x := range res.Samples {
		if x.Name.Case() != results.EchoCase(2, 100, 1).With(results.KV{Key: "rate", Value: "500"}) {
			t.Errorf("%s lacks the rate", x.Name)
		}
		if _, ok := x.Values["p50-ns"]; ok {
			t.Errorf("a run of %v has percentiles of its own", s.Plan.Window)
		}
	}
}

// What a server echoes is the median of the runs that were not harmed, and that of
// all if each was.
func TestCapacity(t *testing.T) {
	run := func(perSecond float64, discard string) Outcome {
		return Outcome{Values: map[string]float64{"msg/s": perSecond}, Discard: discard}
	}
	for _, tt := range []struct {
		runs []Outcome
		want float64
	}{
		{[]Outcome{run(90, ""), run(10, "interference"), run(12, "interference"), run(100, ""), run(110, "")}, 100},
		{[]Outcome{run(10, "interference"), run(12, "interference"), run(14, "interference")}, 12},
		{[]Outcome{run(0, "no message")}, 0},
	} {
		if got, err := capacityOf(tt.runs); got != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("%v: %v, %v, want %v", tt.runs, got, err, tt.want)
		}
	}
}

// capacityBriefly has capacities measured in less time.
func capacityBriefly(t *testing.T) {
	usual := capacityTime
	capacityTime = 0
	t.Cleanup(func() { capacityTime = usual })
}

// Too low a share leaves a case out, with the reason.
func TestShareTooLow(t *testing.T) {
	capacityBriefly(t)
	s := tiny(t, "")
	s.Rate = Rate{Share: 1e-9}
	path, _, err := s.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no case is left") {
		t.Error(err)
	}
	if res := readBack(t, path); len(res.Skipped) != 1 || res.Skipped[0].Name != "BenchmarkEcho/conns=2/size=100/depth=1" || !strings.Contains(res.Skipped[0].Text, "want 10 at least") {
		t.Errorf("skipped: %v", res.Skipped)
	}
}

// A share of the first server's capacity is measured before the first run.
func TestSessionAtShare(t *testing.T) {
	capacityBriefly(t)
	s := tiny(t, "")
	s.Plan.Rounds, s.Plan.Window, s.Rate = 1, 200*time.Millisecond, Rate{Share: 0.5}
	path, _, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	if notes := strings.Join(res.Notes, "\n"); !strings.Contains(notes, "case 2/100: ") || !strings.Contains(notes, "msg/s are sent, 50 % of the ") || s.Plan.Cases[0].Int("rate") < 1 {
		t.Errorf("cases %v, notes %s", s.Plan.Cases, notes)
	}
}
