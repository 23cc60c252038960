package report

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Keys of the file configuration that name the two sides of a session, each the
// key server of its samples.
const (
	SideA = "side-a"
	SideB = "side-b"
)

// Files beside the results file with the samples of side A and of side B, for
// benchstat.
const (
	OldFile = "old.txt"
	NewFile = "new.txt"
)

// AB returns what a session of two sides says, as one table. [Of] has all the
// rest.
func AB(command string, res *results.Results, path string) Document {
	v := newView(res)
	d := Document{Command: command, Title: title(v), Answer: v.answer(), Facts: res.Facts(), Interrupted: res.Interrupted}
	d.Sections = append(d.Sections, v.changes(), v.remarks(false), Section{Blocks: []Block{v.noise()}}, v.discarded())
	if path != "" {
		beside := func(name string) string { return filepath.Join(filepath.Dir(path), name) }
		d.Sections = append(d.Sections, Section{Blocks: []Block{Shell{Lines: []Line{{"samples", path}, {"compare", "go tool benchstat " + beside(OldFile) + " " + beside(NewFile)}}}}})
	}
	return d
}

// Changes returns how side B of a session compares with side A: the echo cases by
// CPU time per message, then by messages per second, tiny frames by CPU time per
// frame, requests by CPU time and the 99th percentile of the latency, and the microbenchmarks by time, and by what they allocate where that differs;
// what they report besides is not judged. Results that are not of two sides have none.
func Changes(res *results.Results) []results.Change { return newView(res).changed() }

func (v *view) changed() (list []results.Change) {
	a, b := v.res.Config[SideA], v.res.Config[SideB]
	if a == "" || b == "" {
		return nil
	}
	for _, j := range v.judged {
		echo := results.Changes(v.echo, a, b, j.Unit.Name, v.res.Terms())
		slices.SortStableFunc(echo, func(x, y results.Change) int {
			return slices.Index(v.cases, x.Name.Case()) - slices.Index(v.cases, y.Name.Case())
		})
		list = append(list, echo...)
	}
	once := results.Terms{Margin: v.res.Margin()}
	list = append(list, results.Changes(v.res.Of("Chunk"), a, b, "cpu-ns/frame", once)...)
	for _, unit := range []string{"cpu-ns/req", "p99-ns"} {
		list = append(list, results.Changes(v.res.Of("Accept"), a, b, unit, once)...)
	}
	for _, u := range v.microUnits() {
		switch {
		case u.Name == "ns/op":
			list = append(list, results.Changes(v.micro, a, b, u.Name, once)...)
			continue
		case !u.Exact():
			list = append(list, results.UnjudgedChanges(v.micro, a, b, u.Name)...)
			continue
		}
		for _, c := range results.ExactChanges(v.micro, a, b, u.Name) {
			if c.Both() && c.Verdict.Kind != results.Equivalent {
				list = append(list, c)
			}
		}
	}
	return list
}

// microUnits returns the units of microbenchmarks by which sides are compared,
// time first: those that have a better direction but payload rates, which say
// what the time does.
func (v *view) microUnits() []results.Unit {
	all := &results.Group{Samples: v.micro}
	return slices.DeleteFunc(all.Units(), func(u results.Unit) bool { return u.Better == "" || u.Kind == results.Rate })
}

// changes returns the table of the two sides of a session.
func (v *view) changes() Section {
	list := v.changed()
	if len(list) == 0 {
		return Section{}
	}
	a, b := v.res.Config[SideA], v.res.Config[SideB]
	t := Table{ID: "changes", Title: fmt.Sprintf("%s against %s", b, a), Note: strings.Join(v.changesLegend(list), "\n"), Columns: []Column{
		{Key: "name", In: JSON}, {Key: "package", In: JSON}, {Key: "a", In: JSON}, {Key: "b", In: JSON}, {Key: "blocks", In: JSON}, {Key: "look", In: JSON}, {Key: "look_share", In: JSON}, {Key: "verdict", In: JSON}, {Key: "verdict_text", In: JSON},
		{Key: "unit", Head: "of", Group: true}, {Head: "benchmark", Least: 20}, {Head: a}, {Head: b},
		{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans},
		{Head: "verdict"},
	}}
	for i, c := range list {
		t.Rows = append(t.Rows, changeRow(c, a, b))
		if last := i+1 == len(list) || list[i+1].Unit.Name != c.Unit.Name; last && c.Name.Base == results.Benches[0].Base {
			t.Rows = append(t.Rows, v.pooledRows(c.Unit.Name, results.Server(b))...)
		}
	}
	return Section{ID: "changes", Title: "What changed", In: HTML | Markdown, First: true, Blocks: []Block{t}}
}

// changeRow returns the cells of one benchmark.
func changeRow(c results.Change, a, b string) []any {
	name, verdict := strings.TrimPrefix(c.Name.String(), "Benchmark"), c.Verdict.Kind.String()
	words, brief := c.Words()
	label := name
	if c.Name.Base == "Echo" {
		label = c.Name.Case().String()
	}
	var value any = ratio(results.Comparison{Difference: c.Difference})
	short := Styled{brief, styles[c.Verdict.Kind]}
	if math.IsInf(c.Ratio, 0) { // to none
		value = nil
	}
	if !c.Both() {
		words = "only " + b + " has it"
		if len(c.A) > 0 {
			words = "only " + a + " has it"
		}
		value, verdict, short = nil, "missing", Styled{words, Unsure}
	}
	return []any{name, c.Pkg, middle(c.A), middle(c.B), c.N, c.Look, c.Share, verdict, words,
		c.Unit.Name, label, written(c.Unit, c.A), written(c.Unit, c.B), value, short}
}

// pooledRows returns the row of all cases, where there are several.
func (v *view) pooledRows(unit string, b results.Server) (rows [][]any) {
	for _, j := range v.judged {
		for _, d := range j.Pooled {
			if j.Unit.Name == unit && d.Server.Value("server") == string(b) {
				label := "all cases"
				if d.Rounds < d.Of {
					label = fmt.Sprintf("all cases, in the %d of %d rounds that have all", d.Rounds, d.Of)
				}
				rows = append(rows, []any{"all cases", "", nil, nil, d.N, d.Look, d.Share, d.Verdict.Kind.String(), d.Verdict.String(),
					unit, label, nil, nil, ratio(d), Styled{d.Verdict.Short(), style(d)}})
			}
		}
	}
	return rows
}

// middle returns the median of values; nil where there are none.
func middle(values []float64) any {
	if len(values) == 0 {
		return nil
	}
	return stat.Median(values)
}

func written(unit results.Unit, values []float64) any {
	if len(values) == 0 {
		return nil
	}
	return Number(unit, stat.Median(values))
}

// changesLegend says what the table's words mean.
func (v *view) changesLegend(list []results.Change) []string {
	var units, sizes []string
	missing, unjudged, families := 0, false, map[string]int{}
	for _, c := range list {
		if c.Verdict.Kind == results.Unjudged {
			unjudged = true
			continue
		}
		if !slices.Contains(units, c.Unit.Name) {
			units = append(units, c.Unit.Name)
		}
		if c.Both() {
			families[c.Unit.Name]++
		} else {
			missing++
		}
	}
	for _, unit := range units {
		sizes = append(sizes, fmt.Sprintf("%d of %s", families[unit], unit))
	}
	legend := []string{
		fmt.Sprintf("Medians, and the ratio that is estimated from the ratios within blocks [its interval at the level at which it is judged as one of its family: %s]. Below 1 is faster, of msg/s above 1.", strings.Join(sizes, ", ")),
		v.verdictLegend("blocks"),
	}
	legend = append(legend, v.pairWords()...)
	if text := v.lookWords(); text != "" {
		legend = append(legend, text)
	}
	if n := byEpoch(list); n > 0 {
		legend = append(legend, v.epochWords(n))
	}
	if u := v.microUnits(); slices.ContainsFunc(u, results.Unit.Exact) {
		legend = append(legend, "B/op and allocs/op are counted: benchmarks in which they are the same are not shown; more: all values of one side are above all of the other, and enough that chance alone seldom does it; varies: they overlap, or are too few.")
	}
	if unjudged {
		legend = append(legend, "not judged: shown beside the time, which has the verdict.")
	}
	if missing > 0 {
		legend = append(legend, fmt.Sprintf("%d of the rows have samples of one side only, and are not compared.", missing))
	}
	return legend
}

// byEpoch returns how many of the changes are judged by epochs.
func byEpoch(list []results.Change) (n int) {
	for _, c := range list {
		if c.ByEpoch {
			n++
		}
	}
	return n
}

// noise returns how two processes of the reference compare.
func (v *view) noise() Table {
	t := v.comparisons("noise_floor", v.judged, func(j results.Judgement) []results.Comparison { return j.AA })
	t.Title = fmt.Sprintf("noise floor: a second, identical process of %s against the first (A/A)", v.ref.Label())
	return t
}
