package lab

import (
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Key is one key=value of a benchmark's name.
type Key struct{ Key, Value string }

// ComponentSample is a benchmark line of another package than the echo
// benchmarks': of a component, or of any Go benchmark.
type ComponentSample struct {
	Pkg    string // import path, where the file has it
	Name   string // without "Benchmark", keys and GOMAXPROCS: "Unmask"
	Keys   []Key  // in the order of the name; a part without "=" has no Key
	Procs  string // GOMAXPROCS, where the name ends in it
	Iters  int
	Values map[string]float64 // by unit, as written, but B/s where that is MB/s
}

// Value is the value of a key of the name; "" for none.
func (s ComponentSample) Value(key string) string {
	for _, k := range s.Keys {
		if k.Key == key {
			return k.Value
		}
	}
	return ""
}

// FullName is the benchmark's name as it was written.
func (s ComponentSample) FullName() string {
	var b strings.Builder
	b.WriteString("Benchmark" + s.Name)
	for _, k := range s.Keys {
		b.WriteString("/")
		if k.Key != "" {
			b.WriteString(k.Key + "=")
		}
		b.WriteString(k.Value)
	}
	if s.Procs != "" {
		b.WriteString("-" + s.Procs)
	}
	return b.String()
}

func componentSampleOf(r *benchfmt.Result) ComponentSample {
	base, parts := r.Name.Parts()
	s := ComponentSample{Pkg: r.GetConfig("pkg"), Name: string(base), Iters: r.Iters, Values: written(r)}
	for _, p := range parts {
		text := string(p)
		if procs, ok := strings.CutPrefix(text, "-"); ok {
			s.Procs = procs
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(text, "/"), "=")
		if !ok {
			key, value = "", key
		}
		s.Keys = append(s.Keys, Key{key, value})
	}
	if i := slices.IndexFunc(r.Values, func(v benchfmt.Value) bool { return v.OrigUnit == "MB/s" }); i >= 0 {
		delete(s.Values, "MB/s")
		s.Values["B/s"] = r.Values[i].Value
	}
	return s
}
