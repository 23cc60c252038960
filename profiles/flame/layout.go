package flame

import (
	"cmp"
	"math"
	"slices"
)

// A box is a frame where it is drawn: x and end in thousandths of a percent of
// the width, whole numbers so that none overlaps another.
type box struct {
	node   *node // nil: several, merged
	stack  []Frame
	x, end int
	row    int
	value  [2]float64
	merged int // functions that it stands for
}

const whole = 100_000 // the width

// Bounds of a drawing, whatever the profile: its size and its height.
const (
	maxBoxes = 1000
	maxRows  = 256
)

// plan lays out a tree by the values of side.
type plan struct {
	side  int
	least float64 // a box's value
	scale float64 // of values to thousandths of a percent
	boxes []box
	small int // functions merged or omitted
	cut   int // stacks that are deeper than maxRows
	rows  int
}

func layout(root *node, side int, minPercent float64) *plan {
	p := &plan{side: side, cut: root.cut, least: root.total[side] * minPercent / 100, scale: whole / root.total[side]}
	p.least = max(p.least, threshold(root, side))
	var room [maxRows]Frame
	p.place(root, room[:], 0, 0, whole)
	return p
}

// threshold returns the value from which on there are no more than maxBoxes
// functions.
func threshold(root *node, side int) float64 {
	var values []float64
	root.walk(func(n *node, _ []Frame) { values = append(values, n.total[side]) })
	if len(values) <= maxBoxes {
		return 0
	}
	slices.SortFunc(values, func(a, b float64) int { return cmp.Compare(b, a) })
	return math.Nextafter(values[maxBoxes], math.Inf(1))
}

// place draws n, which begins at the value at and ends at limit at most, and
// what is below it. room holds, from its end, the frames that called n.
func (p *plan) place(n *node, room []Frame, at float64, row, limit int) {
	here := maxRows - 1 - row
	room[here] = n.frame
	limit = p.add(box{node: n, stack: slices.Clone(room[here:]), row: row, value: n.total}, at, limit)
	var rest box
	for _, c := range n.list {
		if v := c.total[p.side]; v < p.least || v == 0 {
			rest.value[0] += c.total[0]
			rest.value[1] += c.total[1]
			rest.merged += c.functions(p.side)
			continue
		}
		p.place(c, room, at, row+1, limit)
		at += c.total[p.side]
	}
	p.small += rest.merged
	if rest.merged > 0 && rest.value[p.side] >= p.least {
		rest.row = row + 1
		p.add(rest, at, limit)
	}
}

// add draws b and returns where it ends. Sums of fractions may pass the limit
// by their last digit.
func (p *plan) add(b box, at float64, limit int) (end int) {
	b.x, b.end = int(at*p.scale), min(int((at+b.value[p.side])*p.scale), limit)
	if b.row == 0 {
		b.end = limit
	}
	if b.end > b.x {
		p.boxes = append(p.boxes, b)
		p.rows = max(p.rows, b.row+1)
	}
	return b.end
}

// functions counts n and what is below it, as far as it has a value.
func (n *node) functions(side int) int {
	if n.total[side] == 0 {
		return 0
	}
	sum := 1
	for _, c := range n.list {
		sum += c.functions(side)
	}
	return sum
}
