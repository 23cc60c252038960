package flame

import (
	"fmt"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// functions has what each function has with its callees, in two profiles.
type functions map[Frame][2]float64

// add sums up p as the profile side.
func (fs functions) add(p *profile.Profile, at, side int, times float64) {
	for f, sum := range stacks.Sums(p, at, framesToAll) {
		v := fs[f]
		v[side] = sum.Cum * times
		fs[f] = v
	}
}

// frames returns the functions of a sample without their files, so that a function
// is one whatever maps it, the innermost first.
func frames(s *profile.Sample) []Frame {
	list := stacks.Frames(s)
	for i := range list {
		list[i].File = ""
	}
	return list
}

// framesToAll returns the frames with the root behind them.
func framesToAll(s *profile.Sample) []Frame { return append(frames(s), Frame{Name: "all"}) }

// of returns what b's function has; a box of several has nothing.
func (fs functions) of(b box) [2]float64 {
	if b.node == nil {
		return [2]float64{}
	}
	return fs[b.node.frame]
}

// gone counts the functions that the second profile has no more.
func (fs functions) gone() string {
	count := 0
	for _, v := range fs {
		if v[0] > 0 && v[1] == 0 {
			count++
		}
	}
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("Functions of before that are gone: %d.", count)
}
