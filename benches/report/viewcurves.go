package report

import (
	"fmt"

	"wsbench/benches/results"
)

// caseKeys are the keys of a case that curves go over.
var caseKeys = []struct{ name, label, format string }{
	{"conns", "connections", "%d connections"},
	{"size", "bytes per message", "%d bytes"},
	{"depth", "messages in flight per connection", "depth %d"},
}

// leastCurve is how many values of a key make a curve: the table tells fewer better.
const leastCurve = 4

// curves returns units over each key that has enough values while the others stay the
// same.
func (v *view) curves() Section {
	s := Section{ID: "curves", Title: "Curves", In: HTML}
	units := []string{"msg/s", "cpu-ns/msg"}
	f := Figure{Title: "Over connections, size and depth", Commands: v.commands(), Numbers: v.unitTable(units),
		Note: "Points are medians over the samples, joined; error bars are their distribution-free intervals, and points of one place stand a little apart so that these can be seen. Cases are measured in blocks of their own, so the host's drift is between points, not between lines."}
	for i := range caseKeys {
		for _, unit := range units {
			f.Plots = append(f.Plots, v.curvesOver(i, unit)...)
		}
	}
	if len(f.Plots) > 0 {
		s.Blocks = append(s.Blocks, f)
	}
	return s
}

// curvesOver returns the plots of a unit over one of caseKeys: one for each choice
// of the other keys.
func (v *view) curvesOver(key int, unit string) (plots []Plot) {
	k := caseKeys[key]
	groups := map[string][]datum{}
	var order []string
	for _, d := range v.unitData(unit) {
		fixed := otherKeys(d.of, key)
		if groups[fixed] == nil {
			order = append(order, fixed)
		}
		d.x = float64(d.of.Int(k.name))
		groups[fixed] = append(groups[fixed], d)
	}
	for _, fixed := range order {
		if c := curves(unit+" over "+k.label, k.label, fixed, results.UnitOf(unit), groups[fixed]); len(c.X.Ticks) >= leastCurve {
			plots = append(plots, Plot{unit + "-over-" + k.name + "-" + fixed, c.Draw()})
		}
	}
	return plots
}

// otherKeys returns, in words, what the keys of a case but one are.
func otherKeys(c results.Case, but int) string {
	text := ""
	for i, k := range caseKeys {
		if i == but {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf(k.format, c.Int(k.name))
	}
	return text
}
