package flame

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// Diff draws b, each function coloured by how its value with its callees, in
// all places, has changed from a: b's values are divided by Per, a's by
// PerA. Functions are compared, not
// stacks, so that a function keeps its change where only its callers have
// others; samples in which it calls itself count once. What a has and b has
// not is only counted, having no width.
func Diff(w io.Writer, a, b *profile.Profile, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	root := &node{frame: Frame{Name: "all"}}
	all := functions{}
	unit, err := o.growBoth(root, all, a, b)
	if err != nil {
		return err
	}
	root.sort()
	d := newDrawing(o, layout(root, 1, o.MinPercent))
	total := root.total[1]
	d.notes = append(d.notes, fmt.Sprintf("All: %s, before %s. Width is the share after; colour and arrow the change.", quantity(total, unit), quantity(root.total[0], unit)), all.gone(), d.left(), kernelNote)
	d.class = func(b box) string { return steps[step(all.of(b), total)].class }
	d.mark = func(b box) string { return steps[step(all.of(b), total)].mark }
	d.title = func(b box) string {
		t := fmt.Sprintf("%s\n%s, %s", b.name(), quantity(b.value[1], unit), percent(b.value[1], total))
		if b.node == nil {
			return t
		}
		v := all.of(b)
		return t + fmt.Sprintf("\nin all places %s, before %s: %s", quantity(v[1], unit), quantity(v[0], unit), change(v, total))
	}
	for _, s := range steps {
		d.css = append(d.css, s.rule)
		d.legend = append(d.legend, swatch{s.class, s.mark + s.about})
	}
	return d.write(w)
}

// growBoth makes the tree of b and sums up the functions of both.
func (o Options) growBoth(root *node, all functions, a, b *profile.Profile) (unit string, err error) {
	var at [2]int
	for i, p := range []*profile.Profile{a, b} {
		if at[i], unit, err = o.column(p); err != nil {
			return "", err
		}
	}
	if ua, ub := a.SampleType[at[0]].Unit, b.SampleType[at[1]].Unit; ua != ub {
		return "", fmt.Errorf("flame: one profile is in %s, the other in %s; want one unit", ua, ub)
	}
	total := stacks.Total(a, at[0])
	if total == 0 || stacks.Total(b, at[1]) == 0 {
		return "", errors.New("flame: a profile to compare holds no samples")
	}
	all.add(a, at[0], 0, 1/o.PerA)
	all.add(b, at[1], 1, 1/o.Per)
	root.grow(b, at[1], 1, 1/o.Per)
	root.total[0] = float64(total) / o.PerA // no stack of a is drawn
	return unit, nil
}

// Colour shows a change, red for more and blue for less, and so does a mark,
// in steps of the whole.
type changeStep struct {
	rule
	least float64 // percent of all after
	mark  string
	about string
}

var steps = []changeStep{
	{rule{"u2", "hsl(10,85%,70%)", "hsl(8,65%,38%)"}, 2, "▲▲ ", "at least 2 % of all more"},
	{rule{"u1", "hsl(18,90%,86%)", "hsl(14,45%,28%)"}, 0.2, "▲ ", "at least 0.2 % of all more"},
	{rule{"e0", "hsl(50,15%,91%)", "hsl(220,6%,27%)"}, 0, "", "less change than that"},
	{rule{"d1", "hsl(208,80%,88%)", "hsl(212,45%,28%)"}, -0.2, "▼ ", "at least 0.2 % of all less"},
	{rule{"d2", "hsl(212,80%,74%)", "hsl(214,65%,42%)"}, -2, "▼▼ ", "at least 2 % of all less"},
}

// step returns the entry of steps for values before and after.
func step(v [2]float64, total float64) int {
	points := 100 * (v[1] - v[0]) / total
	switch {
	case points >= steps[0].least:
		return 0
	case points >= steps[1].least:
		return 1
	case points <= steps[4].least:
		return 4
	case points <= steps[3].least:
		return 3
	}
	return 2
}

// change writes the difference, of the whole and of what was before.
func change(v [2]float64, total float64) string {
	s := fmt.Sprintf("change %+.2f %% of all", 100*(v[1]-v[0])/total)
	if v[0] == 0 {
		return s + ", new"
	}
	if r := 100 * (v[1]/v[0] - 1); !math.IsInf(r, 0) {
		s += fmt.Sprintf(", %+.1f %% of itself", r)
	}
	return s
}
