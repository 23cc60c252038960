package lab

import (
	"sort"

	"wsbench/benches/stat"
)

// Comparison is one variant against the reference under one case.
type Comparison struct {
	Case    Case
	Variant Variant
	Difference
}

// Reference is the variant that the others are compared with: the one that
// has an A/A process, else the raw floor, else the first of the file.
func (res *Results) Reference() (ref Variant, ok bool) {
	for _, s := range res.Samples {
		switch {
		case s.Variant.AA:
			v := s.Variant
			v.AA = false
			return v, true
		case !ok || s.Variant.IO == "raw" && s.Variant.Observer == "" || ref.Observer != "" && s.Variant.Observer == "":
			ref, ok = s.Variant, true
		}
	}
	return ref, ok
}

// Cases lists the cases of the samples, fewest octets in flight first.
func (res *Results) Cases() []Case {
	return distinct(res.Samples, func(s Sample) Case { return s.Case }, func(a, b Case) bool {
		if a.Depth != b.Depth {
			return a.Depth < b.Depth
		}
		if a.Size*a.Conns != b.Size*b.Conns {
			return a.Size*a.Conns < b.Size*b.Conns
		}
		return a.Conns < b.Conns
	})
}

// Unmeasured lists the cases of which every turn was left out.
func (res *Results) Unmeasured() (list []Case) {
	seen := map[Case]bool{}
	for _, s := range res.Samples {
		seen[s.Case] = true
	}
	for _, l := range res.LeftOut {
		if _, c, ok := parseName(l.Name); ok && !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	return list
}

// Variants lists the variants of the samples, A/A left out: the reference
// first, the others by name.
func (res *Results) Variants() []Variant {
	ref, _ := res.Reference()
	all := distinct(res.Samples, func(s Sample) variantKey { return s.Variant.key() }, func(a, b variantKey) bool {
		if (a == ref.key()) != (b == ref.key()) {
			return a == ref.key()
		}
		if (a.server == Own) != (b.server == Own) {
			return a.server == Own
		}
		return a.server+"/"+a.io+"/"+a.observer < b.server+"/"+b.io+"/"+b.observer
	})
	var list []Variant
	for _, k := range all {
		if !k.aa {
			list = append(list, Variant{Server: k.server, IO: k.io, Observer: k.observer})
		}
	}
	return list
}

// variantKey is what tells variants apart in a file.
type variantKey struct {
	server, io, observer string
	aa                   bool
}

func (v Variant) key() variantKey { return variantKey{v.Server, v.IO, v.Observer, v.AA} }

func distinct[K comparable](samples []Sample, key func(Sample) K, less func(a, b K) bool) []K {
	seen := map[K]bool{}
	var list []K
	for _, s := range samples {
		if k := key(s); !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return less(list[i], list[j]) })
	return list
}

// Ratios are the messages a second of v over those of ref under c, one for
// each block in which both have a sample.
func (res *Results) Ratios(v, ref Variant, c Case) []float64 {
	return res.RatiosOf("msg/s", v, ref, c)
}

// RatiosOf are those of the values of a unit.
func (res *Results) RatiosOf(unit string, v, ref Variant, c Case) []float64 {
	base := map[int]float64{}
	for _, s := range res.Samples {
		if s.Case == c && s.Variant.key() == ref.key() {
			base[s.Block] = s.Values[unit]
		}
	}
	var ratios []float64
	for _, s := range res.Samples {
		if s.Case != c || s.Variant.key() != v.key() {
			continue
		}
		if b := base[s.Block]; b > 0 && s.Values[unit] > 0 {
			ratios = append(ratios, s.Values[unit]/b)
		}
	}
	return ratios
}

// Compare judges every variant against the reference under every case, and
// the reference's A/A process too, as a family of its own: noise has no part
// in the correction of the others.
func (res *Results) Compare() (others, aa []Comparison) {
	ref, ok := res.Reference()
	if !ok {
		return nil, nil
	}
	for _, v := range res.Variants() {
		if v.key() != ref.key() {
			others = append(others, res.pair(v, ref)...)
		}
	}
	twin := ref
	twin.AA = true
	aa = res.pair(twin, ref)
	res.judge(others, ref)
	res.judge(aa, ref)
	return others, aa
}

// pair lists the cases in which v can be compared with ref.
func (res *Results) pair(v, ref Variant) []Comparison {
	var list []Comparison
	for _, c := range res.Cases() {
		if len(res.Ratios(v, ref, c)) > 0 {
			list = append(list, Comparison{Case: c, Variant: v})
		}
	}
	return list
}

func (res *Results) judge(list []Comparison, ref Variant) {
	sets := make([][]float64, len(list))
	for i, c := range list {
		sets[i] = res.Ratios(c.Variant, ref, c.Case)
	}
	for i, d := range Judge(sets) {
		list[i].Difference = d
	}
}

// Medians of a variant's samples under a case, by unit.
func (res *Results) Medians(v Variant, c Case) (n int, medians map[string]float64) {
	values := map[string][]float64{}
	for _, s := range res.Samples {
		if s.Case != c || s.Variant.key() != v.key() {
			continue
		}
		n++
		for u, x := range s.Values {
			values[u] = append(values[u], x)
		}
	}
	medians = map[string]float64{}
	for u, xs := range values {
		medians[u] = stat.Median(xs)
	}
	return n, medians
}
