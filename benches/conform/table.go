package conform

import (
	"fmt"
	"slices"
	"sync"
)

// Group is the cases that have the first part of their ids in common.
type Group struct {
	Name  string // that part
	Title string
	build func() []Case
}

var groups = []Group{
	{"1", "framing", framing},
	{"2", "pings and pongs", pings},
	{"3", "reserved bits", reservedBits},
	{"4", "reserved opcodes", reservedOpcodes},
	{"5", "fragmentation", fragmentation},
	{"6", "UTF-8", unicode},
	{"7", "closing", closings},
	{"9", "limits", limits},
	{"10", "messages cut by the sender", autoFragmented},
	{"x", "beyond that suite", beyond},
}

// Cases returns all cases, in the order of their ids. The caller must not write
// to what they refer to.
func Cases() []Case { return slices.Clone(cases()) }

var cases = sync.OnceValue(func() (all []Case) {
	for _, g := range groups {
		all = append(all, g.build()...)
	}
	return all
})

// numbered gives cases the ids prefix.1, prefix.2 and so on.
func numbered(prefix string, list ...Case) []Case {
	for i := range list {
		list[i].ID = fmt.Sprintf("%s.%d", prefix, i+1)
	}
	return list
}

// series returns n cases, made from their numbers, which count from 0.
func series(prefix string, n int, build func(i int) Case) []Case {
	list := make([]Case, n)
	for i := range list {
		list[i] = build(i)
	}
	return numbered(prefix, list...)
}
