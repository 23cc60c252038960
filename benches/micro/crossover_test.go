package micro

import (
	"math"
	"math/rand/v2"
	"testing"

	"wsbench/benches/stat"
)

// points makes those of a candidate that costs ns(size), with noise, beside
// one that costs a byte per nanosecond.
func points(noise float64, ns func(size int) float64) (list []Point) {
	draw := rand.New(rand.NewPCG(3, 4))
	for size := 1; size <= 256; size++ {
		p := Point{Size: size}
		for range 15 {
			p.Ratios = append(p.Ratios, float64(size)/ns(size)*math.Exp(noise*draw.NormFloat64()))
		}
		list = append(list, p)
	}
	return list
}

func TestCross(t *testing.T) {
	flat := points(0.05, func(int) float64 { return 40 }) // wins from 41 on
	c := Cross(flat, 40, 200, 1)
	if c.Lo < 37 || c.At < c.Lo || c.Hi < c.At || c.Hi > 44 || c.First < 37 || c.First > 45 {
		t.Errorf("got %+v, want about 40", c)
	}
	if c.Cost.Lo < -0.05 || c.Cost.Share > c.Cost.Hi || c.Cost.Hi > 0.15 {
		t.Errorf("40 costs %+v, want about 0", c.Cost)
	}
	for _, from := range []int{16, 128} {
		if c := Cross(flat, from, 200, 1); c.Cost.Judge(0.02) != Disagrees {
			t.Errorf("%d costs %+v and does not disagree", from, c.Cost)
		}
	}
	if c := Cross(flat, 16, 200, 1).Cost; c.Lo < 0.3 || c.Hi > 0.6 || c.Share < c.Lo || c.Share > c.Hi {
		t.Errorf("16 costs %+v, want about 0.45", c)
	}
}

func TestCrossEnds(t *testing.T) {
	always := points(0.01, func(n int) float64 { return 0.5 * float64(n) })
	if c := Cross(always, 1, 50, 1); c.At != 1 || c.Hi != 1 || c.First != 1 || c.Cost != (Cost{}) {
		t.Errorf("always the faster: %+v", c)
	}
	never := points(0.01, func(n int) float64 { return 1.5 * float64(n) })
	if c := Cross(never, 16, 50, 1); c.At != Never || c.First != Never || c.Cost.Judge(0.02) != Disagrees {
		t.Errorf("never the faster: %+v", c)
	}
	same := points(0.001, func(n int) float64 { return float64(n) })
	if c := Cross(same, 16, 50, 1); c.Cost.Judge(0.02) != Agrees {
		t.Errorf("no difference: %+v does not agree with 16", c)
	}
}

// Noise refutes nothing and confirms nothing.
func TestCrossCannotTell(t *testing.T) {
	noisy := points(0.4, func(n int) float64 { return float64(n) })
	if c := Cross(noisy, 16, 200, 1); c.Cost.Judge(0.02) != CannotTell {
		t.Errorf("noise alone: %+v", c)
	}
	// Not even for the very threshold that is best in this sample.
	at := Cross(noisy, 16, 200, 1).At
	if c := Cross(noisy, at, 200, 1); c.Cost.Share != 0 || c.Cost.Judge(0.02) != CannotTell {
		t.Errorf("noise alone, from %d: %+v", at, c)
	}
}

// A size that wins alone is not the first: the next one has to win too.
func TestCrossFirst(t *testing.T) {
	list := points(0.001, func(n int) float64 {
		if n == 20 || n == 256 || n >= 100 && n < 200 {
			return 0.9 * float64(n)
		}
		return 1.1 * float64(n)
	})
	if c := Cross(list, 16, 1, 1); c.First != 100 {
		t.Errorf("wins first at %d, want 100", c.First)
	}
	if c := Cross(list[200:], 16, 1, 1); c.First != Never {
		t.Errorf("wins first at %d: the last size has no next", c.First)
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   Judgement
	}{
		{0.98, 1.3, Agrees}, {0.97, 1.3, CannotTell}, {0.5, 0.98, CannotTell}, {0.5, 0.97, Disagrees},
	} {
		if got := (Estimate{1, stat.Interval{Lo: c.lo, Hi: c.hi}}).Judge(0.02); got != c.want {
			t.Errorf("ratio in [%v,%v]: %v, want %v", c.lo, c.hi, got, c.want)
		}
	}
	for _, c := range []struct {
		cost Cost
		want Judgement
	}{
		{Cost{0.01, -0.01, 0.02}, Agrees}, {Cost{0.01, 0, 0.021}, CannotTell}, {Cost{0.03, 0.02, 0.04}, CannotTell}, {Cost{0.03, 0.021, 0.04}, Disagrees},
	} {
		if got := c.cost.Judge(0.02); got != c.want {
			t.Errorf("%+v: %v, want %v", c.cost, got, c.want)
		}
	}
}

// One size at which the candidate stumbles moves nothing.
func TestCrossSteps(t *testing.T) {
	steps := points(0.01, func(n int) float64 {
		if n%64 == 1 {
			return 1.2 * float64(n)
		}
		return 20 + 0.5*float64(n)
	})
	if c := Cross(steps, 40, 50, 1); c.At < 39 || c.At > 42 {
		t.Errorf("got %+v, want about 40", c)
	}
}

func TestPool(t *testing.T) {
	p := Pool([]Point{{20, []float64{2, 1}}}, []Point{{20, []float64{0.5, 4}}})
	if p[0].Size != 20 || p[0].Ratios[0] != 1 || p[0].Ratios[1] < 1.999 || p[0].Ratios[1] > 2.001 {
		t.Errorf("got %v", p)
	}
}
