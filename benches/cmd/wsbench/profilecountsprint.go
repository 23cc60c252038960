package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/explain"
	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/counts"
)

// bench writes the lines of each file.
func (o *countsOptions) bench(w io.Writer, files []countsFile) error {
	out, err := results.NewWriter(w, nil)
	for _, f := range files {
		for _, line := range o.lines(f.capture) {
			err = errors.Join(err, out.Sample(line))
		}
		err = errors.Join(err, explain.SkipLines(out, o.keys, f.capture))
	}
	return err
}

func (o *countsOptions) lines(c *counts.Capture) []results.Sample {
	return explain.CallLines(o.keys, c, o.messages)
}

// countsDocument is the output of -format json.
type countsDocument struct {
	report.Head
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
	doc := countsDocument{Head: report.NewHead("profile counts", host.Facts()), Messages: o.messages, Captures: []countsCaptureDoc{}}
	for _, f := range files {
		c := countsCaptureDoc{File: f.name, Format: f.capture.Format, ElapsedNs: int64(f.capture.Elapsed),
			Results: []countsResultDoc{}, Skips: []countsSkipDoc{}, Warnings: []string{}}
		for _, line := range o.lines(f.capture) {
			c.Results = append(c.Results, countsResultDoc{line.Name.String(), line.Values})
		}
		for _, s := range f.capture.Skips {
			c.Skips = append(c.Skips, countsSkipDoc(s))
		}
		for _, warning := range f.capture.Warnings {
			c.Warnings = append(c.Warnings, warning.Error())
		}
		doc.Captures = append(doc.Captures, c)
	}
	return report.WriteJSON(w, doc)
}

// text prints the calls as a table, and what else was counted below it.
func (o *countsOptions) text(p *term.Page, f countsFile) {
	c := f.capture
	title := f.name + ": " + c.Format
	if c.Elapsed > 0 {
		title += fmt.Sprintf(", %v", c.Elapsed.Round(time.Millisecond/10))
	}
	if o.messages > 0 {
		title += fmt.Sprintf(", %d messages", o.messages)
	}
	p.Heading(title)
	if len(c.Calls) > 0 {
		rows := o.callRows(c)
		countsTable(p, rows)
		if slices.ContainsFunc(rows, func(r []string) bool { return slices.Contains(r, "-") }) {
			p.Text(term.Faint, "", "-: the capture does not tell")
		}
	}
	if all := o.lines(c); len(all) > 0 && len(all[0].Name.Keys) == len(o.keys) {
		rows := [][]string{{"counted", "value"}}
		whole := results.Group{Samples: all[:1]}
		for _, u := range whole.Units() {
			rows = append(rows, []string{u.Name, figure(whole.Median(u.Name))})
		}
		p.Line("")
		countsTable(p, rows)
	}
	for _, s := range c.Skips {
		p.Text(term.Unsure, "SKIP ", s.Event+": "+s.Reason)
	}
}

// countsTable writes rows, the first of which is the head; what ends in " %" is
// drawn, too.
func countsTable(p *term.Page, rows [][]string) {
	t := &term.Table{}
	for i, head := range rows[0] {
		col := term.Column{Head: head, Align: term.Decimal}
		if i == 0 {
			col.Align, col.Least = term.Left, 12
		}
		t.Columns = append(t.Columns, col)
	}
	t.Columns = append(t.Columns, term.Column{Name: "bar", Most: widestBar, Least: 6, Drop: 1})
	for _, row := range rows[1:] {
		cells := make([]any, 0, len(row)+1)
		for _, c := range row {
			cells = append(cells, c)
		}
		if share, ok := strings.CutSuffix(row[len(row)-1], " %"); ok {
			v, _ := strconv.ParseFloat(share, 64)
			cells = append(cells, term.Bar{Value: v, Full: 100, Lo: v, Hi: v})
		}
		t.Row(cells...)
	}
	p.Table(t)
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
	of, per := "of calls", "msg"
	if o.messages == 0 {
		per = "capture"
	}
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
		if call.ErrorsKnown {
			row[2] = figure(float64(call.Errors) / n)
		}
		if call.ErrnoKnown() {
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
