package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// inEpochs draws values of epochs whose starts differ by spread, noise 1 apart.
func inEpochs(seed uint64, epochs, each int, spread float64) (values []float64, of []int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	for e := range epochs {
		start := spread * rng.NormFloat64()
		for range each {
			values = append(values, start+rng.NormFloat64())
			of = append(of, e)
		}
	}
	return values, of
}

func TestUnits(t *testing.T) {
	values, of := inEpochs(1, 10, 12, 3)
	units, coarse := Units(values, of)
	if !coarse || len(units) != 10 || math.Abs(units[0]-mean(values[:12])) > 1e-12 {
		t.Errorf("epochs that differ: %d units, by epochs %v", len(units), coarse)
	}
	for _, one := range [][]int{make([]int, 5), {0, 1, 2, 3, 4}} {
		if units, coarse := Units([]float64{1, 2, 3, 4, 5}, one); coarse || len(units) != 5 {
			t.Errorf("epochs %v: %d units, by epochs %v", one, len(units), coarse)
		}
	}
	if units, coarse := Units(nil, nil); coarse || len(units) != 0 {
		t.Error("no values have units")
	}
}

// Epochs that do not differ are seldom said to.
func TestUnitsFalseAlarms(t *testing.T) {
	alarms := 0
	for seed := range uint64(300) {
		values, of := inEpochs(seed, 10, 8, 0)
		if _, coarse := Units(values, of); coarse {
			alarms++
		}
	}
	if alarms > 30 { // 15 expected; the probability of more than 30 is below 0.0005
		t.Errorf("%d of 300 sets without a difference were taken by epochs", alarms)
	}
}

// Where starts differ, a test of the single values finds differences that are
// none; a test of the units does not.
func TestUnitsKeepTheLevel(t *testing.T) {
	single, byUnits := 0, 0
	for seed := range uint64(200) {
		values, of := inEpochs(seed, 10, 12, 1)
		if d := (Family{}).Judge([][]float64{values})[0]; d.Kind != Undecided {
			single++
		}
		units, _ := Units(values, of)
		if d := (Family{}).Judge([][]float64{units})[0]; d.Kind != Undecided {
			byUnits++
		}
	}
	if byUnits > 22 { // 10 expected; the probability of more than 22 is below 0.0005
		t.Errorf("%d of 200 sets without a difference were called different", byUnits)
	}
	if single < 2*byUnits {
		t.Errorf("the single values called %d different, the units %d", single, byUnits)
	}
}

func TestRatioUnits(t *testing.T) {
	units, coarse := RatioUnits([]float64{1, 4, 100, 400}, []int{0, 0, 1, 1})
	if coarse {
		t.Error("two epochs of two were found to differ")
	}
	if len(units) != 4 || math.Abs(units[3]-400) > 1e-9 {
		t.Errorf("%v", units)
	}
}
