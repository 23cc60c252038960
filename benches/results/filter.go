package results

import (
	"slices"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// Filter keeps the samples, and of these the values, that a query matches, and
// the discarded runs that it would match as samples. A query is such as "/io:epoll .unit:(msg/s OR cpu-ns/msg)". Package benchproc/syntax of
// golang.org/x/perf describes the language.
func (r *Results) Filter(query string) error {
	f, err := benchproc.NewFilter(query)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	units := map[string]map[string]float64{} // by base name, for runs that have no values
	var kept []Sample
	for _, s := range r.Samples {
		units[s.Name.Base] = s.Values
		b := r.benchfmt(s)
		if ok, _ := f.Apply(b); !ok {
			continue
		}
		s.Values = written(b)
		kept = append(kept, s)
		names[s.Name.String()] = true
	}
	r.Samples = kept
	r.Discarded = slices.DeleteFunc(r.Discarded, func(d Discarded) bool {
		if len(d.Values) == 0 {
			d.Values = units[d.Name.Base]
		}
		ok, _ := f.Apply(r.benchfmt(d.Sample))
		return !ok
	})
	other := func(l Latency) bool { return !names[l.Name.String()] }
	r.Latencies, r.Pacing = slices.DeleteFunc(r.Latencies, other), slices.DeleteFunc(r.Pacing, other)
	return nil
}

// benchfmt returns s with the file configuration, as benchproc takes it.
func (r *Results) benchfmt(s Sample) *benchfmt.Result {
	b := &benchfmt.Result{Name: benchfmt.Name(s.Name.String()[len("Benchmark"):]), Iters: int(s.Iters)}
	for key, value := range r.Config {
		b.SetConfig(key, value)
	}
	b.SetConfig("pkg", s.Pkg)
	for _, unit := range inOrder(s.Values) {
		b.Values = append(b.Values, benchfmt.Value{Value: s.Values[unit], Unit: unit})
	}
	return b
}
