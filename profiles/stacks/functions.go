package stacks

import (
	"cmp"
	"slices"

	"github.com/google/pprof/profile"
)

// Function is what one function took, in the unit of the sample type.
type Function struct {
	Frame         // by its symbol; File is the source file where that is known
	Flat  float64 // in itself
	Cum   float64 // in itself and what it called, recursion counted once
}

// Functions returns the flat and cumulative values of each function of p, most
// flat first, by a sample type; the empty one is the one pprof opens on. It is
// nil if p has no such type.
func Functions(p *profile.Profile, sampleType string) []Function {
	col, err := ValueIndex(p, sampleType)
	if err != nil {
		return nil
	}
	var all []Function
	for f, sum := range Sums(p, col, symbols) {
		if sum.Flat != 0 || sum.Cum != 0 { // other sample types may have it
			all = append(all, Function{f, sum.Flat, sum.Cum})
		}
	}
	slices.SortFunc(all, func(x, y Function) int {
		return cmp.Or(cmp.Compare(y.Flat, x.Flat), cmp.Compare(y.Cum, x.Cum), cmp.Compare(x.Name, y.Name), cmp.Compare(x.File, y.File))
	})
	return all
}

// Sum is what one function took: in itself, and in itself and what it called,
// recursion counted once.
type Sum struct{ Flat, Cum float64 }

// Sums returns the sums of the i-th values by function; stack names the functions
// of a sample, the innermost first.
func Sums[F comparable](p *profile.Profile, i int, stack func(*profile.Sample) []F) map[F]*Sum {
	sums, seen := map[F]*Sum{}, map[F]bool{}
	for _, s := range p.Sample {
		v := float64(Value(s, i))
		clear(seen)
		for depth, f := range stack(s) {
			if sums[f] == nil {
				sums[f] = &Sum{}
			}
			if depth == 0 {
				sums[f].Flat += v
			}
			if !seen[f] {
				seen[f] = true
				sums[f].Cum += v
			}
		}
	}
	return sums
}

// symbols returns the functions of a sample, the innermost first, by their
// symbols.
func symbols(s *profile.Sample) (list []Frame) {
	for _, l := range s.Location {
		list = append(list, framesAt(l, symbolOf)...)
	}
	return list
}

// symbolOf does what frameOf does, with the source file, where it is known, and
// with the object file in the name of a function that is not.
func symbolOf(l *profile.Location, f *profile.Function) Frame {
	at := frameOf(l, f)
	switch {
	case f == nil:
		at.Name = entry{dso: at.File}.name()
	case f.Filename != "":
		at.File = f.Filename
	}
	return at
}
