package micro

import (
	"golang.org/x/perf/benchfmt"

	"wsbench/benches/lab"
)

// Write adds the samples to a results file, one line each, a round after the
// other. names are those of the benchmarks, by variant, without "Benchmark";
// octets is the payload of one operation, 0 for none.
func (r *Result) Write(f *lab.File, pkg string, names []string, octets int) error {
	for round := range r.Rounds() {
		for i, name := range names {
			ns := r.Samples[i][round]
			line := &benchfmt.Result{
				Name:   benchfmt.Name(name),
				Iters:  r.Iters[i],
				Values: []benchfmt.Value{{Value: ns, Unit: "ns/op"}},
			}
			if octets > 0 {
				line.Values = append(line.Values, benchfmt.Value{Value: float64(octets) * 1e9 / ns, Unit: "B/s"})
			}
			if err := f.Component(pkg, line); err != nil {
				return err
			}
		}
	}
	return nil
}
