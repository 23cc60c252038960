package main

import (
	"fmt"
	"strconv"

	"wsbench/benches/internal/term"
	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/mask"
)

// print writes the table; the lines of -format bench are written already.
func (r *floorsRun) print() error {
	switch r.format {
	case textFormat:
		return r.text()
	case jsonFormat:
		return r.json()
	}
	return nil
}

// floorsJSON is the document of -format json.
type floorsJSON struct {
	report.Head
	Rows     []floorRow      `json:"rows"`
	Skipped  []report.Reason `json:"skipped"`
	Notes    []string        `json:"notes"`
	Warnings []string        `json:"warnings"`
}

func (r *floorsRun) json() error {
	return report.WriteJSON(r.stdout, &floorsJSON{r.document("floors"), r.rows, report.Reasons(r.skips), []string{}, []string{}})
}

// document is the head of one of a command that times small functions.
func (m *microFlags) document(command string) report.Head {
	h := report.NewHead(command, m.facts())
	h.Host["mask_kernel"] = mask.Best().String()
	return h
}

func (r *floorsRun) text() error {
	facts, p := r.facts(), r.screen(r.stdout).Page()
	p.Text(term.Plain, "", fmt.Sprintf("floors of %s, Linux %s, CPU %s, mask kernel %v, seed %d",
		fact(facts, "cpu"), fact(facts, "kernel"), r.where(), mask.Best(), r.seed))
	p.Line("")
	p.Table(r.table())
	for _, s := range r.skips {
		p.Text(term.Bad, "SKIP ", s.Name+": "+s.Text)
	}
	p.Line("")
	p.Text(term.Plain, "", floorsLegend)
	return p.Flush(r.stdout)
}

func (r *floorsRun) table() *term.Table {
	scale := r.scale()
	t := &term.Table{Columns: []term.Column{
		{}, {Head: "octets", Align: term.Right}, {Head: "set", Drop: 2}, {Head: "ns", Align: term.Decimal}, {Head: "interval", Name: "interval of ns", Drop: 1},
		{Head: "GB/s", Align: term.Decimal, Drop: 4}, {Head: "of\nfloor"}, {Head: "interval", Name: "interval of floor", Drop: 3},
		{Name: "interval as drawn", Least: 12, Most: 25, Drop: 5},
	}, Axis: map[int]term.Picture{8: scale}}
	for i, row := range r.rows {
		if i > 0 && (r.rows[i-1].Group != row.Group || row.Group == "mask" && r.rows[i-1].Octets != row.Octets) {
			t.Gap()
		}
		cells := []any{row.Group + " " + row.Name, blank(row.Octets, micro.SizeName(row.Octets)), row.Set, nanos(row.NS),
			fmt.Sprintf("[%s,%s]", nanos(row.Interval.Lo), nanos(row.Interval.Hi)), blank(row.Octets, throughput(row.GBs))}
		t.Row(append(cells, row.OfFloor.cells(scale)...)...)
	}
	return t
}

// scale is the one on which all ratios to the floor are.
func (r *floorsRun) scale() term.Scale {
	var ends []float64
	for _, row := range r.rows {
		if q := row.OfFloor; q != nil {
			ends = append(ends, q.Ratio, q.Interval.Lo, q.Interval.Hi)
		}
	}
	return term.RatioScale(ends...)
}

const floorsLegend = `of floor: the time of mask.Floor, which loads and stores the same octets, by this
one's (1.00: the XOR costs nothing), paired round by round; medians [intervals at
95 %], drawn beside with a line at 1. Payloads begin one octet after a cache line. set: fresh ones are others each
time, within the L1; hot ones the same each time, of sizes of which half the L1 does
not hold two. Figures hold a loop's share, that of the row "nothing".`

// cells of a row: ratio, interval, and the interval as drawn.
func (q *floorRatio) cells(scale term.Scale) []any {
	if q == nil {
		return nil
	}
	return []any{fmt.Sprintf("%.3f", q.Ratio), fmt.Sprintf("[%.3f,%.3f]", q.Interval.Lo, q.Interval.Hi),
		term.Span{Scale: scale, Lo: q.Interval.Lo, Value: q.Ratio, Hi: q.Interval.Hi}}
}

func blank(n int, s string) string {
	if n == 0 {
		return ""
	}
	return s
}

// throughput writes GB/s with three digits that count, and three decimals at
// most.
func throughput(v float64) string {
	decimals := 0
	for u := v; u < 100 && decimals < 3; u *= 10 {
		decimals++
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// nanos writes ns with three digits that count.
func nanos(ns float64) string {
	switch {
	case ns >= 100:
		return strconv.FormatFloat(ns, 'f', 0, 64)
	case ns >= 10:
		return strconv.FormatFloat(ns, 'f', 1, 64)
	}
	return strconv.FormatFloat(ns, 'f', 2, 64)
}
