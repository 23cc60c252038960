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
	found := map[Frame]*Function{}
	for _, s := range p.Sample {
		addSample(found, s, float64(Value(s, col)))
	}
	return ordered(found)
}

// addSample counts v for the functions of a stack.
func addSample(found map[Frame]*Function, s *profile.Sample, v float64) {
	seen := map[Frame]bool{}
	for i, at := range symbolsOf(s) {
		f := found[at]
		if f == nil {
			f = &Function{Frame: at}
			found[at] = f
		}
		if i == 0 {
			f.Flat += v
		}
		if !seen[at] {
			seen[at] = true
			f.Cum += v
		}
	}
}

// symbolsOf returns the functions of a sample, the innermost first, by their
// symbols.
func symbolsOf(s *profile.Sample) []Frame {
	var list []Frame
	for _, l := range s.Location {
		if len(l.Line) == 0 {
			list = append(list, symbolOf(l, nil))
		}
		for i := range l.Line {
			list = append(list, symbolOf(l, l.Line[i].Function))
		}
	}
	return list
}

// symbolOf is frameOf with the source file, where it is known, and with the
// object file in the name of a function that is not.
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

func ordered(found map[Frame]*Function) []Function {
	var all []Function
	for _, f := range found {
		if f.Flat != 0 || f.Cum != 0 { // other sample types may have it
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(x, y Function) int {
		return cmp.Or(cmp.Compare(y.Flat, x.Flat), cmp.Compare(y.Cum, x.Cum), cmp.Compare(x.Name, y.Name), cmp.Compare(x.File, y.File))
	})
	return all
}
