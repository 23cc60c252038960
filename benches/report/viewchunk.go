package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/results"
)

// chunk returns what servers pay per tiny frame: at a glance, what was measured,
// what it means, what to do, and how to measure it again.
func (v *view) chunk(b results.Bench) Section {
	samples := v.res.Of(b.Base)
	groups := chunkGroups(samples)
	list := v.chunkSummaries(groups)
	if len(list) == 0 {
		return Section{}
	}
	s := Section{ID: b.ID, Title: b.Title, In: HTML | Markdown}
	s.Blocks = append(s.Blocks, samplesTable(b.ID+"_samples", samples), chunkGlance(b.ID, list))
	s.Blocks = append(s.Blocks, v.chunkCompared(b.ID+"_comparisons", samples)...)
	s.Blocks = append(s.Blocks, chunkSurvey(list))
	cases := chunkCases(b.ID+"_cases", groups)
	folded := cases
	cases.In, folded.In = Text|JSON|Markdown, HTML // HTML has it behind the plots
	s.Blocks = append(s.Blocks, cases, v.chunkFigure(b, groups, folded))
	s.Blocks = append(s.Blocks, v.chunkPacing(b.ID+"_pacing")...)
	s.Blocks = append(s.Blocks, chunkTexts("What this means", list, (*chunkSummary).meaning)...)
	s.Blocks = append(s.Blocks, chunkTexts("What to do today", list, (*chunkSummary).advice)...)
	var lines []Line
	for _, c := range v.commands("cpu-ns/frame") {
		name := "read the samples"
		if c == v.res.Command {
			name = "measure again"
		}
		lines = append(lines, Line{name, c})
	}
	s.Blocks = append(s.Blocks, Shell{Title: "Reproducer", Lines: lines})
	return s
}

// chunkGroups groups samples by server, then shape, mode and frames.
func chunkGroups(samples []results.Sample) []*results.Group {
	groups, servers := results.Groups(samples), results.Servers(samples)
	slices.SortStableFunc(groups, func(a, b *results.Group) int {
		return cmp.Or(slices.Index(servers, a.Name.Server())-slices.Index(servers, b.Name.Server()),
			strings.Compare(a.Name.Value("shape"), b.Name.Value("shape")), strings.Compare(a.Name.Value("answer"), b.Name.Value("answer")),
			strings.Compare(a.Name.Value("mode"), b.Name.Value("mode")), a.Name.Case().Int("frames")-b.Name.Case().Int("frames"))
	})
	return groups
}

// chunkKeys name a server and a shape.
var chunkKeys = []Column{
	{Key: "server", In: JSON}, {Key: "io", In: JSON}, {Key: "aa", In: JSON}, {Key: "answer", In: JSON},
	{Key: "label", Head: "server"}, {Key: "shape", Head: "shape"},
}

func chunkCells(s results.Server, shape, answer string, others ...any) []any {
	return append([]any{s.Value("server"), s.Value("io"), s.AA(), answer, s.Label(), shape}, others...)
}

var frameUnit = results.UnitOf("cpu-ns/frame")

// chunkGlance returns the table of all servers.
func chunkGlance(id string, list []*chunkSummary) Table {
	t := Table{ID: id, Title: "At a glance", Columns: slices.Concat(chunkKeys, []Column{
		{Key: "a_cpu_ns_per_frame", Head: "A", Name: "CPU/frame, A", Unit: frameUnit, Bounds: "interval"},
		{Key: "b_cpu_ns_per_frame", Head: "B", Name: "CPU/frame, B", Unit: frameUnit, Bounds: "interval"},
		{Key: "idle_ns_per_s", Head: "idle", Unit: results.UnitOf("idle-ns/s"), Drop: 2},
		{Key: "floor_ns_per_frame", Head: "floor", Unit: results.UnitOf("floor-ns/frame"), Drop: 1},
		{Key: "exponent", Head: "exponent", Unit: ratioUnit, Bounds: "interval"},
		{Key: "wall_exponent", In: JSON},
		{Key: "verdict", Head: "verdict"},
		{Key: "survey_a_ns_per_frame", In: JSON}, {Key: "survey_b_ns_per_frame", In: JSON}, {Key: "survey_exponent", In: JSON}, {Key: "survey_verdict", In: JSON},
		{Key: "meaning", In: JSON}, {Key: "advice", In: JSON},
	})}
	t.Note = strings.Join([]string{
		"A, B: the server's CPU time per frame that comes with many in one segment, and per frame that comes alone, less idle, what it takes per second without a frame: medians over the runs of the frames below, with distribution-free intervals. floor: the time per frame that the prober and a null sink take in mode A. exponent: with which the CPU time of mode A grows with the frames, by Theil and Sen.",
		chunkThresholds,
		usedFrames(list),
	}, "\n")
	for _, s := range list {
		var wall any
		if s.wall != nil {
			wall = s.wall.Value
		}
		t.Rows = append(t.Rows, chunkCells(s.server, s.shape, s.answer, estimateCell(s.a), estimateCell(s.b), s.idle, s.floor,
			estimateCell(s.exponent), wall, Styled{s.verdict, chunkStyle(s.verdict)}, s.survey[0], s.survey[1], number(s.surveySlope), s.surveyVerdict(), s.meaning(), s.advice()))
	}
	return t
}

// chunkSurvey returns the table of all servers by the survey's formula.
func chunkSurvey(list []*chunkSummary) Table {
	unit := results.UnitOf("survey-ns/frame")
	t := Table{Title: "By the published survey's formula", Note: surveyThresholds, Columns: []Column{
		{Head: "server"}, {Head: "shape"}, {Head: "A", Unit: unit}, {Head: "B", Unit: unit}, {Head: "exponent", Unit: ratioUnit}, {Head: "verdict"},
	}}
	for _, s := range list {
		t.Rows = append(t.Rows, []any{s.server.Label(), s.shape, s.survey[0], s.survey[1], number(s.surveySlope), s.surveyVerdict()})
	}
	return t
}

// usedFrames says which runs A and B are of, and which tell no exponent.
func usedFrames(list []*chunkSummary) string {
	var texts []string
	say := func(text string) {
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	for _, s := range list {
		for i, mode := range chunkModes {
			if len(s.used[i]) > 0 {
				say(fmt.Sprintf("%s, shape %s: runs of %s frames.", mode, s.shape, listed(s.used[i])))
			}
		}
		if s.negative > 0 {
			say(fmt.Sprintf("%s, shape %s: %d runs of mode A took less CPU time than idle, and tell no exponent.", s.server.Label(), s.shape, s.negative))
		}
	}
	return strings.Join(texts, " ")
}

func listed(numbers []int) string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ", ")
}

// number returns a cell; an empty one of what is unknown.
func number(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

func estimateCell(e *Estimate) any {
	if e == nil {
		return nil
	}
	return *e
}

func chunkStyle(verdict string) Style {
	switch verdict {
	case "batches":
		return Good
	case "unknown":
		return Unsure
	}
	return Bad
}

// chunkUnits are the units of the measurements, and the columns that text leaves
// out first.
var chunkUnits = []struct {
	unit, head string
	drop       int
}{
	{"wall-ns/frame", "wall", 0}, {"floor-ns/frame", "floor", 0}, {"sink-cpu-ns/frame", "sink", 0}, {"gen-cpu-ns/frame", "prober", 3},
	{"survey-ns/frame", "survey", 0}, {"late-p50-ns", "late p50", 2}, {"late-p99-ns", "p99", 2}, {"late-max-ns", "most", 2}, {"frames/recv", "frames/recv", 1},
}

// chunkCases returns the table of all cases.
func chunkCases(id string, groups []*results.Group) Table {
	t := Table{ID: id, Title: "Measurements", Columns: slices.Concat(chunkKeys, []Column{
		{Key: "mode", Head: "mode"}, {Key: "frames", Head: "frames"}, {Key: "samples", Head: "n"},
		{Key: "cpu_ns_per_frame", Head: "CPU", Unit: frameUnit, Bounds: "least, most", Draw: Bars},
	})}
	for _, u := range chunkUnits {
		t.Columns = append(t.Columns, Column{Key: unitKey.Replace(u.unit), Head: u.head, Unit: results.UnitOf(u.unit), Drop: u.drop})
	}
	t.Note = "Medians over n runs. CPU: the server's per frame, less idle, and its range. wall: from the first frame to the answer. floor: as wall, less the gaps, to a null sink, which reads and discards; sink: the CPU time that it takes; prober: that of the sending thread, gaps included. survey: by the survey's formula. late: how much later than the gap a frame of mode B was sent; " + results.PacingFile + " has the whole distribution."
	for _, g := range groups {
		row := chunkCells(g.Name.Server(), g.Name.Value("shape"), g.Name.Value("answer"), g.Name.Value("mode"), g.Name.Case().Int("frames"), len(g.Samples), ranged(g.Values("cpu-ns/frame")))
		for _, u := range chunkUnits {
			row = append(row, middle(g.Values(u.unit)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// chunkFigure returns the cost per frame over the frames.
func (v *view) chunkFigure(b results.Bench, groups []*results.Group, numbers Table) Figure {
	f := Figure{Title: b.Title, Commands: v.commands("cpu-ns/frame"), Numbers: &numbers, Note: "Points are medians over the runs of a case; error bars span all of them."}
	for _, unit := range []string{"cpu-ns/frame", "wall-ns/frame"} {
		u, series := results.UnitOf(unit), map[string]int{}
		var data []datum
		for _, g := range groups {
			line := fmt.Sprintf("%s %s %s", g.Name.Server().Label(), g.Name.Value("mode"), g.Name.Value("shape"))
			if _, ok := series[line]; !ok {
				series[line] = len(series)
			}
			data = append(data, datum{line: line, series: series[line], x: float64(g.Name.Case().Int("frames")), y: ranged(g.Values(unit))})
		}
		if c := curves(unit+" over frames", "frames", unit, u, data); len(c.X.Ticks) > 1 {
			f.Plots = append(f.Plots, Plot{b.ID + "-" + unit, c.Draw()})
		}
	}
	return f
}

// chunkTexts returns what there is to say of each server, once where it is the
// same of all.
func chunkTexts(title string, list []*chunkSummary, text func(*chunkSummary) string) (blocks []Block) {
	of := map[string][]string{} // who it is said of
	var said []string
	for _, s := range list {
		label, t := strings.TrimSuffix(s.server.Label()+", "+s.shape, ", "), text(s)
		if of[t] == nil {
			said = append(said, t)
		}
		if !slices.Contains(of[t], label) {
			of[t] = append(of[t], label)
		}
	}
	for _, t := range said {
		blocks = append(blocks, Paragraph{Style: Strong, Prefix: title + ": ", Text: strings.Join(of[t], "; ") + ": " + t})
	}
	return blocks
}
