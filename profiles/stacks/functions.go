package stacks

import (
	"cmp"
	"slices"

	"github.com/google/pprof/profile"
)

// Function is what one function took, in the unit of the sample type.
type Function struct {
	Name   string
	File   string // its source file, or the object file where that is not known
	Kernel bool
	Flat   float64 // in itself
	Cum    float64 // in itself and what it called, recursion counted once
}

// Functions are the flat and cumulative values of each function of p, most
// flat first, by a sample type; the empty one is the one pprof opens on. It is
// nil if p has no such type.
func Functions(p *profile.Profile, sampleType string) []Function {
	col := sampleColumn(p, sampleType)
	if col < 0 {
		return nil
	}
	found := map[functionID]*Function{}
	for _, s := range p.Sample {
		addSample(found, s, float64(s.Value[col]))
	}
	return ordered(found)
}

// sampleColumn is the index of a sample type, or of the default one; -1: none.
func sampleColumn(p *profile.Profile, sampleType string) int {
	if sampleType == "" {
		if i, err := p.SampleIndexByName(p.DefaultSampleType); err == nil {
			return i
		}
		return len(p.SampleType) - 1
	}
	return column(p, sampleType, "")
}

// functionID is what makes two lines of a stack one function.
type functionID struct {
	name, file string
	kernel     bool
}

// addSample counts v for the functions of a stack.
func addSample(found map[functionID]*Function, s *profile.Sample, v float64) {
	seen := map[functionID]bool{}
	for i, id := range functionsOf(s) {
		f := found[id]
		if f == nil {
			f = &Function{Name: id.name, File: id.file, Kernel: id.kernel}
			found[id] = f
		}
		if i == 0 {
			f.Flat += v
		}
		if !seen[id] {
			seen[id] = true
			f.Cum += v
		}
	}
}

// functionsOf is the stack of a sample, inlined functions included, innermost
// first.
func functionsOf(s *profile.Sample) []functionID {
	var ids []functionID
	for _, l := range s.Location {
		if len(l.Line) == 0 {
			ids = append(ids, lineID(l, nil))
		}
		for i := range l.Line {
			ids = append(ids, lineID(l, l.Line[i].Function))
		}
	}
	return ids
}

// lineID is the function f at l; f is nil where it is not known.
func lineID(l *profile.Location, f *profile.Function) functionID {
	id := functionID{}
	if l.Mapping != nil {
		id.file = l.Mapping.File
	}
	id.kernel = inKernel(id.file, l.Address)
	if f == nil {
		id.name = frame{dso: id.file}.name()
		return id
	}
	id.name = f.Name
	if f.Filename != "" {
		id.file = f.Filename
	}
	return id
}

func ordered(found map[functionID]*Function) []Function {
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
