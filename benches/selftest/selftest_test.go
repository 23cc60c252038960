package selftest

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wsbench/benches/results"
)

// recorded returns the samples of a session of so many minutes, of 30 rounds in
// three epochs each, whose values have a spread.
func recorded(minutes int, spread float64) (list []results.Sample) {
	rng := rand.New(rand.NewPCG(1, 0))
	cases := []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(10, 16384, 1)}
	block := 0
	for round := range 30 * minutes {
		for _, c := range cases {
			block++
			add := func(server results.Server, factor float64) {
				v := 5000 * factor * math.Exp(spread*rng.NormFloat64())
				list = append(list, results.Sample{
					Name:  results.Name{Base: "Echo", Keys: append(server.Keys(), c.Keys()...)},
					Block: block, Round: round + 1, Epoch: round/10 + 1, At: time.Duration(round) * 2 * time.Second,
					Iters: 1, Values: map[string]float64{"cpu-ns/msg": v, "msg/s": 1e9 / v},
				})
			}
			own := results.Server("server=wsbench/io=epoll")
			add(own, 1)
			add(own.Second(), 1)
			for i := 2; i <= 5; i++ {
				add(results.Server("server="+CopyName(i)+"/io=epoll"), 1)
			}
			for _, share := range Levels {
				add(results.Server("server="+SlowName(share, c)+"/io=epoll/spin=50"), 1+share)
			}
		}
	}
	return list
}

func read(t *testing.T, samples []results.Sample, unit string) *Record {
	t.Helper()
	r, err := Read(&results.Results{Samples: samples, Steal: quietEpochs(100, 0)}, unit)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// quietEpochs returns the steal of n epochs.
func quietEpochs(n int, share float64) (list []results.Steal) {
	for i := range n {
		list = append(list, results.Steal{Epoch: i + 1, Share: share})
	}
	return list
}

// judging is how n sub-sessions are judged.
func judging(n int) Judging { return Judging{Sessions: n, Looks: 3, Margin: 0.02, Seed: 1} }

func TestRead(t *testing.T) {
	samples := recorded(2, 0.01)
	r := read(t, samples, "cpu-ns/msg")
	if len(r.Cases) != 2 || len(r.Same) != 6 || len(r.Slow) != 8 {
		t.Errorf("%d cases, %d identical servers, slow ones %v", len(r.Cases), len(r.Same), r.Slow)
	}
	for i, s := range r.Slow {
		if s.Case != r.Cases[i/4] || math.Abs(s.Share-Levels[i%4]) > 1e-9 {
			t.Errorf("slow server %d: %+v", i, s)
		}
		d := r.Injected(s, 0.02)
		if math.Abs(d.Ratio-1-s.Share) > 0.01 || !d.HasCI {
			t.Errorf("%+v: injected %+v", s, d)
		}
	}
	if rounds, epochs := r.Rounds(); rounds != 60 || epochs != 6 || r.Length() != 2*time.Minute {
		t.Errorf("%d rounds, %d epochs, %v", rounds, epochs, r.Length())
	}
	if s := r.Spread(); s < 0.011 || s > 0.018 { // of a ratio: 0.01 * √2
		t.Errorf("a spread of %v", s)
	}
	for _, wrong := range [][]results.Sample{nil, samples[:1], samples[:10]} {
		if _, err := Read(&results.Results{Samples: wrong}, "cpu-ns/msg"); err == nil {
			t.Errorf("%d samples are taken for a record", len(wrong))
		}
	}
}

// Of identical servers few are called different; large slow-downs are always
// found, and small ones by chance.
func TestJudge(t *testing.T) {
	for _, unit := range []string{"cpu-ns/msg", "msg/s"} {
		r := read(t, recorded(15, 0.03), unit)
		list, err := r.Judge(t.Context(), judging(22))
		if err != nil || len(list) != 3 {
			t.Fatalf("%v: %+v", err, list)
		}
		for i, want := range []Tally{{Length: time.Minute, Stretches: 11, Blocks: 38}, {Length: 2 * time.Minute, Stretches: 5, Blocks: 77}, {Length: 5 * time.Minute, Stretches: 2, Blocks: 193}} {
			got := list[i]
			if got.Length != want.Length || got.Stretches != want.Stretches || got.Blocks < want.Blocks-1 || got.Blocks > want.Blocks || got.Sessions != 22 {
				t.Errorf("%s: %+v, want %+v", unit, got, want)
			}
			if a := got.Alarms(); a.Lo > 0.05 || a.N != 22 {
				t.Errorf("%s, %v: %+v false alarms", unit, got.Length, a)
			}
			if len(got.Found) != 4 {
				t.Fatalf("%+v", got.Found)
			}
		}
		five := list[2].Found
		if five[3].Slower().K < 20 || five[2].Slower().K < 20 || five[0].Slower().K > 15 {
			t.Errorf("%s: %+v", unit, five)
		}
	}
	short := read(t, recorded(1, 0.03), "msg/s")
	short.rounds = short.rounds[:10]
	if list, err := short.Judge(t.Context(), judging(5)); err != nil || len(list) != 1 || list[0].Length.Round(time.Second) != 16*time.Second || list[0].Sessions != 5 {
		t.Errorf("a short record: %v, %+v", err, list)
	}
	once, _ := short.Judge(t.Context(), judging(5))
	if again, _ := short.Judge(t.Context(), judging(5)); !reflect.DeepEqual(once, again) {
		t.Errorf("the same seed has other sub-sessions: %+v, %+v", once, again)
	}
	short.rounds = short.rounds[:1]
	if list, err := short.Judge(t.Context(), judging(5)); err != nil || len(list) != 0 {
		t.Errorf("one round: %v, %+v", err, list)
	}
}

// A sub-session whose labels are those of the file is judged as the file is, look by look.
func TestJudgedAsSessions(t *testing.T) {
	samples := recorded(10, 0.015)
	r := read(t, samples, "cpu-ns/msg")
	same := &results.Results{Config: map[string]string{}}
	for _, s := range samples {
		if s.Name.Server().Value("spin") == "" {
			same.Samples = append(same.Samples, s)
		}
	}
	of := r.stretch(0, r.Length(), 3)
	for _, l := range of.looks {
		same.Looks = append(same.Looks, results.Look{Block: len(r.Cases) * l.Block, Share: l.Share})
	}
	terms := results.Terms{Margin: 0.02, Looks: of.looks}
	ref, _ := results.Reference(same.Samples)
	var sets []results.Series
	all := results.Compare(same.Samples, "cpu-ns/msg", same.Terms()).Others
	for _, d := range all {
		var p paired
		for _, x := range r.rounds {
			p.add(x.values[cell{d.Server, d.Case}], middle(x.values[cell{ref, d.Case}], x.values[cell{ref.Second(), d.Case}]), x)
		}
		sets = append(sets, terms.Series(p))
	}
	early := 0
	for i, d := range terms.Judge(sets, "lower") {
		if d.Decided && d.Share == 0.5 { // the first look has too few epochs
			early++
		}
		if diff := cmp.Diff(all[i].Difference, d, cmpopts.EquateApprox(1e-12, 0)); diff != "" { // the base is computed in two ways
			t.Errorf("%v: (-want +got)\n%s", all[i], diff)
		}
	}
	if len(of.looks) != 2 || early == 0 {
		t.Errorf("looks %v, %d of %d decided at the second", of.looks, early, len(all))
	}
}

// The labels of an epoch are the same in all its rounds.
func TestLabelsOfEpochs(t *testing.T) {
	samples := recorded(3, 0)
	for i := range samples { // each server has a value of its own in each epoch
		s := samples[i]
		samples[i].Values["cpu-ns/msg"] = float64(1000*s.Epoch + i%10)
	}
	r := read(t, samples, "cpu-ns/msg")
	f := r.family(stretch{rounds: r.rounds}, r.Cases[0], 0.02, rand.New(rand.NewPCG(3, 0)))
	if len(f.same) != Family || len(f.slow) != len(Levels) || f.slow[0].place != 1 {
		t.Fatalf("%d comparisons, %d slow", len(f.same), len(f.slow))
	}
	for _, d := range f.terms.Judge(f.same, "lower") {
		if d.N > 9 { // epochs differ, and within them nothing does
			t.Errorf("a comparison has %d values, want one of each epoch", d.N)
		}
	}
}

func TestSimulations(t *testing.T) {
	s := Simulated{Judging: judging(20), Blocks: 60, Epochs: []int{10, 30}, Spread: 0.03}
	list, err := s.Run(t.Context())
	if err != nil || len(list) != 2*len(Models) || list[0].Epochs != 10 || list[1].Epochs != 30 {
		t.Fatalf("%v, %d models", err, len(list))
	}
	for _, m := range list {
		if m.Sessions != 20 || m.Blocks != 60 || len(m.Found) != len(Levels) {
			t.Errorf("%s: %+v", m.Model.Name, m.Tally)
		}
		if a := m.Alarms(); m.Model.Name != "autocorrelation" && m.Model.Name != "strong drift" && a.Lo > 0.05 {
			t.Errorf("%s: %+v false alarms", m.Model.Name, a)
		}
		if small, large := m.Found[0].Slower().K, m.Found[3].Slower().K; large < 12 || small > large {
			t.Errorf("%s: 1 %% is found %d times, 10 %% %d times", m.Model.Name, small, large)
		}
	}
	s.Sessions = 2
	once, _ := s.Run(t.Context())
	again, _ := s.Run(t.Context())
	for i := range once {
		if !reflect.DeepEqual(once[i].Tally, again[i].Tally) {
			t.Errorf("%s: the same seed has other sessions", once[i].Model.Name)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Run(ctx); err == nil {
		t.Error("the end of the context does not end it")
	}
}

// Stretches in which much was waited for a CPU are judged apart, and those in whose starts
// the hypervisor took more, or nobody knows whether it did.
func TestQuietStretches(t *testing.T) {
	samples := recorded(13, 0.03)
	for i, s := range samples {
		s.Values["wait-share"] = 0.01
		if s.At > 390*time.Second {
			samples[i].Values["wait-share"] = 0.05
		}
	}
	r := read(t, samples, "cpu-ns/msg")
	for name, c := range map[string]struct {
		steal       []results.Steal
		quiet, busy int
	}{
		"none":                   {quietEpochs(100, 0), 5, 5},
		"everywhere":             {quietEpochs(100, 0.05), 0, 10},
		"in the first stretch":   {append(quietEpochs(3, 0.05), quietEpochs(100, 0)[3:]...), 4, 6},
		"not known in the first": {quietEpochs(100, 0)[1:], 4, 6},
		"not known":              {nil, 0, 10},
	} {
		r.steal = map[int]float64{}
		for _, s := range c.steal {
			r.steal[s.Epoch] = s.Share
		}
		list, err := r.Judge(t.Context(), judging(2))
		if err != nil {
			t.Fatal(err)
		}
		got := map[bool]int{}
		for _, y := range list {
			if y.Length == time.Minute {
				got[y.Quiet] += y.Stretches
			}
		}
		if got[true] != c.quiet || got[false] != c.busy {
			t.Errorf("steal %s: %d quiet stretches, %d others, want %d and %d", name, got[true], got[false], c.quiet, c.busy)
		}
	}
}
