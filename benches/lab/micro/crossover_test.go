package micro

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// points makes those of a candidate that costs ns(size), with noise, beside
// one that costs an octet a nanosecond.
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
	c := Cross(flat, 200, 1)
	if c.Lo < 37 || c.At < c.Lo || c.Hi < c.At || c.Hi > 44 || c.First > 45 {
		t.Errorf("got %+v, want about 40", c)
	}
	if !c.Agrees(flat, 40, 0) || c.Agrees(flat, 16, 0.02) || c.Agrees(flat, 128, 0.02) {
		t.Errorf("40 should agree with %+v, 16 and 128 should not", c)
	}
	if cost := c.Cost(flat, 16); cost < 0.3 || cost > 0.6 {
		t.Errorf("16 costs %.3f, want about 0.45", cost)
	}
}

func TestCrossEnds(t *testing.T) {
	always := points(0.01, func(n int) float64 { return 0.5 * float64(n) })
	if c := Cross(always, 50, 1); c.At != 1 || c.Hi != 1 || c.First != 1 {
		t.Errorf("always the faster: %+v", c)
	}
	never := points(0.01, func(n int) float64 { return 1.5 * float64(n) })
	if c := Cross(never, 50, 1); c.At != Never || c.First != Never || c.Agrees(never, 16, 0.02) {
		t.Errorf("never the faster: %+v", c)
	}
	same := points(0.01, func(n int) float64 { return float64(n) })
	if c := Cross(same, 50, 1); !c.Agrees(same, 16, 0.02) {
		t.Errorf("no difference: %+v does not agree with 16", c)
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
	if c := Cross(steps, 50, 1); c.At < 39 || c.At > 42 {
		t.Errorf("got %+v, want about 40", c)
	}
}

func TestSweep(t *testing.T) {
	f := &fake{}
	pair := func(size int) (Func, Func) {
		return f.takes("vector", 30, 0), f.takes("word", time.Duration(size), 0)
	}
	var seen []int
	sweeper := Sweeper{SweepSizes(4, false), Plan{Clock: f.clock}, pair, func(size int, res *Result) error {
		seen = append(seen, size)
		return nil
	}}
	got, err := sweeper.Sweep(context.Background())
	if err != nil || len(got[0].Ratios) != MinRounds {
		t.Fatal(err, got[0])
	}
	if c := Cross(got, 50, 1); c.At != 31 || c.Lo != 31 || c.Hi != 31 {
		t.Errorf("got %+v, want 31", c)
	}
	if !slices.Equal(seen, sweeper.Sizes) || seen[0] != 4 || len(SweepSizes(4, true)) > len(seen)/2 {
		t.Errorf("saw %v", seen)
	}
}
