package results

import (
	"math"
	"testing"
)

func TestExactChanges(t *testing.T) {
	for _, tt := range []struct {
		a, b   []float64
		want   Finding
		word   string
		ratio  float64
		beyond Finding // of 10 %
	}{
		{[]float64{2}, []float64{2}, Equivalent, "the same", 1, Equivalent},
		{[]float64{0, 0, 0}, []float64{0, 0, 0}, Equivalent, "the same", 1, Equivalent},
		{[]float64{0, 0, 0, 0}, []float64{1, 1, 1, 1}, Slower, "more", math.Inf(1), Slower},
		{[]float64{100, 100, 101, 100}, []float64{102, 103, 103, 103}, Slower, "more", 1.03, Equivalent},
		{[]float64{4, 4, 4, 4}, []float64{1, 1, 1, 1}, Faster, "less", 0.25, Equivalent},
		{[]float64{12, 13, 12, 12}, []float64{12, 12, 13, 12}, Undecided, "varies", 1, Undecided},
		{[]float64{12, 12, 12}, []float64{14, 14, 14}, Undecided, "varies", 14. / 12, Undecided}, // 1 of 10 is so by chance
	} {
		var samples []Sample
		for i := range tt.a {
			samples = append(samples,
				sided("F/server=old", i+1, 1, map[string]float64{"allocs/op": tt.a[i]}),
				sided("F/server=new", i+1, 1, map[string]float64{"allocs/op": tt.b[i]}))
		}
		list := ExactChanges(samples, "old", "new", "allocs/op")
		if len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		c := list[0]
		if long, short := c.Words(); c.Verdict.Kind != tt.want || long != tt.word || short != tt.word || c.Ratio != tt.ratio {
			t.Errorf("%v, %v: %v %q, ratio %v; want %v %q, %v", tt.a, tt.b, c.Verdict.Kind, long, c.Ratio, tt.want, tt.word, tt.ratio)
		}
		if got := c.SlowerBy(0.1, c.Unit.Better); got != tt.beyond {
			t.Errorf("%v, %v: %v, want %v", tt.a, tt.b, got, tt.beyond)
		}
	}
}

// Of a family in which more benchmarks vary, more samples are needed.
func TestExactFamily(t *testing.T) {
	for sides, want := range map[int]Finding{4: Undecided, 6: Slower} {
		var samples []Sample
		for _, name := range []string{"F", "G", "H"} {
			for i := range sides {
				samples = append(samples,
					sided(name+"/server=old", i+1, 1, map[string]float64{"B/op": 16}),
					sided(name+"/server=new", i+1, 1, map[string]float64{"B/op": 24}))
			}
		}
		for _, c := range ExactChanges(samples, "old", "new", "B/op") {
			if c.Verdict.Kind != want {
				t.Errorf("%d samples of each side: %s is %v, want %v", sides, c.Name, c.Verdict.Kind, want)
			}
		}
	}
	if p := apart(4, 4); math.Abs(p-2./70) > 1e-12 {
		t.Errorf("apart(4, 4) = %v, want 2/70", p)
	}
}
