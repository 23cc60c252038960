package report

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/results"
)

// ContrastKey is the key of the file configuration that says what the
// microbenchmarks of a session compare: a key of their names and the value that
// the others are compared with, such as impl=auto.
const ContrastKey = "contrast"

// Micro returns what a session of microbenchmarks says, as one table. [Of] has
// all the rest.
func Micro(command string, res *results.Results, path string) Document {
	v := newView(res)
	return Parts(command, res, path, v.changes(), v.contrasts())
}

// Parts returns sections of what a results file says, with what limits the
// results and what was discarded.
func Parts(command string, res *results.Results, path string, sections ...Section) Document {
	v := newView(res)
	d := Document{Command: command, Title: title(v), Answer: v.answer(), Facts: res.Facts(), Interrupted: res.Interrupted}
	d.Sections = append(append(d.Sections, sections...), v.remarks(true), v.discarded())
	if path != "" {
		d.Sections = append(d.Sections, Section{Blocks: []Block{Shell{Lines: []Line{{"samples", path}}}}})
	}
	return d
}

// contrastUnits are what microbenchmarks are compared by: the server's CPU time
// where there is a client, too, and time.
var contrastUnits = []string{"cpu-ns/msg", "ns/op"}

// Contrasts returns how the microbenchmarks of a session compare by the key that
// it names, unit by unit; none where it names none.
func Contrasts(res *results.Results) (list []results.Contrast) {
	key, ref, ok := strings.Cut(res.Config[ContrastKey], "=")
	if !ok {
		return nil
	}
	for _, unit := range contrastUnits {
		list = append(list, results.Contrasts(res.Samples, key, ref, unit, res.Margin())...)
	}
	return list
}

// contrasts returns the table of microbenchmarks that differ in one key.
func (v *view) contrasts() Section {
	list := Contrasts(v.res)
	if len(list) == 0 {
		return Section{}
	}
	key, ref, _ := strings.Cut(v.res.Config[ContrastKey], "=")
	t := Table{ID: "contrasts", Title: fmt.Sprintf("each %s against %s=%s", key, key, ref), Columns: []Column{
		{Key: "name", In: JSON}, {Key: "package", In: JSON}, {Key: "key", In: JSON}, {Key: "reference", In: JSON}, {Key: "value", In: JSON},
		{Key: "median", In: JSON}, {Key: "reference_median", In: JSON}, {Key: "blocks", In: JSON}, {Key: "verdict", In: JSON}, {Key: "verdict_text", In: JSON},
		{Key: "unit", Head: "of", Group: true}, {Head: "benchmark", Group: true, Least: 20}, {Head: key}, {Head: ref}, {Head: "median"},
		{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans},
		{Head: "verdict"},
	}}
	families := map[string]int{}
	for _, c := range adjacent(list) {
		t.Rows = append(t.Rows, contrastRow(c, key, ref))
		families[c.Unit.Name]++
	}
	t.Note = fmt.Sprintf("Medians of %s, and the ratio that is estimated from the ratios within rounds [its interval at the level at which it is judged as one of the unit's %d]. Below 1 is faster than %s.\n%s", plural(list[0].N, "round"), families[list[0].Unit.Name], ref, v.verdictLegend("rounds"))
	return Section{ID: "contrasts", Title: "Choices compared", In: HTML | Markdown, Blocks: []Block{t}}
}

// adjacent returns the list with the values of each benchmark next to each other.
func adjacent(list []results.Contrast) []results.Contrast {
	rank := map[string]int{}
	id := func(c results.Contrast) string { return c.Unit.Name + " " + c.Pkg + " " + c.Name.String() }
	for i, c := range list {
		if _, seen := rank[id(c)]; !seen {
			rank[id(c)] = i
		}
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(x, y results.Contrast) int { return rank[id(x)] - rank[id(y)] })
	return list
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// contrastRow returns the cells of one benchmark under one value.
func contrastRow(c results.Contrast, key, ref string) []any {
	name := strings.TrimPrefix(c.Name.String(), "Benchmark")
	return []any{name, c.Pkg, key, ref, c.Value, middle(c.B), middle(c.A), c.N, c.Verdict.Kind.String(), c.Verdict.String(),
		c.Unit.Name, name, c.Value, written(c.Unit, c.A), written(c.Unit, c.B), ratio(results.Comparison{Difference: c.Difference}), Styled{c.Verdict.Short(), styles[c.Verdict.Kind]}}
}

// verdictLegend says what the words of verdicts mean; what were compared are
// blocks or rounds.
func (v *view) verdictLegend(what string) string {
	return fmt.Sprintf("equivalent: the interval lies within %.3g %% of 1 (margin). undecided Y%%: these %s could have missed a difference of Y %% (80 %% power).", 100*v.res.Margin(), what)
}
