package report

import (
	"slices"
	"strings"

	"wsbench/benches/results"
)

// table returns that of the echo cases, which comes before all else.
func (v *view) table() Section {
	title := results.Benches[0].Title
	if slices.ContainsFunc(v.servers, func(s results.Server) bool { return s.Value("observer") != "" }) {
		title = "Servers under each observer"
	}
	return Section{ID: results.Benches[0].ID, Title: title, In: HTML | Markdown, First: true, Blocks: []Block{v.medians(), v.bandMeans()}}
}

// bandMeans says what the page draws behind the ratios.
func (v *view) bandMeans() Paragraph {
	if len(v.judged) == 0 || len(v.judged[0].AA) == 0 {
		return Paragraph{In: JSON}
	}
	return Paragraph{Style: Faint, In: HTML, Text: "Dots are the ratios on a logarithmic axis, lines their intervals; the grey band behind them is the noise floor: the interval of the same ratio between two identical processes of the reference (A/A), or, with too few blocks, its distance from 1 to both sides."}
}

// matrix returns what belongs to the table of the echo cases: all cases together, and
// the noise floor.
func (v *view) matrix() Section {
	s := Section{ID: "overall", Title: "Over all cases, and the noise floor", In: HTML | Markdown}
	s.Blocks = append(s.Blocks, samplesTable("samples", v.echo), v.pooled(), v.noise())
	if m := v.memory(); m != "" {
		s.Blocks = append(s.Blocks, Paragraph{Style: Strong, Prefix: "resident memory, all cases' connections open: ", Text: m})
	}
	return s
}

// medians returns one row per case and server: medians over the samples, and how the
// server compares with the reference.
func (v *view) medians() Table {
	t := Table{ID: "medians", Note: strings.Join(v.legend(), "\n"), Columns: Keyed(
		Column{Key: "samples", In: JSON}, Column{Key: "values", In: JSON},
		Column{Head: "case", Group: true}, Column{Key: "label", Head: "server"},
		Column{Head: "ratio\nto " + v.ref.Label(), Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: scale(v.judged)},
		Column{Head: "verdict"},
		Column{Unit: results.UnitOf("cpu-ns/msg"), Drop: 7},
		Column{Head: "msg/s", Unit: results.UnitOf("msg/s"), Drop: 6},
	)}
	if !v.rated() {
		t.Columns = append(t.Columns, Column{Head: "ratio", Name: "ratio of msg/s", Unit: ratioUnit, Drop: 5}, Column{Head: "verdict", Name: "verdict on msg/s", Drop: 4})
	}
	t.Columns = append(t.Columns, Column{Head: "p50", Unit: results.UnitOf("p50-ns"), Drop: 3}, Column{Head: "p99", Unit: results.UnitOf("p99-ns"), Drop: 2})
	for _, unit := range countUnits {
		t.Columns = append(t.Columns, Column{Head: strings.Replace(unit, "/", "\n/", 1), Unit: results.UnitOf(unit), Digits: 2, Drop: 1})
	}
	v.each(func(c results.Case, s results.Server, g *results.Group) {
		medians := map[string]float64{}
		for _, u := range g.Units() {
			medians[u.Name] = g.Median(u.Name)
		}
		row := KeyCells(s, c, len(g.Samples), medians, c.String(), s.Label())
		row = append(append(row, v.compared(0, s, c)...), median(g, "cpu-ns/msg"), median(g, "msg/s"))
		if !v.rated() {
			row = append(row, v.compared(1, s, c)...)
		}
		latency := v.distribution(s, c)
		row = append(row, latency.at(50), latency.at(99))
		for _, unit := range countUnits {
			row = append(row, median(g, unit))
		}
		t.Rows = append(t.Rows, row)
	})
	return t
}

// countUnits are the counts that have a column of their own.
var countUnits = []string{"ctxsw/msg", "all-syscalls/msg", "syscalls/msg", "frames/wait", "frames/recv"}

// pooled returns how servers compare over all cases.
func (v *view) pooled() Table {
	t := v.comparisons("pooled", v.judged, func(j results.Judgement) []results.Comparison { return j.Pooled })
	t.Title = "over all cases: the geometric mean of their ratios, by round"
	t.Columns = append(t.Columns, Column{Key: "rounds", Head: "rounds"}, Column{Key: "of_rounds", Head: "of"})
	i, fewer := 0, false
	for _, j := range v.judged {
		for _, d := range j.Pooled {
			t.Rows[i] = append(t.Rows[i], d.Rounds, d.Of)
			i, fewer = i+1, fewer || d.Rounds < d.Of
		}
	}
	if fewer {
		t.Note = "rounds: those in which every case has a ratio, each of which counts alike; of: those in which any has. Cases that were decided early have none in later rounds, and runs that were discarded cost their round."
	}
	return t
}

// each calls f for each case and server that has samples.
func (v *view) each(f func(results.Case, results.Server, *results.Group)) {
	for _, c := range v.cases {
		for _, s := range v.servers {
			if g := results.Find(v.groups, s, c); g != nil {
				f(c, s, g)
			}
		}
	}
}

// median returns that of a unit; nil where there is none.
func median(g *results.Group, unit string) any {
	if len(g.Values(unit)) == 0 {
		return nil
	}
	return g.Median(unit)
}

// memory returns what the servers' processes held, in one line, as it is the same in
// every case; "" if it is not known.
func (v *view) memory() string {
	most := map[results.Server]float64{}
	v.each(func(_ results.Case, s results.Server, g *results.Group) {
		if m := g.Median("rss-B"); m > most[s] {
			most[s] = m
		}
	})
	var parts []string
	for _, s := range v.servers {
		if most[s] > 0 {
			parts = append(parts, s.Label()+" "+Number(results.UnitOf("rss-B"), most[s]))
		}
	}
	return strings.Join(parts, ", ")
}
