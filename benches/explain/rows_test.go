package explain

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// In a row of a comparison A and the change make B, whatever the unpaired
// medians say: here they say that B takes less, and every pair but one more.
func TestRowsAddUp(t *testing.T) {
	base, other := map[int]run{}, map[int]run{}
	for b, ns := range [][2]float64{{11265.4, 11649.9}, {9000, 9390}, {9100, 9480}, {13000, 11148.2}, {13100, 13480.3}} {
		base[b] = run{total: ns[0], functions: map[part]float64{{name: "f"}: ns[0], {name: "small"}: ns[0] / 1e3, {name: "gone"}: 7}}
		other[b] = run{total: ns[1], functions: map[part]float64{{name: "f"}: ns[1], {name: "small"}: ns[1] / 1e3, {name: "new"}: 123.4}}
	}
	a := &Analysis{Results: &results.Results{}}
	c := a.compare(&Subject{}, &Subject{}, base, other, nil)
	c.Functions = changes(paired(base, other), paired(base, nil), byFunction, []part{{name: "f"}, {name: "small"}, {name: "gone"}, {name: "new"}})
	for _, x := range append(c.Functions, c.Total) {
		if math.Abs(x.A+x.Delta-x.B) > 1e-9 {
			t.Errorf("%+v", x)
		}
	}
	if c.Total.Delta <= 0 {
		t.Errorf("the change is %v, where it is positive in all pairs but one", c.Total.Delta)
	}
}

// As many rounds as are planned tell one change among as many rows as a table
// can have; one round less does not.
func TestRoundsAreEnough(t *testing.T) {
	rounds, rows := Rounds(attribution.Default()), int(2/LeastShare)
	for _, tt := range []struct {
		rounds int
		want   bool
	}{{rounds, true}, {rounds + 3, true}, {rounds - 1, false}} {
		rng := rand.New(rand.NewPCG(7, uint64(tt.rounds)))
		base, other := map[int]run{}, map[int]run{}
		var names []part
		for row := range rows {
			names = append(names, part{name: strconv.Itoa(row)})
		}
		for b := range tt.rounds {
			base[b], other[b] = run{functions: map[part]float64{}}, run{functions: map[part]float64{}}
			for _, name := range names {
				base[b].functions[name], other[b].functions[name] = 100+rng.Float64(), 100+rng.Float64()
			}
			other[b].functions[names[0]] += 10
		}
		for _, c := range changes(paired(base, other), paired(base, nil), byFunction, names) {
			if c.Name == names[0].name && c.Significant() != tt.want {
				t.Errorf("%d rounds: p %v, corrected %v", tt.rounds, c.P, c.Adjusted)
			}
		}
	}
}
