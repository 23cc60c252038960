package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// per returns what counts are divided by: msg, unless another is set.
func (o *countsSession) per() string { return cmp.Or(o.unit, "msg") }

// results returns the benchmark lines of the files, and what was not counted.
func (o *countsSession) results() *results.Results {
	res := &results.Results{}
	for _, f := range o.files {
		res.Samples = append(res.Samples, explain.CallLinesPer(o.per(), o.keys, f.capture, o.messages)...)
		for _, s := range f.capture.Skips {
			name := results.Name{Base: "Calls", Keys: o.keys}.String()
			res.Skipped = append(res.Skipped, results.Reason{Name: name, Text: s.Event + ": " + s.Reason})
		}
	}
	return res
}

// document returns a section per file. The host of the captures is not known.
func (o *countsSession) document() (d report.Document) {
	head := report.Section{Blocks: []report.Block{
		report.Values{In: report.JSON, List: []report.Value{{Key: "messages", Cell: o.messages}}},
	}}
	d.Sections = append(d.Sections, head)
	for _, f := range o.files {
		d.Sections = append(d.Sections, o.section(f))
	}
	return d
}

func (o *countsSession) section(f countsFile) report.Section {
	c := f.capture
	lines := explain.CallLinesPer(o.per(), o.keys, c, o.messages)
	s := report.Section{Title: o.title(f), Blocks: []report.Block{
		o.calls(lines), counted(lines, len(o.keys)),
		report.Table{ID: "captures", In: report.JSON, Columns: keyed("file", "format", "elapsed_ns"), Rows: [][]any{{f.name, c.Format, int64(c.Elapsed)}}},
	}}
	values := report.Table{ID: "lines", In: report.JSON, Columns: keyed("file", "name", "values")}
	for _, l := range lines {
		values.Rows = append(values.Rows, []any{f.name, l.Name.String(), l.Values})
	}
	skips := report.Table{ID: "skips", In: report.JSON, Columns: keyed("file", "event", "reason")}
	for _, k := range c.Skips {
		s.Blocks = append(s.Blocks, report.Paragraph{Style: report.Unsure, Prefix: "SKIP ", Text: k.Event + ": " + k.Reason})
		skips.Rows = append(skips.Rows, []any{f.name, k.Event, k.Reason})
	}
	s.Blocks = append(s.Blocks, values, skips)
	for _, w := range c.Warnings { // standard error has them, too
		p := report.Warning(w.Error())
		p.In = report.JSON
		s.Blocks = append(s.Blocks, p)
	}
	return s
}

// keyed returns columns of JSON.
func keyed(keys ...string) (list []report.Column) {
	for _, key := range keys {
		list = append(list, report.Column{Key: key})
	}
	return list
}

func (o *countsSession) title(f countsFile) string {
	title := f.name + ": " + f.capture.Format
	if f.capture.Elapsed > 0 {
		title += fmt.Sprintf(", %v", f.capture.Elapsed.Round(time.Millisecond/10))
	}
	if o.messages > 0 {
		title += fmt.Sprintf(", %d %s", o.messages, map[string]string{"msg": "messages", "op": "operations"}[o.per()])
	}
	return title
}

// counted returns the values of the whole capture, whose line has so many keys.
func counted(lines []results.Sample, keys int) report.Values {
	v := report.Values{Title: "counted"}
	if len(lines) == 0 || len(lines[0].Name.Keys) > keys {
		return v
	}
	whole := results.Group{Samples: lines[:1]}
	for _, u := range whole.Units() {
		v.List = append(v.List, report.Value{Name: u.Name, Unit: u, Cell: whole.Median(u.Name)})
	}
	return v
}

// calls returns a table of the lines of calls; what the capture does not tell is no
// number.
func (o *countsSession) calls(lines []results.Sample) report.Table {
	per := "/" + o.per()
	if o.messages == 0 {
		per = "/capture"
	}
	value := func(l results.Sample, unit string) float64 {
		if v, ok := l.Values[unit+per]; ok {
			return v
		}
		return math.NaN()
	}
	callOf := func(l results.Sample) string { return results.Name{Keys: l.Name.Keys[len(o.keys):]}.Value("call") }
	calls := slices.DeleteFunc(slices.Clone(lines), func(l results.Sample) bool { return callOf(l) == "" })
	sum := func(unit string) (all float64) {
		for _, l := range calls {
			all += value(l, unit)
		}
		return all
	}
	unit, of := "syscalls", "of calls"
	if sum("syscall-ns") > 0 { // no number where a call's time is not known
		unit, of = "syscall-ns", "of time"
	}
	t := report.Table{Columns: []report.Column{
		{Head: "call", Least: 12}, {Head: "calls" + per}, {Head: "errors" + per}, {Head: "EAGAIN" + per},
		{Head: "per call", Unit: results.UnitOf("ns/call")}, {Head: "time", Unit: results.UnitOf("syscall-ns" + per)},
		{Head: of, Unit: shareUnit, Draw: report.Bars, Full: 1},
	}}
	for _, l := range calls {
		n, ns := value(l, "syscalls"), value(l, "syscall-ns")
		t.Rows = append(t.Rows, []any{callOf(l), n, value(l, "errors"), value(l, "EAGAIN"), ns / n, ns, value(l, unit) / sum(unit)})
	}
	if slices.ContainsFunc(t.Rows, func(row []any) bool {
		return slices.ContainsFunc(row, func(v any) bool { f, ok := v.(float64); return ok && math.IsNaN(f) })
	}) {
		t.Note = "-: the capture does not tell"
	}
	return t
}

// shareUnit is that of columns of shares of 1.
var shareUnit = results.UnitOf("share")
