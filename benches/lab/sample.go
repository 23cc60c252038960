package lab

import (
	"math"
	"strconv"

	"golang.org/x/perf/benchfmt"
)

// Sample is one turn of a variant under a case.
type Sample struct {
	Variant  Variant
	Case     Case
	Block    int                // of the samples it is compared with
	Messages int64              // echoed within the window
	Values   map[string]float64 // by unit, as written; what was not measured is absent
}

// Name is the sample's benchmark name.
func (s Sample) Name() string { return s.Variant.Name(s.Case) }

// result is the sample as a benchmark line.
func (s Sample) result() *benchfmt.Result {
	r := &benchfmt.Result{
		Name:  benchfmt.Name(s.Name()[len("Benchmark"):]),
		Iters: int(s.Messages),
	}
	for _, u := range Units {
		if v, ok := s.Values[u.Name]; ok {
			r.Values = append(r.Values, benchfmt.Value{Value: significant(v), Unit: u.Name})
		}
	}
	return r
}

// significant is v to six significant digits, and whole above a million.
func significant(v float64) float64 {
	if math.Abs(v) >= 1e6 {
		return math.Round(v)
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// sampleOf reads a sample back; ok is false for the line of another benchmark.
func sampleOf(r *benchfmt.Result, block int) (Sample, bool) {
	v, c, ok := parseName(r.Name.String())
	if !ok {
		return Sample{}, false
	}
	return Sample{Variant: v, Case: c, Block: block, Messages: int64(r.Iters), Values: written(r)}, true
}

// written are the values of r by unit, as they stand in the file: benchfmt
// makes seconds of what ends in ns.
func written(r *benchfmt.Result) map[string]float64 {
	values := map[string]float64{}
	for _, v := range r.Values {
		if v.OrigUnit != "" {
			values[v.OrigUnit] = v.OrigValue
		} else {
			values[v.Unit] = v.Value
		}
	}
	return values
}
