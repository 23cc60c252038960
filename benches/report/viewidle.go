package report

import (
	"fmt"
	"slices"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// idleNote says what the columns of idle connections are.
const idleNote = "Medians over n processes, with their range in brackets, drawn from 0 to the most. B/conn: resident memory per idle connection, less the empty server's (the kernel's own memory for sockets is in neither). CPU/open: the server's CPU time, user and system, for a connection's opening handshake and first echo. empty: resident memory after one connection that was closed."

// idle returns what idle connections take.
func (v *view) idle() Section {
	s := Section{ID: "idle", Title: "Idle connections", In: HTML | Markdown}
	t := Table{ID: "idle", Note: idleNote, Columns: Keyed(
		Column{Key: "label", Head: "server"}, Column{Head: "conns"}, Column{Key: "samples", Head: "n"},
		Column{Key: "bytes_per_conn", Unit: results.UnitOf("B/conn"), Bounds: "least, most", Draw: Bars},
		Column{Key: "cpu_ns_per_open", Head: "CPU", Unit: results.UnitOf("cpu-ns/open"), Bounds: "least, most", Draw: Bars},
		Column{Key: "empty_bytes", Head: "empty", Unit: results.UnitOf("empty-B"), Drop: 1},
	)}
	data := map[string][]datum{}
	for i, g := range v.idleGroups() {
		server, c := g.Name.Server(), g.Name.Case()
		t.Rows = append(t.Rows, KeyCells(server, c, server.Label(), c.Int("conns"), len(g.Samples),
			ranged(g.Values("B/conn")), ranged(g.Values("cpu-ns/open")), median(g, "empty-B")))
		for _, unit := range idleUnits {
			if values := g.Values(unit); len(values) > 0 {
				data[unit] = append(data[unit], datum{group: fmt.Sprintf("%d connections", c.Int("conns")),
					line: server.Label(), series: i, x: float64(c.Int("conns")), y: ranged(values)})
			}
		}
	}
	s.Blocks = append(s.Blocks, samplesTable("idle_samples", v.conns))
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, v.idleFigure(data, t), Paragraph{Style: Faint, Text: idleNote, In: HTML})
	}
	t.In = Text | JSON | Markdown // HTML has it behind the plots
	s.Blocks = append(s.Blocks, t)
	return s
}

var idleUnits = []string{"B/conn", "cpu-ns/open"}

// idleGroups returns the samples of idle connections, in the order of servers.
func (v *view) idleGroups() []*results.Group {
	groups, servers := results.Groups(v.conns), results.Servers(v.conns)
	slices.SortStableFunc(groups, func(a, b *results.Group) int {
		if d := a.Name.Case().Int("conns") - b.Name.Case().Int("conns"); d != 0 {
			return d
		}
		return slices.Index(servers, a.Name.Server()) - slices.Index(servers, b.Name.Server())
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

func (v *view) idleFigure(data map[string][]datum, numbers Table) Figure {
	numbers.In, numbers.Note = HTML, ""
	f := Figure{
		Title: "Memory and CPU time of a connection", Commands: v.commands(), Numbers: &numbers,
		Note: "Bars end at the median over n processes; error bars span all of them, from the least to the greatest.",
	}
	for _, unit := range idleUnits {
		u := results.UnitOf(unit)
		f.Plots = append(f.Plots, Plot{"idle-" + unit, bars(unit, u.Meaning, u, data[unit]).Draw()})
		lines := map[string]int{}
		for i, d := range data[unit] { // a server has one look on all its places
			if _, ok := lines[d.line]; !ok {
				lines[d.line] = len(lines)
			}
			data[unit][i].series = lines[d.line]
		}
		if c := curves(unit+" over connections", "connections", unit, u, data[unit]); len(c.X.Ticks) > 1 {
			f.Plots = append(f.Plots, Plot{"idle-" + unit + "-over-conns", c.Draw()})
		}
	}
	return f
}
