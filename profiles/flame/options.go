package flame

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// A Frame is one function on a stack.
type Frame = stacks.Frame

// Options are how a graph is drawn; the zero value is a graph of the profile's
// default sample type, as wide as what holds it.
type Options struct {
	Title string  // "": none, where the page has its own
	Unit  string  // of the values once divided, such as ns/msg; "": the profile's own
	Per   float64 // divides values, such as messages; 0: 1
	PerA  float64 // the same of Diff's first profile

	// Group is what a frame is coloured by and listed under, from its stack,
	// innermost frame, which it is, first. nil: kernel and program. The group
	// other is grey.
	Group  func(stack []Frame) string
	Groups []string // those there are, so that each has one colour in all graphs

	MinPercent float64 // frames below are merged; 0: 0.1
}

// withDefaults checks o.
func (o Options) withDefaults() (Options, error) {
	o.Per, o.PerA, o.MinPercent = cmp.Or(o.Per, 1), cmp.Or(o.PerA, 1), cmp.Or(o.MinPercent, 0.1)
	if o.Group == nil {
		o.Group, o.Groups = side, []string{"program", "kernel"}
	}
	positive := func(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }
	switch {
	case !positive(o.Per) || !positive(o.PerA):
		return o, fmt.Errorf("flame: values divided by %v and %v; want more than 0", o.Per, o.PerA)
	case !(o.MinPercent > 0 && o.MinPercent <= 100):
		return o, fmt.Errorf("flame: frames of at least %v %%; want more than 0 and at most 100", o.MinPercent)
	}
	return o, nil
}

// side returns the group of a frame where the caller has none.
func side(stack []Frame) string {
	if stack[0].Kernel {
		return "kernel"
	}
	return "program"
}

// column finds the default sample type of p, and its unit.
func (o Options) column(p *profile.Profile) (at int, unit string, err error) {
	if p == nil {
		return 0, "", errors.New("flame: no profile")
	}
	at, err = stacks.ValueIndex(p, "")
	if err != nil {
		return 0, "", fmt.Errorf("flame: %w", err)
	}
	if slices.ContainsFunc(p.Sample, func(s *profile.Sample) bool { return stacks.Value(s, at) < 0 }) {
		return 0, "", errNegative
	}
	return at, cmp.Or(o.Unit, p.SampleType[at].Unit), nil
}

var errNegative = errors.New("flame: the profile holds values below 0, as a difference does; want a profile, or the two for Diff")
