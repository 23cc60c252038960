package main

import (
	"fmt"
	"math"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// mostFunctions is how many functions are listed for people.
const mostFunctions = 25

// leastCount is the least number of calls per message that is worth a row.
const leastCount = 0.00005

// forPeople are the formats other than JSON.
const forPeople = report.Text | report.HTML | report.Markdown

// perMessage is the unit of CPU time.
var perMessage = results.UnitOf("cpu-ns/msg")

// subjectTable returns a table whose rows say in JSON which server under which
// case they are of.
func subjectTable(id, title string, columns ...report.Column) report.Table {
	return report.Table{ID: id, Title: title, Columns: report.Keyed(columns...)}
}

func subjectRow(s *explain.Subject, cells ...any) []any {
	return report.KeyCells(s.Server, s.Case, cells...)
}

// shareOf returns a part as a share of the whole; NaN of nothing.
func shareOf(part, whole float64) float64 {
	if whole <= 0 {
		return math.NaN()
	}
	return part / whole
}

// subjectBlocks returns what is known of s, per message.
func subjectBlocks(a *explain.Analysis, s *explain.Subject) []report.Block {
	about := subjectTable("subjects", "", report.Column{Key: "cpu_ns_per_msg"}, report.Column{Key: "folder"})
	about.In = report.JSON
	about.Rows = [][]any{subjectRow(s, s.CPU, s.Folder())}
	blocks := []report.Block{about, attributionTable(a, s), callTable(s)}
	blocks = append(blocks, functionTables(s)...)
	return append(blocks, eventTable(s), overheadTable(a, s), captureCommands(s))
}

func attributionTable(a *explain.Analysis, s *explain.Subject) report.Table {
	t := subjectTable("attribution", "CPU time by component",
		report.Column{Key: "component", Head: "component", Least: 16}, report.Column{Key: "cpu_ns_per_msg", Head: "CPU", Unit: perMessage},
		report.Column{Key: "share", Head: "share", Unit: shareUnit, Draw: report.Bars}, report.Column{Key: "samples", In: report.JSON})
	for _, c := range a.Attribution(s) {
		if c.Samples > 0 {
			t.Rows = append(t.Rows, subjectRow(s, c.Component, c.Value, shareOf(c.Value, s.CPU), c.Samples))
		}
	}
	t.Note = fmt.Sprintf("Shares of %s's %d samples, by the rules of profiles/attribution; the whole is %s, the CPU time of the unobserved server.", samplers[s.Sampler()], s.Samples(), report.Number(perMessage, s.CPU))
	if s.Sampler() == explain.Pprof {
		t.Note += " Go's profiler does not see into the kernel: all of that is syscalls."
	}
	return t
}

// samplers are the names of the observers that say where CPU time goes.
var samplers = map[string]string{explain.PerfRecord: "perf record", explain.Pprof: "Go's profiler"}

func callTable(s *explain.Subject) report.Table {
	t := subjectTable("calls", "System calls",
		report.Column{Key: "call", Head: "call", Least: 16},
		report.Column{Key: "calls_per_msg", Head: "calls/msg", Unit: results.UnitOf("syscalls/msg"), Digits: 1},
		report.Column{Key: "errors_per_msg", Head: "errors/msg", Unit: results.UnitOf("errors/msg"), Digits: 1, Drop: 4},
		report.Column{Key: "cpu_ns_per_msg", Head: "CPU", Unit: perMessage}, report.Column{Key: "share", Head: "share", Unit: shareUnit, Draw: report.Bars},
		report.Column{Key: "wall_ns_per_msg", Head: "wall", Unit: results.UnitOf("syscall-ns/msg"), Drop: 3})
	for _, c := range s.Calls() {
		if c.Count >= leastCount || c.CPU > 0 {
			t.Rows = append(t.Rows, subjectRow(s, c.Name, c.Count, c.Errors, c.CPU, shareOf(c.CPU, s.CPU), c.Wall))
		}
	}
	t.Note = "Calls and errors by strace; CPU time within the call by perf record; wall time, waiting included, by perf trace. unattributed: entering and leaving the kernel, and calls that no function on the stack names."
	return t
}

// functionTables returns all functions for JSON, and the first for people.
func functionTables(s *explain.Subject) []report.Block {
	all := subjectTable("functions", "CPU time by function",
		report.Column{Key: "function", Head: "function", Least: 26}, report.Column{Key: "where", Head: "where", Least: 16},
		report.Column{Key: "self_ns_per_msg", Head: "self", Unit: perMessage}, report.Column{Head: "share", Unit: shareUnit, Draw: report.Bars},
		report.Column{Key: "cumulative_ns_per_msg", Head: "with calls", Unit: perMessage, Drop: 2}, report.Column{Head: "share", Unit: shareUnit, Drop: 2})
	for _, f := range s.Functions() {
		all.Rows = append(all.Rows, subjectRow(s, f.Name, explain.Where(f), f.Flat, shareOf(f.Flat, s.CPU), f.Cum, shareOf(f.Cum, s.CPU)))
	}
	all, first := firstRows(all, mostFunctions)
	first.Note = fmt.Sprintf("self: of the function alone; with calls: of all that it calls too. The first %d of %d.", len(first.Rows), len(all.Rows))
	return []report.Block{all, first}
}

// firstRows returns t for JSON, and its first rows for people.
func firstRows(t report.Table, most int) (all, first report.Table) {
	all, first = t, t
	all.In = report.JSON
	first.ID, first.In, first.Rows = "", forPeople, t.Rows[:min(most, len(t.Rows))]
	return all, first
}

func eventTable(s *explain.Subject) report.Table {
	t := subjectTable("events", "Events per message, by perf stat", report.Column{Key: "unit", Head: "event"}, report.Column{Key: "value", In: report.JSON}, report.Column{Head: "value"})
	g := s.Events()
	for _, u := range g.Units() {
		v := g.Median(u.Name)
		t.Rows = append(t.Rows, subjectRow(s, u.Name, v, report.Number(u, v)))
	}
	return t
}

func overheadTable(a *explain.Analysis, s *explain.Subject) report.Table {
	t := subjectTable("observers", "What the observers cost",
		report.Column{Key: "by", Head: "observer"}, report.Column{Key: "blocks", In: report.JSON},
		report.Column{Key: "msg_per_s_ratio", Head: "msg/s", Unit: shareUnit, Bounds: "interval"},
		report.Column{Key: "cpu_per_msg_ratio", Head: "CPU/msg", Unit: shareUnit, Bounds: "interval"},
		report.Column{Key: "own_cpu_ns_per_msg", Head: "own CPU", Unit: perMessage})
	for _, o := range a.Overheads(s) {
		name := o.Observer
		if name == "" {
			name = "none (A/A)"
		}
		t.Rows = append(t.Rows, subjectRow(s, name, o.Rate.N, ratioOf(o.Rate), ratioOf(o.CPU), o.Own))
	}
	t.Note = "Ratios of the observed runs to the unobserved ones of their blocks. A/A: a second, identical process that nothing observed. own CPU: of the observer's own process."
	return t
}

// ratioOf returns the ratio of a comparison, NaN without one.
func ratioOf(d results.Difference) report.Estimate {
	if d.N == 0 {
		return report.Estimate{Value: math.NaN()}
	}
	e := estimated(d.Ratio, d.HasCI, d.Interval)
	e.N = d.N
	return e
}

// captureCommands returns what captures the same of another process.
func captureCommands(s *explain.Subject) report.Shell {
	b := report.Shell{Title: "To capture the same of a process", In: report.HTML | report.Markdown}
	for _, o := range explain.Observers {
		if c := s.Command(o.Name); c != "" {
			b.Lines = append(b.Lines, report.Line{Name: o.Name, Command: c})
		}
	}
	return b
}

// comparisonBlocks returns what a comparison came to.
func comparisonBlocks(c explain.Comparison) []report.Block {
	about := report.Table{ID: "differences", In: report.JSON, Columns: []report.Column{{Key: "a"}, {Key: "b"}, {Key: "case"}, {Key: "rounds"}, {Key: "blocks"}, {Key: "msg_per_s_ratio"}},
		Rows: [][]any{{c.A.Server, c.B.Server, c.A.Case, c.Rounds, c.Blocks, ratioOf(c.Rate)}}}
	total := c.Total
	total.Name = "all"
	all := changeTable(c, "CPU time per message", "total", []explain.Change{total})
	if c.Rate.N > 0 {
		all.Note = fmt.Sprintf("Messages per second, B by A, under the sampler: %.3f, %v. %s", c.Rate.Ratio, c.Rate.Verdict, all.Note)
	}
	functions := changeTable(c, "CPU time by function, of its own", "function", c.Functions)
	functions.Note += fmt.Sprintf(" %d functions below %.0f %% in both are not judged.", c.Omitted, 100*explain.LeastShare)
	return []report.Block{about, all, changeTable(c, "CPU time by component", "component", c.Components), functions}
}

// changeTable returns the changes of one family, which are all of a kind: total,
// component or function.
func changeTable(c explain.Comparison, title, kind string, list []explain.Change) report.Table {
	t := report.Table{ID: "changes", Title: title, Note: comparisonNote(c, len(list)), Columns: []report.Column{
		{Key: "a", In: report.JSON}, {Key: "b", In: report.JSON}, {Key: "case", In: report.JSON}, {Key: "of", In: report.JSON}, {Key: "where", In: report.JSON},
		{Key: "p_adjusted", In: report.JSON}, {Key: "verdict", In: report.JSON},
		{Key: "name", Head: kind, Least: 16}, {Key: "a_ns_per_msg", Head: "A", Unit: perMessage}, {Key: "b_ns_per_msg", Head: "B", Unit: perMessage},
		{Key: "delta_ns_per_msg", Head: "B - A", Unit: perMessage, Bounds: "interval"}, {Key: "delta_share", Head: "of A's", Unit: shareUnit, Drop: 2},
		{Key: "aa_delta_ns_per_msg", Head: "A/A", Unit: perMessage, Drop: 1}, {Head: "verdict"},
	}}
	for _, x := range list {
		t.Rows = append(t.Rows, []any{
			c.A.Server, c.B.Server, c.A.Case, kind, x.Where, x.Adjusted, string(x.Kind()),
			x.Name, x.A, x.B, estimated(x.Delta, x.HasCI, x.Interval), shareOf(x.Delta, c.Total.A), x.Noise, verdictOf(x),
		})
	}
	return t
}

// estimated returns a value, with its interval where that is known.
func estimated(v float64, known bool, i stat.Interval) report.Estimate {
	e := report.Estimate{Value: v}
	if known {
		e.Interval = &i
	}
	return e
}

// verdictOf returns the verdict in the colour of what it means, and the change
// that is excluded where there is none.
func verdictOf(x explain.Change) report.Styled {
	v := report.Styled{Text: string(x.Kind())}
	switch x.Kind() {
	case explain.More:
		v.Style = report.Bad
	case explain.Less:
		v.Style = report.Good
	case explain.None:
		v.Text += " > " + report.Number(perMessage, x.Excluded())
	}
	return v
}

// comparisonNote says how to read a table of so many changes.
func comparisonNote(c explain.Comparison, changes int) string {
	return fmt.Sprintf("A: median of %d blocks; B - A: estimate from the differences within the blocks (Hodges-Lehmann); B: A and that; interval: of the change, at the level at which it is judged, which Holm's correction gives each of the table's %d changes; of A's: share of A's CPU time; none > X: no change above X. *: no larger than the A/A process's difference.", c.Blocks, changes) + tooFew(c, changes)
}

// tooFew says whether the blocks can call any of so many changes one, and what
// to do if not.
func tooFew(c explain.Comparison, changes int) string {
	needed := explain.Needed(changes)
	switch {
	case c.Blocks >= needed:
		return ""
	case c.Rounds < needed:
		return fmt.Sprintf(" %d rounds are too few to call any of these %d changes one; -rounds %d would do.", c.Rounds, changes, needed)
	}
	again := (needed*c.Rounds + c.Blocks - 1) / c.Blocks // as many will be discarded
	return fmt.Sprintf(" %d of %d rounds were discarded, and %d are too few to call any of these %d changes one: run again with -rounds %d.", c.Rounds-c.Blocks, c.Rounds, c.Blocks, changes, again)
}
