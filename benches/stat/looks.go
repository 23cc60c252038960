package stat

import (
	"fmt"
	"math"
	"sync"
)

// Looks are the times at which differences are judged while they are measured:
// each is the share of the whole that was measured by then, in ascending order.
// The last is 1 where no more are to come.
type Looks []float64

// Spending returns how much of alpha may be spent up to a share of the whole.
type Spending func(alpha, share float64) float64

// Spend is the spending function of families: the square of the share, of the power family
// of Kim and DeMets, Biometrika 74 (1987). It lies between Pocock's shape and that of O'Brien
// and Fleming, and costs the last look little.
func Spend(alpha, share float64) float64 { return alpha * share * share }

// Doubling returns n looks, each at twice the share of the one before; the last is at 1.
func Doubling(n int) (looks Looks) {
	for i := range n {
		looks = append(looks, math.Pow(2, float64(i+1-n)))
	}
	return looks
}

// Level returns the level of a two-sided test at the last of the looks, so that tests
// at all of them have a false alarm with a probability of at most alpha.
func (l Looks) Level(alpha float64) float64 {
	if len(l) == 0 || l[0] >= 1 {
		return alpha // one look spends all, exactly
	}
	key := fmt.Sprint(alpha, []float64(l))
	if level, ok := levels.Load(key); ok {
		return level.(float64)
	}
	all := l.Levels(alpha, Spend)
	level := all[len(all)-1]
	levels.Store(key, level)
	return level
}

var levels sync.Map // of Looks.Level, by its arguments

// Levels returns the level of a two-sided test at each look, at which the probability
// of a false alarm up to there is what spend allows. The statistic is taken for a
// Brownian motion of the share, as means and rank sums are with many values.
//
// It follows Lan and DeMets, Biometrika 70 (1983); the integration is that of
// Armitage, McPherson and Rowe, JRSS A 132 (1969).
func (l Looks) Levels(alpha float64, spend Spending) (list []float64) {
	var d density
	spent := 0.0
	for i, share := range l {
		step := share
		if i > 0 {
			step -= l[i-1]
		}
		now := spend(alpha, share) - spent
		z := 0.0
		switch {
		case now < leastSpent || step <= 0: // too little to tell from 0
			z = farthest
		case i == 0:
			z = normalQuantile(1 - now/2)
		default:
			z = farthest * bisect(func(b float64) bool { return d.beyond(farthest*b*math.Sqrt(share), step) > now })
		}
		if z < farthest {
			spent += now
			list = append(list, 2*normalCDF(-z))
		} else {
			list = append(list, 0)
		}
		d = d.next(z*math.Sqrt(share), step)
	}
	return list
}

const (
	leastSpent = 1e-12
	farthest   = 9   // standard deviations
	cells      = 400 // of a density, an even number
)

// density is the sub-density of a Brownian motion that has crossed no boundary: its
// values at cells+1 points from -edge to edge. The zero value is the motion before its first
// step, at 0.
type density struct {
	edge   float64
	values []float64
}

// each calls f with the points of d and their probabilities, by Simpson's rule.
func (d density) each(f func(x, p float64)) {
	if d.values == nil {
		f(0, 1)
		return
	}
	h := 2 * d.edge / cells
	for i, v := range d.values {
		w := 2.0
		switch {
		case i == 0 || i == cells:
			w = 1
		case i%2 == 1:
			w = 4
		}
		f(-d.edge+float64(i)*h, v*w*h/3)
	}
}

// beyond returns the probability to be farther than b from 0 after a step of a variance.
func (d density) beyond(b, variance float64) (sum float64) {
	sd := math.Sqrt(variance)
	d.each(func(x, p float64) { sum += p * (normalCDF((-b-x)/sd) + normalCDF((x-b)/sd)) })
	return sum
}

// next returns the density after a step of a variance, within b.
func (d density) next(b, variance float64) density {
	if variance <= 0 {
		return d
	}
	after := density{b, make([]float64, cells+1)}
	norm := 1 / math.Sqrt(2*math.Pi*variance)
	for i := range after.values {
		y := -b + float64(i)*2*b/cells
		d.each(func(x, p float64) { after.values[i] += p * norm * math.Exp(-(y-x)*(y-x)/(2*variance)) })
	}
	return after
}
