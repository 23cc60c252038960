package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/stat"
)

// ConnsSample is what one process of a server used for idle connections.
type ConnsSample struct {
	Variant Variant
	Conns   int
	Values  map[string]float64 // by unit of ConnsUnits
}

// Name is the sample's benchmark name.
func (s ConnsSample) Name() string {
	return fmt.Sprintf("%s/conns=%d", s.Variant.prefix("BenchmarkConns"), s.Conns)
}

func (s ConnsSample) result() *benchfmt.Result {
	r := &benchfmt.Result{Name: benchfmt.Name(strings.TrimPrefix(s.Name(), "Benchmark")), Iters: 1}
	for _, u := range ConnsUnits {
		if v, ok := s.Values[u.Name]; ok {
			r.Values = append(r.Values, benchfmt.Value{Value: significant(v), Unit: u.Name})
		}
	}
	return r
}

// connsSampleOf reads a sample back; ok is false for the line of another
// benchmark.
func connsSampleOf(r *benchfmt.Result) (s ConnsSample, ok bool) {
	parts := strings.Split(r.Name.String(), "/")
	if parts[0] != "Conns" {
		return s, false
	}
	for _, p := range parts[1:] {
		switch key, value, _ := strings.Cut(p, "="); key {
		case "server":
			s.Variant.Server = value
		case "io":
			s.Variant.IO = value
		case "conns":
			s.Conns, _ = strconv.Atoi(value)
		}
	}
	s.Values = written(r)
	return s, s.Variant.Server != "" && s.Conns > 0
}

// Spread is the middle and the ends of some samples.
type Spread struct{ Median, Least, Most float64 }

// ConnsSummary is the samples of one server.
type ConnsSummary struct {
	Variant Variant
	Conns   int
	N       int // samples
	Spread  map[string]Spread
}

// SummarizeConns puts the samples of each server together, by name: the order
// of the file is drawn by lot.
func (res *Results) SummarizeConns() []ConnsSummary {
	var list []ConnsSummary
	values := map[string]map[string][]float64{}
	for _, s := range res.Conns {
		name := s.Name()
		if values[name] == nil {
			values[name] = map[string][]float64{}
			list = append(list, ConnsSummary{Variant: s.Variant, Conns: s.Conns})
		}
		for unit, v := range s.Values {
			values[name][unit] = append(values[name][unit], v)
		}
	}
	for i := range list {
		list[i].fill(values[ConnsSample{Variant: list[i].Variant, Conns: list[i].Conns}.Name()])
	}
	slices.SortStableFunc(list, func(a, b ConnsSummary) int { return strings.Compare(a.Variant.Prefix(), b.Variant.Prefix()) })
	return list
}

func (s *ConnsSummary) fill(values map[string][]float64) {
	s.Spread = map[string]Spread{}
	for unit, v := range values {
		s.N = len(v)
		s.Spread[unit] = Spread{stat.Median(v), slices.Min(v), slices.Max(v)}
	}
}
