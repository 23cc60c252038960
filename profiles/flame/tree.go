package flame

import (
	"cmp"
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// node is a function with all that called it. Its values are those of one
// profile, or of both that are compared.
type node struct {
	frame    Frame // without File
	total    [2]float64
	self     [2]float64
	children map[Frame]*node
	list     []*node // the children, by name
	cut      int     // of the root: stacks of more than maxRows, cut
}

func (n *node) child(f Frame) *node {
	c := n.children[f]
	if c == nil {
		c = &node{frame: f}
		if n.children == nil {
			n.children = map[Frame]*node{}
		}
		n.children[f] = c
		n.list = append(n.list, c)
	}
	return c
}

// grow adds p's samples to the tree as those of the profile side, multiplied.
func (n *node) grow(p *profile.Profile, at, side int, times float64) {
	for _, s := range p.Sample {
		v := float64(stacks.Value(s, at)) * times
		if v == 0 {
			continue
		}
		to := n
		to.total[side] += v
		stack := frames(s)
		if below := len(stack) - (maxRows - 1); below > 0 {
			stack = stack[below:]
			n.cut++
		}
		for _, f := range slices.Backward(stack) {
			to = to.child(f)
			to.total[side] += v
		}
		to.self[side] += v
	}
}

// sort brings children into the order of their names, the program's first.
func (n *node) sort() {
	slices.SortFunc(n.list, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.frame.Name, b.frame.Name), compareBool(a.frame.Kernel, b.frame.Kernel))
	})
	for _, c := range n.list {
		c.sort()
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// walk visits n and all below it with their stacks, innermost first, which
// are valid until visit returns.
func (n *node) walk(visit func(n *node, stack []Frame)) {
	var room [maxRows]Frame
	n.walkIn(room[:], maxRows, visit)
}

func (n *node) walkIn(room []Frame, at int, visit func(n *node, stack []Frame)) {
	at--
	room[at] = n.frame
	visit(n, room[at:])
	for _, c := range n.list {
		c.walkIn(room, at, visit)
	}
}
