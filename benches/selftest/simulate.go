package selftest

import (
	"context"
	"math"
	"math/rand/v2"
)

// Model is noise of the logarithms of ratios, without a difference.
type Model struct {
	Name, Meaning string
	// draw returns n values in epochs of equal length, of a spread of about 1.
	draw func(rng *rand.Rand, n, epochs int) []float64
}

// Models are kinds of noise that hosts have.
var Models = []Model{
	{"normal", "independent, of the normal distribution", func(rng *rand.Rand, n, _ int) []float64 {
		return values(n, func(int) float64 { return rng.NormFloat64() })
	}},
	{"heavy tails", "independent, of Student's distribution with 2 degrees of freedom", func(rng *rand.Rand, n, _ int) []float64 {
		return values(n, func(int) float64 { return rng.NormFloat64() / math.Sqrt(rng.ExpFloat64()) })
	}},
	{"bursts", "normal, in a tenth of the session ten times as wide", func(rng *rand.Rand, n, _ int) []float64 {
		from := rng.IntN(max(1, n-n/10))
		return values(n, func(i int) float64 {
			if x := rng.NormFloat64(); i < from || i >= from+n/10 {
				return x
			} else {
				return 10 * x
			}
		})
	}},
	{"drift", "normal, with a drift from one spread below to one above, or the reverse", func(rng *rand.Rand, n, _ int) []float64 {
		slope := float64(2*rng.IntN(2) - 1)
		return values(n, func(i int) float64 { return rng.NormFloat64() + slope*(2*float64(i)/float64(n)-1) })
	}},
	{"autocorrelation", "normal, each correlated with the one before by 0.3", func(rng *rand.Rand, n, _ int) []float64 {
		last := rng.NormFloat64()
		return values(n, func(int) float64 {
			last = 0.3*last + math.Sqrt(1-0.3*0.3)*rng.NormFloat64()
			return last
		})
	}},
	{"starts", "normal, each start of a server with a shift of its own of half the spread", func(rng *rand.Rand, n, epochs int) []float64 {
		shifts := values(epochs, func(int) float64 { return rng.NormFloat64() / 2 })
		return values(n, func(i int) float64 { return shifts[i*epochs/n] + rng.NormFloat64() })
	}},
}

func values(n int, f func(i int) float64) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = f(i)
	}
	return list
}

// Simulation is how sessions of simulated noise are judged.
type Simulation struct {
	Model  Model
	Epochs int // of each comparison
	Tally
}

// Simulated is what simulated sessions are like.
type Simulated struct {
	Sessions int
	Blocks   int     // of each comparison
	Epochs   []int   // likewise: sessions of each number; few are judged by batches of blocks, many by epochs
	Spread   float64 // standard deviation of the logarithms
	Margin   float64
	Seed     uint64
}

// Run judges sessions of each model, with each number of epochs. The end of ctx ends it early, with its
// error.
func (s Simulated) Run(ctx context.Context) (list []Simulation, err error) {
	for m, model := range Models {
		for _, epochs := range s.Epochs {
			t := Tally{}
			if err := t.judgeAll(ctx, s.Sessions, "lower", s.Margin, func(i int) family {
				return s.family(model, epochs, rand.New(rand.NewPCG(s.Seed, uint64(m*s.Sessions+i))))
			}); err != nil {
				return list, err
			}
			list = append(list, Simulation{model, epochs, t})
		}
	}
	return list, nil
}

func (s Simulated) family(m Model, epochs int, rng *rand.Rand) (f family) {
	for range Family {
		f.same = append(f.same, s.pairs(m, epochs, 0, rng).units())
		f.blocks += s.Blocks
	}
	for _, share := range Levels {
		f.slow = append(f.slow, slowSet{share, 0, s.pairs(m, epochs, share, rng).units()})
	}
	return f
}

// pairs returns ratios with a difference of share.
func (s Simulated) pairs(m Model, epochs int, share float64, rng *rand.Rand) (p paired) {
	for i, x := range m.draw(rng, s.Blocks, epochs) {
		p.add((1+share)*math.Exp(s.Spread*x), 1, i*epochs/s.Blocks)
	}
	return p
}
