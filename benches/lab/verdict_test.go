package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// ratios draws n of them around center with a relative spread.
func ratios(seed uint64, n int, center, spread float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 9))
	out := make([]float64, n)
	for i := range out {
		out[i] = center * math.Exp(spread*rng.NormFloat64())
	}
	return out
}

func TestJudge(t *testing.T) {
	d := Judge([][]float64{
		ratios(1, 12, 1.10, 0.01),
		ratios(2, 12, 0.90, 0.01),
		ratios(3, 12, 1.00, 0.01),
		ratios(4, 12, 1.00, 0.20),
		ratios(5, 4, 1.10, 0.01),
	})
	for i, want := range []Kind{Faster, Slower, NoDifference, Underpowered, Underpowered} {
		if d[i].Verdict.Kind != want {
			t.Errorf("set %d: %v (%+v), want kind %d", i, d[i].Verdict, d[i], want)
		}
	}
	if p := d[2].Verdict.Percent; p < 0.2 || p > 2 {
		t.Errorf("excluded %v %%, want about 1", p)
	}
	if p := d[3].Verdict.Percent; p < 5 || p > 60 {
		t.Errorf("could have missed %v %%, want about 40", p)
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
			sets = append(sets, ratios(uint64(1000+i*10+j), 12, 1, 0.03))
		}
		for _, d := range Judge(sets) {
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
		{Verdict{NoDifference, 1.94}, "no difference above 1.9 %", "no diff > 1.9%"},
		{Verdict{Underpowered, 12.3}, "underpowered: could have missed 12.3 %", "underpowered 12%"},
		{Verdict{Underpowered, math.Inf(1)}, "underpowered: too few blocks to find any difference", "too few blocks"},
	} {
		if tt.v.String() != tt.long || tt.v.Short() != tt.short {
			t.Errorf("%q, %q, want %q, %q", tt.v, tt.v.Short(), tt.long, tt.short)
		}
	}
}

func TestComparePairsByBlock(t *testing.T) {
	var b strings.Builder
	f, err := NewFile(&b, []Fact{{Key: "goos", Value: "linux"}})
	if err != nil {
		t.Fatal(err)
	}
	c := Case{10, 1024, 1}
	raw := Variant{Server: Own, IO: "raw"}
	sample := func(v Variant, block int, rate float64) {
		f.Sample(Sample{v, c, block, 1, map[string]float64{"msg/s": rate}})
	}
	for block := 1; block <= 12; block++ {
		f.Block(Block{ID: block, Round: block, Case: c})
		drift := 1000 * float64(block) // by a factor of 12: only pairing sees through it
		sample(Variant{Server: "other"}, block, drift*0.9+float64(block))
		if block != 3 {
			sample(raw, block, drift)
		}
		sample(Variant{Server: Own, IO: "raw", AA: true}, block, drift+float64(block%3-1))
	}
	res, err := Read(strings.NewReader(b.String()), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	others, aa := res.Compare()
	if len(others) != 1 || len(aa) != 1 {
		t.Fatalf("%d comparisons and %d A/A pairs, want one each", len(others), len(aa))
	}
	o := others[0]
	if o.N != 11 || o.Verdict.Kind != Slower || fmt.Sprintf("%.3f", o.Ratio) != "0.901" {
		t.Errorf("other: %+v", o)
	}
	if aa[0].Verdict.Kind != NoDifference {
		t.Errorf("A/A: %+v", aa[0])
	}
	if ref, _ := res.Reference(); ref.key() != raw.key() {
		t.Errorf("reference %+v, want raw", ref)
	}
}
