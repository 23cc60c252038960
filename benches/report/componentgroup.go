package report

import (
	"slices"
	"strings"

	"wsbench/benches/lab"
)

// componentRow is the samples of one benchmark.
type componentRow struct {
	lab.ComponentSample // the first of them
	values              map[string][]float64
}

// componentGroup is the benchmarks of one name and package, with its floors:
// those of a name with Floor before or behind it.
type componentGroup struct {
	pkg, name string
	rows      []*componentRow
}

// componentGroups puts the samples together, in the order of the file.
func componentGroups(samples []lab.ComponentSample) []*componentGroup {
	var groups []*componentGroup
	byName := map[string]*componentGroup{}
	rows := map[string]*componentRow{}
	for _, s := range samples {
		name := strings.TrimSuffix(strings.TrimPrefix(s.Name, "Floor"), "Floor")
		if name == "" {
			name = s.Name
		}
		g := byName[s.Pkg+" "+name]
		if g == nil {
			g = &componentGroup{pkg: s.Pkg, name: name}
			byName[s.Pkg+" "+name] = g
			groups = append(groups, g)
		}
		full := s.Pkg + " " + s.FullName()
		r := rows[full]
		if r == nil {
			r = &componentRow{ComponentSample: s, values: map[string][]float64{}}
			rows[full] = r
			g.rows = append(g.rows, r)
		}
		for unit, v := range s.Values {
			r.values[unit] = append(r.values[unit], v)
		}
	}
	return groups
}

// isFloor tells whether a row is what the others of its group cannot go below.
func (r *componentRow) isFloor() bool {
	for _, k := range r.Keys {
		if k.Value == "floor" {
			return true
		}
	}
	return strings.HasPrefix(r.Name, "Floor") || strings.HasSuffix(r.Name, "Floor")
}

// label is the row's keys but those left out: of a key with a word as value
// the word, as it tells enough.
func (r *componentRow) label(without ...string) string {
	var parts []string
	for _, k := range r.Keys {
		if slices.Contains(without, k.Key) && k.Key != "" {
			continue
		}
		if _, isNumber := number(k.Value); isNumber && k.Key != "" {
			parts = append(parts, k.Key+" "+k.Value)
		} else {
			parts = append(parts, k.Value)
		}
	}
	if len(parts) == 0 {
		if r.isFloor() {
			return "floor"
		}
		return r.Name
	}
	return strings.Join(parts, " ")
}

// keys are those of the group's names, in their order, with their values.
func (g *componentGroup) keys() (names []string, values map[string][]string) {
	values = map[string][]string{}
	for _, r := range g.rows {
		for _, k := range r.Keys {
			if k.Key == "" {
				continue
			}
			if values[k.Key] == nil {
				names = append(names, k.Key)
			}
			if !slices.Contains(values[k.Key], k.Value) {
				values[k.Key] = append(values[k.Key], k.Value)
			}
		}
	}
	return names, values
}

// constant are the keys that every row has with one value.
func (g *componentGroup) constant() (names []string) {
	keys, values := g.keys()
	for _, k := range keys {
		if len(values[k]) == 1 && !slices.ContainsFunc(g.rows, func(r *componentRow) bool { return r.Value(k) == "" }) {
			names = append(names, k)
		}
	}
	return names
}

// untold are the keys that a label can do without: of one value, and not what
// tells two lines apart.
func (g *componentGroup) untold(axis string) (names []string) {
	keys, values := g.keys()
	for _, k := range keys {
		if len(values[k]) == 1 && g.lines(append(names, axis, k)...) == g.lines(append(names, axis)...) {
			names = append(names, k)
		}
	}
	return names
}

// axis is the numeric key that curves go over: the one with most values, of
// those that all rows have but floors; "" if there is none with two.
func (g *componentGroup) axis() string {
	keys, values := g.keys()
	best := ""
	for _, k := range keys {
		lacking := slices.ContainsFunc(g.rows, func(r *componentRow) bool {
			_, ok := number(r.Value(k))
			return !ok && (r.Value(k) != "" || !r.isFloor())
		})
		if !lacking && len(values[k]) > 1 && (best == "" || better(k, best, values)) {
			best = k
		}
	}
	return best
}

// better prefers many values, and size, which is what costs grow with.
func better(k, than string, values map[string][]string) bool {
	if len(values[k]) != len(values[than]) {
		return len(values[k]) > len(values[than]) && !(than == "size" && len(values[than]) > 2) || k == "size" && len(values[k]) > 2
	}
	return k == "size"
}

// split divides the rows into panels of at most most lines: by the keys with
// fewest values, axis and the first other key aside.
func (g *componentGroup) split(axis string, most int) (panels []*componentGroup, facets []string) {
	names, values := g.keys()
	names = slices.DeleteFunc(names, func(k string) bool { return k == axis || len(values[k]) < 2 })
	if len(names) > 0 {
		names = names[1:]
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(values[a]) - len(values[b]) })
	panels = []*componentGroup{g}
	for _, k := range names {
		if !slices.ContainsFunc(panels, func(p *componentGroup) bool { return p.lines(axis) > most }) {
			break
		}
		facets = append(facets, k)
		var next []*componentGroup
		for _, p := range panels {
			next = append(next, p.by(k)...)
		}
		panels = next
	}
	return panels, facets
}

// lines is how many there are beside each other.
func (g *componentGroup) lines(without ...string) int {
	seen := map[string]bool{}
	for _, r := range g.rows {
		seen[r.label(without...)] = true
	}
	return len(seen)
}

// by are the rows of each value of a key.
func (g *componentGroup) by(key string) (list []*componentGroup) {
	at := map[string]*componentGroup{}
	for _, r := range g.rows {
		v := r.Value(key)
		if at[v] == nil {
			at[v] = &componentGroup{pkg: g.pkg, name: g.name}
			list = append(list, at[v])
		}
		at[v].rows = append(at[v].rows, r)
	}
	return list
}

// unit is what a panel shows: octets a second over a size, where all have it,
// else time, else the first by name.
func (g *componentGroup) unit(axis string) string {
	all := func(unit string) bool {
		return !slices.ContainsFunc(g.rows, func(r *componentRow) bool { return len(r.values[unit]) == 0 })
	}
	if axis == "size" && all("B/s") {
		return "B/s"
	}
	if units := g.units(); !all("ns/op") && len(units) > 0 {
		return units[0]
	}
	return "ns/op"
}

// units are those of the rows: time and throughput first.
func (g *componentGroup) units() (list []string) {
	for _, r := range g.rows {
		for u := range r.values {
			if !slices.Contains(list, u) {
				list = append(list, u)
			}
		}
	}
	first := map[string]int{"ns/op": -2, "B/s": -1}
	slices.SortFunc(list, func(a, b string) int {
		if first[a] != first[b] {
			return first[a] - first[b]
		}
		return strings.Compare(a, b)
	})
	return list
}
