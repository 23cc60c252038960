package stacks

import (
	"encoding/binary"
	"sort"
	"strings"

	"github.com/google/pprof/profile"
)

// builder makes the parts of a profile, each once.
type builder struct {
	p         profile.Profile
	mappings  map[string]*profile.Mapping
	functions map[functionKey]*profile.Function
	locations map[string]*profile.Location
	samples   map[sampleKey]*profile.Sample
	most      int // of distinct samples
	surplus   int // what there was beyond
}

// sampleKey distinguishes samples: by labels, and by the locations' IDs.
type sampleKey struct {
	labels
	stack string
}

// functionKey has the object file, for functions of two files may share a name.
type functionKey struct{ name, dso string }

func newBuilder() *builder {
	return &builder{
		mappings:  map[string]*profile.Mapping{},
		functions: map[functionKey]*profile.Function{},
		locations: map[string]*profile.Location{},
		samples:   map[sampleKey]*profile.Sample{},
		most:      maxSamples,
	}
}

// mapping returns the mapping of an object file, nil for none: pprof takes
// mappings without a name for one and the same.
func (b *builder) mapping(dso string) *profile.Mapping {
	if dso == "" {
		return nil
	}
	m := b.mappings[dso]
	if m == nil {
		m = &profile.Mapping{ID: uint64(len(b.p.Mapping) + 1), File: dso, HasFunctions: true}
		b.mappings[dso] = m
		b.p.Mapping = append(b.p.Mapping, m)
	}
	return m
}

func (b *builder) function(name, dso string) *profile.Function {
	key := functionKey{name, dso}
	f := b.functions[key]
	if f == nil {
		// Without a SystemName: pprof takes one like Name for a symbol of C++ to
		// shorten, and all that is in parentheses out of main.(*T[int]).f.
		f = &profile.Function{ID: uint64(len(b.p.Function) + 1), Name: name}
		b.functions[key] = f
		b.p.Function = append(b.p.Function, f)
	}
	return f
}

// location returns the location of frames that share an address, all but the last inlined.
func (b *builder) location(frames []entry) *profile.Location {
	last := frames[len(frames)-1]
	key := binary.LittleEndian.AppendUint64(nil, last.addr)
	key = append(append(key, last.dso...), 0)
	for _, f := range frames {
		key = append(append(key, f.symbol...), 0)
	}
	l := b.locations[string(key)]
	if l != nil {
		return l
	}
	l = &profile.Location{ID: uint64(len(b.p.Location) + 1), Address: last.addr, Mapping: b.mapping(last.dso)}
	for _, f := range frames {
		l.Line = append(l.Line, profile.Line{Function: b.function(f.name(), last.dso)})
	}
	if l.Mapping != nil && len(frames) > 1 {
		l.Mapping.HasInlineFrames = true
	}
	b.locations[string(key)] = l
	b.p.Location = append(b.p.Location, l)
	return l
}

// stack returns the locations of frames, innermost first. A stack of no frames is
// one of an unknown function.
func (b *builder) stack(frames []entry) []*profile.Location {
	if len(frames) == 0 {
		return []*profile.Location{b.location([]entry{{}})}
	}
	var locations []*profile.Location
	for len(frames) > 0 {
		n := 1
		for frames[n-1].inlined && n < len(frames) && frames[n].addr == frames[n-1].addr {
			n++
		}
		locations = append(locations, b.location(frames[:n]))
		frames = frames[n:]
	}
	return locations
}

// add counts values under a stack and labels.
func (b *builder) add(stack []*profile.Location, l labels, values []int64) {
	var ids []byte
	for _, loc := range stack {
		ids = binary.AppendUvarint(ids, loc.ID)
	}
	key := sampleKey{l, string(ids)}
	s := b.samples[key]
	if s == nil && len(b.p.Sample) >= b.most {
		b.surplus++
		return
	}
	if s == nil {
		s = &profile.Sample{Location: stack}
		l.set(s)
		b.samples[key] = s
		b.p.Sample = append(b.p.Sample, s)
	}
	for len(s.Value) < len(values) {
		s.Value = append(s.Value, 0)
	}
	for i, v := range values {
		s.Value[i] += v
	}
}

// finish puts the program that most samples are of first, as pprof's titles
// want, and gives every sample a value of every type.
func (b *builder) finish() *profile.Profile {
	of := map[*profile.Mapping]int{}
	for _, s := range b.p.Sample {
		for len(s.Value) < len(b.p.SampleType) {
			s.Value = append(s.Value, 0)
		}
		seen := map[*profile.Mapping]bool{}
		for _, l := range s.Location {
			if m := l.Mapping; m != nil && !seen[m] {
				seen[m] = true
				of[m]++
			}
		}
	}
	program := func(m *profile.Mapping) bool {
		return !strings.HasPrefix(m.File, "[") && !strings.Contains(m.File, ".so")
	}
	sort.SliceStable(b.p.Mapping, func(i, j int) bool {
		x, y := b.p.Mapping[i], b.p.Mapping[j]
		if program(x) != program(y) {
			return program(x)
		}
		return of[x] > of[y]
	})
	for i, m := range b.p.Mapping {
		m.ID = uint64(i + 1)
	}
	return &b.p
}
