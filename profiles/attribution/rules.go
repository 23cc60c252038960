package attribution

import (
	"slices"
	"sync"

	"wsbench/profiles/stacks"
)

// A Frame is one function on a stack.
type Frame = stacks.Frame

const (
	// Other is the component of stacks on which no rule names a frame.
	Other = "other"
	// Caller in a rule says that a frame says nothing by itself.
	Caller = "caller"
)

// Rules attribute stacks to components. Several goroutines may use them.
type Rules struct {
	names []string // of the components, in the file's order, without Other
	list  []rule

	known sync.Map // what the rules say of a frame, by Frame
}

// rule gives the frames that it matches to a component.
type rule struct {
	component string
	place     place
	match     matcher
}

func (r *Rules) declare(name string) {
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
}

// extend puts the rules and components of d behind r's own.
func (r *Rules) extend(d *Rules) {
	for _, name := range d.names {
		r.declare(name)
	}
	r.list = append(r.list, d.list...)
}

// Names returns the components in the file's order, Other last.
func (r *Rules) Names() []string { return append(slices.Clone(r.names), Other) }

// Component returns that of a stack, frames being innermost first: that of the
// first frame, from the innermost outwards, that a rule gives to one.
func (r *Rules) Component(frames []Frame) string {
	for _, f := range frames {
		if c := r.frame(f); c != Caller {
			return c
		}
	}
	return Other
}

// frame returns the component that the first rule for f gives it, Caller where
// there is none.
func (r *Rules) frame(f Frame) string {
	if c, ok := r.known.Load(f); ok {
		return c.(string)
	}
	c := Caller
	if i := slices.IndexFunc(r.list, func(l rule) bool { return l.place.holds(f) && l.match(f.Name) }); i >= 0 {
		c = r.list[i].component
	}
	r.known.Store(f, c)
	return c
}
