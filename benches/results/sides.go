package results

import (
	"io"
	"slices"
)

// sideKeys are the keys of a name that tell two sides apart which are the same
// benchmark otherwise.
var sideKeys = []string{"server", "io"}

// Side returns the value of the key server, and the name without what tells
// sides apart.
func (n Name) Side() (side string, rest Name) {
	rest = n
	rest.Keys = slices.DeleteFunc(slices.Clone(n.Keys), func(k KV) bool { return slices.Contains(sideKeys, k.Key) })
	return n.Value("server"), rest
}

// Change is a benchmark of two sides.
type Change struct {
	Name       Name // without what tells sides apart
	Pkg        string
	Unit       Unit
	A, B       []float64 // values; none of a side that lacks the benchmark
	Difference           // of B, as ratios to A; not judged where one side lacks it
}

// Changes compares every benchmark of samples by a unit: side b with side a, in
// pairs of a block. Where side a has a second process, b is compared with the mean of
// both, as in a Judgement. Those that both have are one family.
func Changes(samples []Sample, a, b, unit string, terms Terms) []Change {
	return judgeChanges(bySide(samples, a, b, unit), UnitOf(unit), terms)
}

// UnjudgedChanges returns how side b of every benchmark differs from side a, as
// Changes estimates it, without a verdict.
func UnjudgedChanges(samples []Sample, a, b, unit string) []Change {
	list := Changes(samples, a, b, unit, Terms{})
	for i, c := range list {
		if c.Both() {
			list[i].Difference = Difference{N: c.N, ByEpoch: c.ByEpoch, Ratio: c.Ratio, Verdict: Verdict{Kind: Unjudged}}
		}
	}
	return list
}

// bySide puts the samples of two sides that have a unit together, by benchmark.
func bySide(samples []Sample, a, b, unit string) (list []*changing) {
	byName := map[string]*changing{}
	for _, s := range samples {
		_, rest := s.Name.Side()
		at := slices.Index([]string{a, b}, s.Name.Server().First().Value("server"))
		second := s.Name.Server().AA()
		if _, ok := s.Values[unit]; !ok || at < 0 || second && at > 0 {
			continue
		}
		key := s.Pkg + " " + rest.String()
		if byName[key] == nil {
			byName[key] = &changing{Change: Change{Name: rest, Pkg: s.Pkg, Unit: UnitOf(unit)}}
			list = append(list, byName[key])
		}
		if c := byName[key]; second {
			c.second = append(c.second, s)
		} else {
			c.sides[at] = append(c.sides[at], s)
		}
	}
	return list
}

// Contrast is a benchmark under one value of a key of its name, beside another.
type Contrast struct {
	Value string // of the key, of side B; Name is without the key
	Change
}

// Contrasts compares the benchmarks of samples whose names differ in one key
// only: those of every other value with those of the value ref, by a unit, in
// pairs of a block. All are one family.
func Contrasts(samples []Sample, key, ref, unit string, margin float64) (list []Contrast) {
	base, byName := map[string][]Sample{}, map[string]*changing{}
	var values []string
	var all []*changing
	for _, s := range samples {
		value, rest := s.Name.Without(key)
		if _, ok := s.Values[unit]; !ok || value == "" {
			continue
		}
		id := s.Pkg + " " + rest.String()
		if value == ref {
			base[id] = append(base[id], s)
			continue
		}
		c := byName[id+" "+value]
		if c == nil {
			c = &changing{Change: Change{Name: rest, Pkg: s.Pkg, Unit: UnitOf(unit)}}
			byName[id+" "+value], all, values = c, append(all, c), append(values, value)
		}
		c.sides[1] = append(c.sides[1], s)
	}
	for _, c := range all {
		c.sides[0] = base[c.Pkg+" "+c.Name.String()]
	}
	for i, c := range judgeChanges(all, UnitOf(unit), Terms{Margin: margin}) {
		if c.Both() {
			list = append(list, Contrast{values[i], c})
		}
	}
	return list
}

// Without returns the value of a key, and the name without that key.
func (n Name) Without(key string) (value string, rest Name) {
	rest = n
	rest.Keys = slices.DeleteFunc(slices.Clone(n.Keys), func(k KV) bool { return k.Key == key })
	return n.Value(key), rest
}

// Both reports whether both sides have the benchmark.
func (c Change) Both() bool { return len(c.A) > 0 && len(c.B) > 0 }

// changing is a change whose samples are being put together.
type changing struct {
	Change
	sides  [2][]Sample
	second []Sample // of the second process of side A
}

func judgeChanges(list []*changing, unit Unit, terms Terms) (changes []Change) {
	var both []*changing
	var sets [][]Pair
	for _, c := range list {
		c.A, c.B = valuesOf(c.sides[0], unit), valuesOf(c.sides[1], unit)
		if c.Both() {
			both, sets = append(both, c), append(sets, c.pairs())
		}
	}
	for i, d := range terms.judge(sets, unit.Better) {
		both[i].Difference = d
	}
	for _, c := range list {
		changes = append(changes, c.Change)
	}
	return changes
}

func valuesOf(samples []Sample, unit Unit) (values []float64) {
	for _, s := range samples {
		values = append(values, s.Values[unit.Name])
	}
	return values
}

// pairs returns those of the blocks in which both sides have a value above 0.
func (c *changing) pairs() []Pair {
	return paired(c.sides[1], slices.Concat(c.sides[0], c.second), c.Unit.Name)
}

// SlowerBy judges a difference against a limit, such as 0.03 for 3 %: Slower
// where the whole interval lies beyond it, Equivalent where none of it does, and
// Undecided otherwise. better is the unit's direction.
func (d Difference) SlowerBy(limit float64, better string) Finding {
	lo, hi := d.Interval.Lo, d.Interval.Hi
	if better != "lower" {
		lo, hi = 1/hi, 1/lo
	}
	switch {
	case !d.HasCI:
		return Undecided
	case lo > 1+limit:
		return Slower
	case hi <= 1+limit:
		return Equivalent
	}
	return Undecided
}

// WriteSide writes the samples of one side under names that do not tell it, for
// benchstat to compare with the file of the other. The commit is that of the
// program that measured, and is left to the results file.
func (res *Results) WriteSide(w io.Writer, side string) error {
	one := &Results{Config: map[string]string{}}
	for key, value := range res.Config {
		if key != "commit" && key != "dirty" && key != "pkg" {
			one.Config[key] = value
		}
	}
	for _, s := range res.Samples {
		of, rest := s.Name.Side()
		if of == side && !s.Name.Server().AA() {
			s.Name = rest
			one.Samples = append(one.Samples, s)
		}
	}
	return Write(w, one)
}
