package micro

import (
	"wsbench/benches/results"
)

// Lines returns the samples for a results file, one round after the other. The
// variants' names are those of benchmarks; pkg is what was measured; bytes is
// the payload of one operation, 0 for none. The first round is block first.
func (r *Result) Lines(pkg string, bytes, first int) []results.Sample {
	var names []results.Name
	for _, name := range r.Names {
		names = append(names, results.ParseName(name))
	}
	var list []results.Sample
	for round := range r.Rounds() {
		for i, name := range names {
			ns := r.Samples[i][round]
			s := results.Sample{Name: name, Pkg: pkg, Block: first + round, Iters: int64(r.Iters[i]), Values: map[string]float64{"ns/op": ns}}
			if bytes > 0 {
				s.Values["B/s"] = float64(bytes) * 1e9 / ns
			}
			list = append(list, s)
		}
	}
	return list
}
