package attribution

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"
)

// small has 6 ms: 3 mask, 2 wake-up, 1 other.
func small() *profile.Profile {
	b := newBuilder()
	b.add(1, "main.main", "wsbench/mask.Unmask")
	b.add(2, "wsbench/mask.Unmask")
	b.add(2, "main.main", "try_to_wake_up_[k]", "raw_lock_[k]")
	b.add(1, "who", "knows")
	return b.p
}

func TestSplit(t *testing.T) {
	shares, err := Default().Split(small(), "")
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(shares))
	var percent float64
	for i, s := range shares {
		names[i] = s.Component
		percent += s.Percent
		want := map[string]int64{"mask": 3, "wake-up": 2, Other: 1}[s.Component]
		if s.Samples != want || s.Value != float64(want)*1e6 {
			t.Errorf("%s has %v in %d samples, want %d ms", s.Component, s.Value, s.Samples, want)
		}
	}
	if !slices.Equal(names, Default().Names()) || math.Abs(percent-100) > 1e-9 {
		t.Errorf("components %v with %v %%", names, percent)
	}
}

func TestSplitErrors(t *testing.T) {
	if _, err := Default().Split(small(), "alloc_space"); err == nil || !strings.Contains(err.Error(), "must be one of: [samples cpu]") {
		t.Errorf("a sample type that is not there: %v", err)
	}
	if _, err := Default().Split(&profile.Profile{}, ""); err == nil {
		t.Error("an empty profile is split")
	}
	p := small()
	p.Sample = nil
	shares, err := Default().Split(p, "cpu")
	if err != nil || shares[0].Percent != 0 {
		t.Errorf("no samples: %v, %v", shares[0], err)
	}
}

// The label survives being written, and each sample has just one.
func TestLabel(t *testing.T) {
	p := small()
	p.Sample[0].Label = map[string][]string{"component": {"x", "y"}, "comm": {"server"}}
	var users sync.WaitGroup
	r := parse(t, mine)
	for range 4 { // rules are shared
		users.Go(func() { r.Label(small()) })
	}
	users.Wait()
	r.Label(p)
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"mask", "mask", "wake-up", Other} {
		if got := p.Sample[i].Label["component"]; !slices.Equal(got, []string{want}) {
			t.Errorf("sample %d is %v, want %s", i, got, want)
		}
	}
	if got := p.Sample[0].Label["comm"]; !slices.Equal(got, []string{"server"}) {
		t.Errorf("another label became %v", got)
	}
}
