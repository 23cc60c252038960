package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// bench returns what servers came to in a benchmark of a kind: the medians over its
// samples, and their range.
func (v *view) bench(b results.Bench) Section {
	s := Section{ID: b.ID, Title: b.Title, In: HTML | Markdown}
	samples := v.res.Of(b.Base)
	s.Blocks = append(s.Blocks, samplesTable(b.ID+"_samples", samples))
	groups := benchGroups(samples)
	t := benchTable(b, samples, groups)
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, v.benchFigure(b, groups, t), Paragraph{Style: Faint, Text: b.Note, In: HTML})
	}
	t.In = Text | JSON | Markdown // HTML has it behind the plots
	s.Blocks = append(s.Blocks, t)
	return s
}

// benchTable returns one row per case and server.
func benchTable(b results.Bench, samples []results.Sample, groups []*results.Group) Table {
	columns := []Column{{Key: "label", Head: "server"}}
	for _, key := range b.Keys {
		columns = append(columns, Column{Head: key, Key: otherKey(key)})
	}
	columns = append(columns, Column{Key: "samples", Head: "n"})
	units := (&results.Group{Samples: samples}).Units()
	for _, u := range units {
		c := Column{Key: unitKey.Replace(u.Name), Unit: u, Drop: 1}
		if slices.Contains(b.Drawn, u.Name) {
			c.Bounds, c.Draw, c.Drop = "least, most", Bars, 0
		}
		if slices.Contains(b.Kept, u.Name) {
			c.Drop = 0
		}
		columns = append(columns, c)
	}
	t := Table{ID: b.ID, Note: b.Note, Columns: Keyed(columns...)}
	for _, g := range groups {
		server := g.Name.Server()
		row := KeyCells(server, g.Name.Case(), server.Label())
		for _, key := range b.Keys {
			row = append(row, keyCell(g.Name.Value(key)))
		}
		row = append(row, len(g.Samples))
		for _, u := range units {
			row = append(row, unitCell(g, b, u.Name))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// unitKey makes the key in JSON of a unit's name: bytes_per_conn of B/conn.
var unitKey = strings.NewReplacer("B/", "bytes_per_", "-B", "_bytes", "/", "_per_", "-", "_", ".", "_")

// otherKey returns the key in JSON of a case's key; "" where keyColumns have it.
func otherKey(key string) string {
	if slices.ContainsFunc(keyColumns, func(c Column) bool { return strings.TrimSuffix(c.Key, "_bytes") == key }) {
		return ""
	}
	return key
}

// keyCell returns the value of a key, as a number where it is one.
func keyCell(value string) any {
	if n, err := strconv.Atoi(value); err == nil {
		return n
	}
	return value
}

// unitCell returns the median of a unit's values, with the range of one that is drawn.
func unitCell(g *results.Group, b results.Bench, unit string) any {
	values := g.Values(unit)
	switch {
	case len(values) == 0:
		return nil
	case slices.Contains(b.Drawn, unit):
		return ranged(values)
	}
	return stat.Median(values)
}

// benchGroups groups samples, in the order of cases and of servers.
func benchGroups(samples []results.Sample) []*results.Group {
	groups, cases, servers := results.Groups(samples), results.Cases(samples), results.Servers(samples)
	slices.SortStableFunc(groups, func(a, b *results.Group) int {
		return cmp.Or(slices.Index(cases, a.Name.Case())-slices.Index(cases, b.Name.Case()),
			slices.Index(servers, a.Name.Server())-slices.Index(servers, b.Name.Server()))
	})
	return groups
}

// ranged returns the median of values and their range.
func ranged(values []float64) Estimate {
	e := Estimate{Value: stat.Median(values), N: len(values)}
	if len(values) > 1 {
		e.Interval = &stat.Interval{Lo: slices.Min(values), Hi: slices.Max(values), Level: 1}
	}
	return e
}

// benchFigure returns the drawn units as bars, and as curves over the first key.
func (v *view) benchFigure(b results.Bench, groups []*results.Group, numbers Table) Figure {
	numbers.In, numbers.Note = HTML, ""
	f := Figure{
		Title: b.Title, Commands: v.commands(), Numbers: &numbers,
		Note: "Bars end at the median over n processes; error bars span all of them, from the least to the greatest.",
	}
	for _, unit := range b.Drawn {
		u, data := results.UnitOf(unit), benchData(b, groups, unit)
		f.Plots = append(f.Plots, Plot{b.ID + "-" + unit, bars(unit, u.Meaning, u, data).Draw()})
		axis := axisLabel(b.Keys[0])
		if c := curves(unit+" over "+axis, axis, unit, u, data); len(c.X.Ticks) > 1 {
			f.Plots = append(f.Plots, Plot{b.ID + "-" + unit + "-over-" + b.Keys[0], c.Draw()})
		}
	}
	return f
}

// benchData returns the values of a unit, by case and server. A server has one look
// in all of them.
func benchData(b results.Bench, groups []*results.Group, unit string) (data []datum) {
	series := map[string]int{}
	for _, g := range groups {
		values, label := g.Values(unit), g.Name.Server().Label()
		if len(values) == 0 {
			continue
		}
		if _, ok := series[label]; !ok {
			series[label] = len(series)
		}
		data = append(data, datum{group: caseWords(g.Name.Case()), line: label, series: series[label],
			x: float64(g.Name.Case().Int(b.Keys[0])), y: ranged(values)})
	}
	return data
}

// caseWords returns the keys of a case in words.
func caseWords(c results.Case) string {
	var parts []string
	for _, k := range c.Keys() {
		if text := k.Key + " " + k.Value; k.Key != "conns" {
			parts = append(parts, text)
		} else {
			parts = append(parts, k.Value+" connections")
		}
	}
	return strings.Join(parts, ", ")
}
