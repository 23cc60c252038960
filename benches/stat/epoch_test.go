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
	if !coarse || len(units) != 10 || math.Abs(units[0]-Shift(values[:12])) > 1e-12 {
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
	if alarms > 85 { // 60 expected; the probability of more than 85 is below 0.0005
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

// Many epochs are always the units; few of many values are cut into batches.
func TestBatches(t *testing.T) {
	values, of := inEpochs(1, 20, 3, 0)
	if units, coarse := Units(values, of); !coarse || len(units) != 20 {
		t.Errorf("20 epochs: %d units, by epochs %v", len(units), coarse)
	}
	for n, want := range map[int]int{7: 7, 30: 30, 31: 30, 300: 30} {
		values, of := inEpochs(1, 1, n, 0)
		units, coarse := Units(values, of)
		if coarse || len(units) != want || n == 300 && math.Abs(units[1]-Shift(values[10:20])) > 1e-12 {
			t.Errorf("%d values: %d units, want %d", n, len(units), want)
		}
	}
}

// Where neighbors depend on each other, the units find differences that are none less
// often than the single values.
func TestBatchesKeepTheLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	single, byUnits := 0, 0
	for range 300 {
		values, last := make([]float64, 175), rng.NormFloat64()
		for i := range values {
			last = 0.3*last + math.Sqrt(1-0.3*0.3)*rng.NormFloat64()
			values[i] = last
		}
		if SignedRank(values) <= 0.05 {
			single++
		}
		if units, _ := Units(values, make([]int, len(values))); SignedRank(units) <= 0.05 {
			byUnits++
		}
	}
	if byUnits > 31 || single < 31 { // 18 and 45 expected
		t.Errorf("of 300 sets without a difference the single values called %d different, the units %d", single, byUnits)
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
