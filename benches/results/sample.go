package results

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/stat"
)

// Sample is one benchmark line.
type Sample struct {
	Name   Name
	Pkg    string             // import path of what measured; "" where the file does not say
	Block  int                // of the samples it is compared with; 0: none
	Round  int                // of its block; 0: not known
	Epoch  int                // of its block; 0: not known
	At     time.Duration      // of its block, since the session began
	Iters  int64              // messages or operations
	Values map[string]float64 // by unit, as written; what was not measured is absent
}

// SampleOf returns a benchmark line of a package as a sample.
func SampleOf(pkg string, r *benchfmt.Result) Sample {
	return Sample{Name: ParseName(r.Name.String()), Pkg: pkg, Iters: int64(r.Iters), Values: written(r)}
}

// written returns the values of r by unit, as they are in the file, where
// benchfmt makes seconds of ns; but B/s where that is MB/s.
func written(r *benchfmt.Result) map[string]float64 {
	values := map[string]float64{}
	for _, v := range r.Values {
		if v.OrigUnit != "" && v.OrigUnit != "MB/s" {
			values[v.OrigUnit] = v.OrigValue
		} else {
			values[v.Unit] = v.Value
		}
	}
	return values
}

// significant rounds v to six significant digits, or to a whole number above a
// million.
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

// Group is the samples of one name and package.
type Group struct {
	Name    Name
	Pkg     string
	Samples []Sample // in the order of the file
}

// Groups puts samples together, in the order in which their names first appear.
func Groups(samples []Sample) []*Group {
	var list []*Group
	byName := map[string]*Group{}
	for _, s := range samples {
		key := s.Pkg + " " + s.Name.String()
		g := byName[key]
		if g == nil {
			g = &Group{Name: s.Name, Pkg: s.Pkg}
			byName[key] = g
			list = append(list, g)
		}
		g.Samples = append(g.Samples, s)
	}
	return list
}

// Values returns the values of a unit, of the samples that have it.
func (g *Group) Values(unit string) (list []float64) {
	for _, s := range g.Samples {
		if v, ok := s.Values[unit]; ok {
			list = append(list, v)
		}
	}
	return list
}

// Median returns the median of the values of a unit; NaN if there are none.
func (g *Group) Median(unit string) float64 { return stat.Median(g.Values(unit)) }

// Units returns the units of the samples, in the order of a line.
func (g *Group) Units() []Unit {
	all := map[string]float64{}
	for _, s := range g.Samples {
		for name := range s.Values {
			all[name] = 0
		}
	}
	var list []Unit
	for _, name := range inOrder(all) {
		list = append(list, UnitOf(name))
	}
	return list
}

// Of returns the samples of benchmarks of a base name, such as Echo.
func (r *Results) Of(base string) (list []Sample) {
	for _, s := range r.Samples {
		if s.Name.Base == base {
			list = append(list, s)
		}
	}
	return list
}

// Cases returns the cases of samples, those with the fewest bytes in flight
// first.
func Cases(samples []Sample) []Case {
	return distinct(samples, func(s Sample) Case { return s.Name.Case() }, func(a, b Case) int {
		bytes := func(c Case) int { return c.Int("size") * c.Int("conns") }
		return cmp.Or(a.Int("depth")-b.Int("depth"), bytes(a)-bytes(b), a.Int("conns")-b.Int("conns"), strings.Compare(string(a), string(b)))
	})
}

// Servers returns the servers of samples but A/A processes: the reference
// first, then those of wsbench, then by name.
func Servers(samples []Sample) []Server {
	ref, _ := Reference(samples)
	rank := func(s Server) int {
		switch {
		case s == ref:
			return 0
		case s.Value("server") == Own:
			return 1
		}
		return 2
	}
	list := distinct(samples, func(s Sample) Server { return s.Name.Server() }, func(a, b Server) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(string(a), string(b)))
	})
	return slices.DeleteFunc(list, Server.AA)
}

func distinct[K comparable](samples []Sample, key func(Sample) K, compare func(a, b K) int) (list []K) {
	seen := map[K]bool{}
	for _, s := range samples {
		if k := key(s); !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, compare)
	return list
}

// Find returns the group of a server and a case; nil if there is none.
func Find(groups []*Group, s Server, c Case) *Group {
	i := slices.IndexFunc(groups, func(g *Group) bool { return g.Name.Server() == s && g.Name.Case() == c })
	if i < 0 {
		return nil
	}
	return groups[i]
}
