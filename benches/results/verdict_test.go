package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// drawn draws n of them around center with a relative spread.
func drawn(seed uint64, n int, center, spread float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 9))
	out := make([]float64, n)
	for i := range out {
		out[i] = center * math.Exp(spread*rng.NormFloat64())
	}
	return out
}

func TestJudge(t *testing.T) {
	d := Judge([][]float64{
		drawn(1, 12, 1.10, 0.01),
		drawn(2, 12, 0.90, 0.01),
		drawn(3, 12, 1.00, 0.01),
		drawn(4, 12, 1.00, 0.20),
		drawn(5, 4, 1.10, 0.01),
	}, "higher", 0.02)
	for i, want := range []Finding{Faster, Slower, Equivalent, Undecided, Undecided} {
		if d[i].Verdict.Kind != want {
			t.Errorf("set %d: %v (%+v), want kind %d", i, d[i].Verdict, d[i], want)
		}
	}
	if p := d[2].Verdict.Percent; p != 2 {
		t.Errorf("equivalent within %v %%, want 2", p)
	}
	if p := d[3].Verdict.Percent; p < 5 || p > 60 {
		t.Errorf("could have missed %v %%, want about 40", p)
	}
	if n, p := d[3].Verdict.Times, d[3].Verdict.Percent; math.Abs(n-p*p/4) > 1e-9*n {
		t.Errorf("%v times as many blocks find 2 %%, where these find %v %%", n, p)
	}
	if !math.IsInf(d[4].Verdict.Percent, 1) || d[4].HasCI {
		t.Errorf("four blocks could have seen %v %%, interval %v", d[4].Verdict.Percent, d[4].HasCI)
	}
}

// Under the null hypothesis of ten comparisons, hardly ever one is called.
func TestJudgeFamilyWiseErrors(t *testing.T) {
	const trials = 600
	wrong := 0
	for i := range trials {
		var sets [][]float64
		for j := range 10 {
			sets = append(sets, drawn(uint64(1000+i*10+j), 12, 1, 0.03))
		}
		for _, d := range Judge(sets, "higher", 0.02) {
			if d.Verdict.Kind == Faster || d.Verdict.Kind == Slower {
				wrong++
				break
			}
		}
	}
	if share := float64(wrong) / trials; share > 0.05 {
		t.Errorf("%.3f of the sessions without a difference called one", share)
	}
}

func TestVerdictWords(t *testing.T) {
	for _, tt := range []struct {
		v           Verdict
		long, short string
	}{
		{Verdict{Kind: Faster}, "faster", "faster"},
		{Verdict{Equivalent, 2, 0}, "equivalent within 2 %", "equivalent"},
		{Verdict{Equivalent, 0.5, 0}, "equivalent within 0.5 %", "equivalent"},
		{Verdict{Undecided, 12.3, 9}, "undecided: could have missed 12.3 %", "undecided 12%"},
		{Verdict{Undecided, math.Inf(1), math.Inf(1)}, "undecided: too few blocks to find any difference", "too few blocks"},
	} {
		if tt.v.String() != tt.long || tt.v.Short() != tt.short {
			t.Errorf("%q, %q, want %q, %q", tt.v, tt.v.Short(), tt.long, tt.short)
		}
	}
}

// With a unit of which less is better, a ratio below 1 is faster.
func TestJudgeLower(t *testing.T) {
	d := Judge([][]float64{drawn(1, 12, 1.10, 0.01), drawn(2, 12, 0.90, 0.01)}, "lower", 0.02)
	if d[0].Verdict.Kind != Slower || d[1].Verdict.Kind != Faster {
		t.Errorf("%v, %v", d[0].Verdict, d[1].Verdict)
	}
}

func TestComparePairsByBlock(t *testing.T) {
	const c = Case("conns=10/size=1024/depth=1")
	var samples []Sample
	sample := func(s Server, block int, rate float64) {
		samples = append(samples, Sample{Name: named(s, c), Block: block, Iters: 1, Values: map[string]float64{"msg/s": rate}})
	}
	for block := 1; block <= 12; block++ {
		drift := 1000 * float64(block) // by a factor of 12: only pairing sees through it
		sample("server=other", block, drift*0.9+float64(block))
		if block != 3 { // the second process stands in for the first
			sample(rawIO, block, drift)
		}
		sample(rawIO.Second(), block, drift+float64(block%3-1))
	}
	j := Compare(samples, "msg/s", Terms{Margin: 0.02})
	if len(j.Others) != 1 || len(j.AA) != 1 || len(j.Pooled) != 0 {
		t.Fatalf("%d comparisons, %d A/A pairs, %d pooled, want one, one and none", len(j.Others), len(j.AA), len(j.Pooled))
	}
	o, aa := j.Others[0], j.AA
	if o.N != 12 || o.Verdict.Kind != Slower || fmt.Sprintf("%.3f", o.Ratio) != "0.901" {
		t.Errorf("other: %+v", o)
	}
	if aa[0].Verdict.Kind != Equivalent {
		t.Errorf("A/A: %+v", aa[0])
	}
	if ref, _ := Reference(samples); ref != rawIO {
		t.Errorf("reference %s, want raw", ref)
	}
}

// Over all cases, each round in which all of them have a ratio is one.
func TestComparePooled(t *testing.T) {
	var samples []Sample
	for round := 1; round <= 12; round++ {
		for i, c := range []Case{"conns=1/size=1/depth=1", "conns=9/size=1/depth=1"} {
			for s, v := range map[Server]float64{rawIO: 100, "server=other": 100 * []float64{1.02, 1.08}[i]} {
				if c == "conns=9/size=1/depth=1" && round == 5 && s != rawIO {
					continue
				}
				samples = append(samples, Sample{Name: named(s, c), Block: 2*round + i, Round: round, Values: map[string]float64{"cpu-ns/msg": v + float64(round%3)/100}})
			}
		}
	}
	p := Compare(samples, "cpu-ns/msg", Terms{Margin: 0.02}).Pooled
	if len(p) != 1 || p[0].N != 11 || p[0].Rounds != 11 || p[0].Of != 12 || p[0].Case != "" || p[0].Verdict.Kind != Slower || fmt.Sprintf("%.3f", p[0].Ratio) != "1.050" {
		t.Errorf("%+v", p)
	}
}

// Where starts of the servers differ, a start is one.
func TestCompareByEpoch(t *testing.T) {
	const c = Case("conns=1/size=1/depth=1")
	var samples []Sample
	for block := range 120 {
		epoch := block/12 + 1
		start := []float64{1, 1.1}[epoch%2]
		for s, v := range map[Server]float64{rawIO: 100, "server=other": 100 * start} {
			samples = append(samples, Sample{Name: named(s, c), Block: block + 1, Epoch: epoch, Values: map[string]float64{"cpu-ns/msg": v * (1 + float64(block%5)/1000)}})
		}
	}
	if d := Compare(samples, "cpu-ns/msg", Terms{Margin: 0.02}).Others[0]; !d.ByEpoch || d.N != 10 || d.Verdict.Kind != Undecided {
		t.Errorf("%+v", d)
	}
}
