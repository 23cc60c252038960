package report

import (
	"math"
	"slices"
	"strings"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
)

// mostBars is how many bars one plot of microbenchmarks has room for.
const mostBars = 24

// microbenchmarks returns the benchmarks of go test and those that are timed in
// turn, one figure per name.
func (v *view) microbenchmarks() Section {
	s := Section{ID: "microbenchmarks", Title: "Microbenchmarks", Blocks: []Block{microTable(v.micro)}}
	if len(v.micro) == 0 {
		return s
	}
	s.Blocks = append(s.Blocks, Paragraph{In: HTML, Text: "Each part of the data path alone. Points and bars are medians over the samples; error bars are distribution-free intervals of the median, where there are 6 samples or more. A thick grey line is the floor: what the least possible work on the same bytes takes, measured alike."})
	if len(v.served) > 0 {
		s.In = HTML
	}
	for _, g := range microGroups(v.micro) {
		numbers := g.table()
		numbers.In = s.In // in text only where there is nothing else
		f := Figure{Title: g.title(), Commands: []string{v.microCommand(g)}, Numbers: numbers}
		if axis := g.axis(); axis != "" {
			f.Plots = g.curves(axis)
		} else {
			f.Plots = g.bars()
		}
		if fixed := g.fixed(); fixed != "" {
			f.Note = "All with " + fixed + "."
		}
		s.Blocks = append(s.Blocks, f)
	}
	return s
}

// microTable returns a list of samples in JSON.
func microTable(list []results.Sample) Table {
	t := Table{ID: "microbenchmarks", In: JSON, Columns: []Column{{Key: "name"}, {Key: "package"}, {Key: "iterations"}, {Key: "values"}}}
	for _, s := range list {
		t.Rows = append(t.Rows, []any{strings.TrimPrefix(s.Name.String(), "Benchmark"), s.Pkg, s.Iters, s.Values})
	}
	return t
}

// microGroup is the benchmarks of one name and package, with its floors: those
// of a name with Floor before or behind it.
type microGroup struct {
	pkg, name string
	rows      []*results.Group
}

// microGroups puts benchmarks together, in the order of the file.
func microGroups(samples []results.Sample) (groups []*microGroup) {
	byName := map[string]*microGroup{}
	for _, r := range results.Groups(samples) {
		name := strings.TrimSuffix(strings.TrimPrefix(r.Name.Base, "Floor"), "Floor")
		if name == "" {
			name = r.Name.Base
		}
		g := byName[r.Pkg+" "+name]
		if g == nil {
			g = &microGroup{pkg: r.Pkg, name: name}
			byName[r.Pkg+" "+name] = g
			groups = append(groups, g)
		}
		g.rows = append(g.rows, r)
	}
	return groups
}

// title returns the package and the name.
func (g *microGroup) title() string {
	if g.pkg == "" {
		return g.name
	}
	return strings.TrimPrefix(g.pkg, "wsbench/") + ": " + g.name
}

// isFloor reports whether a benchmark is what the others of its group cannot go
// below.
func isFloor(r *results.Group) bool {
	floor := func(k results.KV) bool { return k.Value == "floor" }
	return slices.ContainsFunc(r.Name.Keys, floor) || strings.HasPrefix(r.Name.Base, "Floor") || strings.HasSuffix(r.Name.Base, "Floor")
}

// rowLabel returns what keys say of a benchmark: of one with a word as value the
// word, as it says enough.
func rowLabel(r *results.Group, keys []microKey) string {
	var parts []string
	for _, k := range r.Name.Keys {
		_, isNumber := results.Number(k.Value)
		switch {
		case k.Key == "" || named(keys, k.Key) && !isNumber:
			parts = append(parts, k.Value)
		case named(keys, k.Key):
			parts = append(parts, k.Key+" "+k.Value)
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, " ")
	case isFloor(r):
		return "floor"
	}
	return r.Name.Base
}

// microKey is a key of benchmarks' names.
type microKey struct {
	name   string
	values []string // as they first appear; "" where a benchmark that is no floor lacks the key
}

func named(keys []microKey, name string) bool {
	return slices.ContainsFunc(keys, func(k microKey) bool { return k.name == name })
}

// keys returns those of the benchmarks' names, in their order.
func (g *microGroup) keys() (list []microKey) {
	for _, r := range g.rows {
		for _, k := range r.Name.Keys {
			if k.Key != "" && !named(list, k.Key) {
				list = append(list, microKey{name: k.Key})
			}
		}
	}
	for i, k := range list {
		for _, r := range g.rows {
			v := r.Name.Value(k.name)
			if (v != "" || !isFloor(r)) && !slices.Contains(list[i].values, v) {
				list[i].values = append(list[i].values, v)
			}
		}
	}
	return list
}

// varying returns the keys that benchmarks differ in, one aside.
func (g *microGroup) varying(but string) []microKey {
	return slices.DeleteFunc(g.keys(), func(k microKey) bool { return k.name == but || len(k.values) < 2 })
}

// fixed returns the keys that are the same throughout, in words.
func (g *microGroup) fixed() string {
	var parts []string
	for _, k := range g.keys() {
		if len(k.values) == 1 {
			parts = append(parts, k.name+"="+k.values[0])
		}
	}
	return strings.Join(parts, ", ")
}

// axis returns the numeric key that curves go over: size, which is what costs
// grow with, or the one with most values; "" if there is none with two.
func (g *microGroup) axis() (name string) {
	best := 0
	for _, k := range g.varying("") {
		rank := 2 * len(k.values)
		if k.name == "size" {
			rank++
		}
		if k.name == "size" && len(k.values) > 2 {
			rank = math.MaxInt
		}
		word := func(v string) bool { _, ok := results.Number(v); return !ok }
		if rank > best && !slices.ContainsFunc(k.values, word) {
			best, name = rank, k.name
		}
	}
	return name
}

// lines returns how many labels there are.
func (g *microGroup) lines(keys []microKey) int {
	seen := map[string]bool{}
	for _, r := range g.rows {
		seen[rowLabel(r, keys)] = true
	}
	return len(seen)
}

// split divides the benchmarks into plots of at most mostLines lines, by the
// keys with fewest values but the first. Labels are of the other keys.
func (g *microGroup) split(axis string) (panels []*microGroup, facets, labels []microKey) {
	panels, labels = []*microGroup{g}, g.varying(axis)
	order := slices.Clone(labels[min(1, len(labels)):])
	slices.SortStableFunc(order, func(a, b microKey) int { return len(a.values) - len(b.values) })
	for _, k := range order {
		if !slices.ContainsFunc(panels, func(p *microGroup) bool { return p.lines(labels) > mostLines }) {
			break
		}
		facets = append(facets, k)
		labels = slices.DeleteFunc(labels, func(l microKey) bool { return l.name == k.name })
		var next []*microGroup
		for _, p := range panels {
			next = append(next, p.by(k.name)...)
		}
		panels = next
	}
	return panels, facets, labels
}

// by returns the benchmarks of each value of a key.
func (g *microGroup) by(key string) (list []*microGroup) {
	at := map[string]*microGroup{}
	for _, r := range g.rows {
		v := r.Name.Value(key)
		if at[v] == nil {
			at[v] = &microGroup{pkg: g.pkg, name: g.name}
			list = append(list, at[v])
		}
		at[v].rows = append(at[v].rows, r)
	}
	return list
}

// has reports whether every benchmark has a unit.
func (g *microGroup) has(unit string) bool {
	return !slices.ContainsFunc(g.rows, func(r *results.Group) bool { return len(r.Values(unit)) == 0 })
}

// unit returns what a plot shows: bytes per second over a size, where all have it, else
// time, else the first.
func (g *microGroup) unit(axis string) results.Unit {
	units := g.units()
	switch {
	case axis == "size" && g.has("B/s"):
		return results.UnitOf("B/s")
	case g.has("ns/op") || len(units) == 0:
		return results.UnitOf("ns/op")
	}
	return units[0]
}

// units returns those of all benchmarks.
func (g *microGroup) units() []results.Unit {
	var all results.Group
	for _, r := range g.rows {
		all.Samples = append(all.Samples, r.Samples...)
	}
	return all.Units()
}

// curves returns lines over the key axis.
func (g *microGroup) curves(axis string) (list []Plot) {
	panels, facets, labels := g.split(axis)
	for _, p := range panels {
		title, unit := p.title(), p.unit(axis)
		for _, k := range facets {
			if v := p.rows[0].Name.Value(k.name); v != "" {
				title += ", " + k.name + " " + v
			}
		}
		if c := curves(title, axisLabel(axis), unit.Name, unit, p.over(axis, unit.Name, labels)); len(c.Lines) > 0 {
			list = append(list, Plot{title, c.Draw()})
		}
	}
	return list
}

func axisLabel(key string) string {
	switch key {
	case "size", "buffer":
		return key + ", bytes"
	case "conns":
		return "connections"
	}
	return key
}

// over returns the medians of a unit over a key. A floor without that key is one for
// all its places.
func (g *microGroup) over(axis, unit string, keys []microKey) (data []datum) {
	var labels []string
	for _, r := range g.rows {
		values := r.Values(unit)
		if len(values) == 0 {
			continue
		}
		label := rowLabel(r, keys)
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
		places := g.places(axis)
		if x, ok := results.Number(r.Name.Value(axis)); ok {
			places = []float64{x}
		}
		for _, x := range places {
			data = append(data, datum{line: label, series: slices.Index(labels, label), floor: isFloor(r), x: x, y: estimated(values)})
		}
	}
	return data
}

// places returns the values of a key.
func (g *microGroup) places(axis string) (list []float64) {
	for _, r := range g.rows {
		if x, ok := results.Number(r.Name.Value(axis)); ok && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// bars returns bars of benchmarks without a numeric key. A single floor is a
// line behind them.
func (g *microGroup) bars() (list []Plot) {
	unit, keys := g.unit(""), g.varying("")
	var data []datum
	var floors []float64
	for i, r := range g.rows {
		if len(r.Values(unit.Name)) == 0 {
			continue
		}
		d := datum{line: rowLabel(r, keys), series: i % mostBars, y: estimated(r.Values(unit.Name))}
		if isFloor(r) {
			d.series, floors = plot.Series-2, append(floors, d.y.Value)
		}
		data = append(data, d)
	}
	for part := range slices.Chunk(data, mostBars) {
		b := bars(g.title(), unit.Name, unit, part)
		if len(floors) == 1 {
			b.Groups[0].Floor = &floors[0]
		}
		list = append(list, Plot{g.title(), b.Draw()})
	}
	return list
}

// table returns one row per benchmark, with all units.
func (g *microGroup) table() *Table {
	t := &Table{Title: "Benchmark" + g.name, Columns: []Column{{Head: "benchmark", Least: 20}, {Head: "n"}}}
	units := g.units()
	for i, u := range units {
		t.Columns = append(t.Columns, Column{Unit: u, Bounds: "interval", Drop: len(units) - i - 1})
	}
	for _, r := range g.rows {
		row := []any{strings.TrimPrefix(r.Name.String(), "Benchmark"), len(r.Samples)}
		for _, u := range units {
			row = append(row, optional(r.Values(u.Name)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
