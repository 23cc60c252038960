package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/profiles/counts"
)

// unit is a unit of the table for the denominator that is in use.
func (o *countsOptions) unit(name string) string {
	if o.messages > 0 {
		return name
	}
	return strings.TrimSuffix(name, "/msg") + "/capture"
}

// bench writes the units, then a line a result.
func (o *countsOptions) bench(w io.Writer, files []countsFile) error {
	var b strings.Builder
	b.WriteString("pkg: wsbench/profiles/counts\n\n")
	for _, u := range counts.Units {
		if o.messages > 0 || strings.HasSuffix(u.Name, "/msg") {
			fmt.Fprintf(&b, "Unit %s better=%s\n", o.unit(u.Name), u.Better)
		}
	}
	b.WriteByte('\n')
	for _, f := range files {
		for _, r := range f.capture.Results(o.base(), o.messages) {
			fmt.Fprintf(&b, "Benchmark%s %d", r.Name, r.Iters)
			for _, v := range r.Values {
				fmt.Fprintf(&b, " %s %s", strconv.FormatFloat(v.Value, 'f', -1, 64), v.Unit)
			}
			b.WriteByte('\n')
		}
		o.skips(&b, f.capture)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (o *countsOptions) skips(w io.Writer, c *counts.Capture) {
	for _, s := range c.Skips() {
		fmt.Fprintf(w, "SKIP Benchmark%s: %s: %s\n", o.base(), s.Event, s.Reason)
	}
}

// countsDocument is the output of -format json.
type countsDocument struct {
	Messages int64              `json:"messages"` // 0: values are of the capture
	Captures []countsCaptureDoc `json:"captures"`
}

type countsCaptureDoc struct {
	File      string            `json:"file"`
	Format    string            `json:"format"`
	ElapsedNs int64             `json:"elapsed_ns"` // 0: not told
	Results   []countsResultDoc `json:"results"`
	Skips     []countsSkipDoc   `json:"skips"`
	Warnings  []string          `json:"warnings"`
}

type countsResultDoc struct {
	Name   string             `json:"name"`
	Values map[string]float64 `json:"values"` // by unit
}

type countsSkipDoc struct {
	Event  string `json:"event"`
	Reason string `json:"reason"`
}

func (o *countsOptions) json(w io.Writer, files []countsFile) error {
	doc := countsDocument{Messages: o.messages, Captures: []countsCaptureDoc{}}
	for _, f := range files {
		c := countsCaptureDoc{File: f.name, Format: f.capture.Format, ElapsedNs: int64(f.capture.Elapsed),
			Results: []countsResultDoc{}, Skips: []countsSkipDoc{}, Warnings: []string{}}
		for _, r := range f.capture.Results(o.base(), o.messages) {
			values := map[string]float64{}
			for _, v := range r.Values {
				values[v.Unit] = v.Value
			}
			c.Results = append(c.Results, countsResultDoc{"Benchmark" + string(r.Name), values})
		}
		for _, s := range f.capture.Skips() {
			c.Skips = append(c.Skips, countsSkipDoc(s))
		}
		for _, warning := range f.capture.Warnings {
			c.Warnings = append(c.Warnings, warning.Error())
		}
		doc.Captures = append(doc.Captures, c)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// text prints the calls as a table, and what else was counted below it.
func (o *countsOptions) text(w io.Writer, f countsFile) {
	c := f.capture
	fmt.Fprintf(w, "%s: %s", f.name, c.Format)
	if c.Elapsed > 0 {
		fmt.Fprintf(w, ", %v", c.Elapsed.Round(time.Millisecond/10))
	}
	if o.messages > 0 {
		fmt.Fprintf(w, ", %d messages", o.messages)
	}
	fmt.Fprint(w, "\n\n")
	if len(c.Calls) > 0 {
		rows := o.callRows(c)
		alignCells(w, rows)
		if slices.ContainsFunc(rows, func(r []string) bool { return slices.Contains(r, "-") }) {
			fmt.Fprintln(w, "-: the capture does not tell")
		}
		fmt.Fprintln(w)
	}
	if all := c.Results(o.base(), o.messages); len(all) > 0 && string(all[0].Name) == o.base() {
		var rows [][]string
		for _, v := range all[0].Values {
			rows = append(rows, []string{v.Unit, figure(v.Value)})
		}
		alignCells(w, rows)
	}
	o.skips(w, c)
}

// callRows is a row a call; what a capture does not tell is a dash.
func (o *countsOptions) callRows(c *counts.Capture) [][]string {
	n := float64(max(o.messages, 1))
	var calls int64
	var took time.Duration
	timed := true
	for i := range c.Calls {
		calls, took = calls+c.Calls[i].Calls, took+c.Calls[i].Time
		timed = timed && c.Calls[i].Timed == c.Calls[i].Calls
	}
	of, per := "of calls", strings.TrimPrefix(o.unit("/msg"), "/")
	if timed && took > 0 {
		of = "of time"
	}
	rows := [][]string{{"call", "calls/" + per, "errors/" + per, "EAGAIN/" + per, "ns/call", "ns/" + per, of}}
	for i := range c.Calls {
		call := &c.Calls[i]
		if call.Calls == 0 {
			continue
		}
		row := []string{call.Name, figure(float64(call.Calls) / n), "-", "-", "-", "-", percent(float64(call.Calls), float64(calls))}
		if call.ErrorsTold {
			row[2] = figure(float64(call.Errors) / n)
		}
		if call.ErrnoTold() {
			row[3] = figure(float64(call.EAGAIN()) / n)
		}
		if call.HasTime() {
			row[4], row[5] = figure(float64(call.Avg())), figure(float64(call.Time)/n)
		}
		if timed && took > 0 {
			row[6] = percent(float64(call.Time), float64(took))
		}
		rows = append(rows, row)
	}
	return rows
}

func percent(part, whole float64) string { return fmt.Sprintf("%.1f %%", 100*part/max(whole, 1)) }

// figure is v with four significant digits, and all of those before the point.
func figure(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// alignCells prints rows with the first column to the left and the others to
// the right.
func alignCells(w io.Writer, rows [][]string) {
	width := map[int]int{}
	for _, r := range rows {
		for i, cell := range r {
			width[i] = max(width[i], len(cell))
		}
	}
	for _, r := range rows {
		fmt.Fprintf(w, "%-*s", width[0], r[0])
		for i, cell := range r[1:] {
			fmt.Fprintf(w, "  %*s", width[i+1], cell)
		}
		fmt.Fprintln(w)
	}
}
