package lab

import (
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

// A server that does not keep the rate of a case leaves it, with that reason.
func TestSessionAtRate(t *testing.T) {
	s := tiny(t, "", "slow")
	s.Plan.Servers, s.Plan.Rounds, s.Plan.Window = s.Plan.Servers[:2], 2*mostBehind, 20*time.Millisecond
	s.Rate = Rate{PerSecond: 1500}
	path, _, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	for _, x := range res.Samples {
		if x.Name.Case() != results.EchoCase(2, 100, 1).With(results.KV{Key: "rate", Value: "1500"}) {
			t.Errorf("%s lacks the rate", x.Name)
		}
		if _, ok := x.Values["p50-ns"]; ok {
			t.Errorf("a run of %v has percentiles of its own", s.Plan.Window)
		}
	}
	for _, x := range res.Skipped {
		if strings.Contains(x.Name, "server=echob/") && strings.Contains(x.Text, "does not keep the rate") {
			return
		}
	}
	t.Errorf("skipped: %v", res.Skipped)
}

// A share of the first server's capacity is measured before the first run.
func TestSessionAtShare(t *testing.T) {
	s := tiny(t, "")
	s.Plan.Rounds, s.Rate = 1, Rate{Share: 0.1}
	path, _, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res := readBack(t, path)
	if notes := strings.Join(res.Notes, "\n"); !strings.Contains(notes, "case 2/100: ") || !strings.Contains(notes, "msg/s are sent, 10 % of the ") || s.Plan.Cases[0].Int("rate") < 1 {
		t.Errorf("cases %v, notes %s", s.Plan.Cases, notes)
	}
}
