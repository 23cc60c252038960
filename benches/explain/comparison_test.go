package explain

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"wsbench/benches/stat"
)

// runsOf are n runs in which function f takes about ns, of a host that drifts
// by a third between blocks.
func runsOf(rng *rand.Rand, n int, functions map[part]float64, noise float64) map[int]run {
	runs := map[int]run{}
	for b := 1; b <= n; b++ {
		drift := 1 + float64(b%4)/9 // the same for all servers of a block
		r := run{functions: map[part]float64{}}
		for _, name := range slices.SortedFunc(maps.Keys(functions), part.compare) { // in one order: the noise is drawn
			v := drift * functions[name] * (1 + noise*(rng.Float64()-0.5))
			r.functions[name] = v
			r.total += v
		}
		runs[b] = r
	}
	return runs
}

// A function that takes 10 % more in B is found beside others that do not,
// though the host drifts by more; the A/A process shows nothing.
func TestChangesFindsWhatChanged(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a := map[part]float64{{"mask", "x"}: 1000, {"tcp_sendmsg", "kernel"}: 3000, {"memmove", "x"}: 50, {"gone", "x"}: 200}
	b := map[part]float64{{"mask", "x"}: 1100, {"tcp_sendmsg", "kernel"}: 3000, {"memmove", "x"}: 50, {"new", "x"}: 300}
	base, other, second := runsOf(rng, 14, a, 0.02), runsOf(rng, 14, b, 0.02), runsOf(rng, 14, a, 0.02)
	names := above(paired(base, other), byFunction, 0)
	if len(names) != 5 {
		t.Fatalf("names %q", names)
	}
	want := map[string]Kind{"mask": More, "new": More, "gone": Less}
	for _, c := range changes(paired(base, other), paired(base, second), byFunction, names) {
		verdict := c.Kind()
		if w := want[c.Name]; w != "" && verdict != w || w == "" && (verdict == More || verdict == Less) {
			t.Errorf("%s: %s (%.1f, p %.4f)", c.Name, verdict, c.Delta, c.Adjusted)
		}
	}
}

// Of servers that are the same no function is called changed.
func TestChangesOfTheSame(t *testing.T) {
	a := map[part]float64{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		a[part{name: name}] = 1000
	}
	called := 0
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 3))
		base, other := runsOf(rng, 12, a, 0.1), runsOf(rng, 12, a, 0.1)
		for _, c := range changes(paired(base, other), paired(base, nil), byFunction, above(paired(base, other), byFunction, LeastShare)) {
			if c.Significant() {
				called++
			}
		}
	}
	if called > 4 { // 40 families at 5 %: 2 are expected
		t.Errorf("%d changes were called where there is none", called)
	}
}

func TestAboveOmitsTheSmall(t *testing.T) {
	runs := map[int]run{1: {total: 1000, functions: map[part]float64{{name: "big"}: 985, {name: "small"}: 5, {name: "edge"}: 10.1}}}
	if got := above(paired(runs, runs), byFunction, LeastShare); len(got) != 2 || got[0].name != "big" || got[1].name != "edge" {
		t.Errorf("%q", got)
	}
	if got := above(paired(runs, nil), byFunction, LeastShare); len(got) != 0 {
		t.Errorf("%q without a common block", got)
	}
}

// Needed tells the least number of blocks that can be significant at all.
func TestNeeded(t *testing.T) {
	for _, n := range []int{1, 5, 25, 200} {
		blocks := Needed(n)
		if p := stat.SignedRank(ones(blocks)); float64(n)*p >= 0.05 {
			t.Errorf("%d changes, %d blocks: the least p-value is %v", n, blocks, p)
		}
		if p := stat.SignedRank(ones(blocks - 1)); blocks > 6 && float64(n)*p < 0.05 {
			t.Errorf("%d changes: %d blocks would do", n, blocks-1)
		}
	}
}

func ones(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = 1 + float64(i)
	}
	return xs
}
