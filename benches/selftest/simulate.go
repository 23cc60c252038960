package selftest

import (
	"context"
	"math"
	"math/rand/v2"

	"wsbench/benches/results"
	"wsbench/benches/stat"
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
	{"drift", "normal, with a drift of the ratio from a tenth of the spread below to a tenth above, or the reverse", drift(0.1)},
	{"strong drift", "normal, with a drift of the ratio from one spread below to one above, or the reverse: looks before the end see one half of it", drift(1)},
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

// drift returns a draw of normal values with a drift of so many spreads in each half.
func drift(spreads float64) func(rng *rand.Rand, n, epochs int) []float64 {
	return func(rng *rand.Rand, n, _ int) []float64 {
		slope := spreads * float64(2*rng.IntN(2)-1)
		return values(n, func(i int) float64 { return rng.NormFloat64() + slope*(2*float64(i)/float64(n)-1) })
	}
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
	Judging
	Blocks int     // of each comparison
	Epochs []int   // likewise: sessions of each number; few are judged by batches of blocks, many by epochs
	Spread float64 // standard deviation of the logarithms of ratios to the mean of two processes
}

// Run judges sessions of each model, with each number of epochs. The end of ctx ends it early, with its
// error.
func (s Simulated) Run(ctx context.Context) (list []Simulation, err error) {
	for m, model := range Models {
		for _, epochs := range s.Epochs {
			t := Tally{}
			if err := t.judgeAll(ctx, s.Sessions, "lower", func(i int) family {
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
	f.terms = results.Terms{Margin: s.Margin, Looks: s.looks()}
	for range Family {
		f.same = append(f.same, f.terms.Series(s.pairs(m, epochs, 0, rng)))
		f.blocks += s.Blocks
	}
	for _, share := range Levels {
		f.slow = append(f.slow, slowSet{share, 0, f.terms.Series(s.pairs(m, epochs, share, rng))})
	}
	return f
}

// looks returns those before the end.
func (s Simulated) looks() (list []results.Look) {
	for _, share := range stat.Doubling(s.Looks) {
		if share < 1 {
			list = append(list, results.Look{Block: int(share * float64(s.Blocks)), Share: share})
		}
	}
	return list
}

// pairs returns ratios with a difference of share.
func (s Simulated) pairs(m Model, epochs int, share float64, rng *rand.Rand) (p paired) {
	for i, x := range m.draw(rng, s.Blocks, epochs) {
		p.add((1+share)*math.Exp(s.Spread*x), 1, round{block: i + 1, epoch: i * epochs / s.Blocks})
	}
	return p
}
