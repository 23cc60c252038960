package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"wsbench/benches/internal/term"
)

// sheet is a table as one kind of output shows it: numbers are written, and
// intervals and drawings have columns of their own.
type sheet struct {
	Title, Note string
	Grouped     bool // rows that share what is in some columns are apart from others
	Columns     []*sheetColumn
	Rows        []sheetRow
}

// part is what of a cell a column of a sheet shows.
type part int

const (
	inFigures part = iota
	bounds
	drawing
)

type sheetColumn struct {
	Column
	Head    string
	Numeric bool
	part    part
	at      int // of the table's columns
	numbers numbers
	full    float64
	scale   term.Scale
}

type sheetRow struct {
	First bool // of those that share what is in columns that group
	Cells []sheetCell
}

type sheetCell struct {
	Estimate // NaN, if there is no number
	Text     string
	Words    Style // of Text
	column   *sheetColumn
}

// sheet lays t out for one kind of output.
func (t Table) sheet(m Media) *sheet {
	s := &sheet{Title: t.Title, Note: t.Note}
	for i, c := range t.Columns {
		if c.In.has(m) && t.used(i) {
			s.Grouped = s.Grouped || c.Group
			s.Columns = append(s.Columns, t.columns(i, m)...)
		}
	}
	for i := range t.Rows {
		s.Rows = append(s.Rows, s.row(t, i))
	}
	return s
}

// used reports whether column i has a cell.
func (t Table) used(i int) bool {
	return slices.ContainsFunc(t.Rows, func(row []any) bool { return cellAt(row, i) != nil })
}

// columns returns those that show the cells of column i.
func (t Table) columns(i int, m Media) []*sheetColumn {
	c := t.Columns[i]
	var values []float64
	integers := c.Unit.Name == ""
	for _, row := range t.Rows {
		e, isNumber := estimateOf(cellAt(row, i))
		if !isNumber {
			continue
		}
		integers = integers && whole(cellAt(row, i))
		values = append(values, e.Value)
		if e.Interval != nil {
			values = append(values, e.Interval.Lo, e.Interval.Hi)
		}
	}
	col := sheetColumn{Column: c, at: i, Numeric: len(values) > 0, full: c.Full, scale: term.RatioScale(values...)}
	if !integers { // those are shown as they are
		col.numbers = numbersOf(c.Unit, c.Digits, values...)
	}
	col.Head = col.numbers.heading(c.Head, c.Unit)
	if c.Scale != nil {
		col.scale = *c.Scale
	}
	for _, v := range values {
		if c.Full == 0 {
			col.full = max(col.full, v)
		}
	}
	list := []*sheetColumn{&col}
	if c.Bounds != "" {
		list = append(list, col.as(bounds, c.Bounds))
	}
	if c.Draw != NotDrawn && m != Markdown {
		list = append(list, col.as(drawing, ""))
	}
	return list
}

// as returns c, with another part of its cells.
func (c sheetColumn) as(p part, head string) *sheetColumn {
	c.part, c.Head, c.Numeric = p, head, false
	return &c
}

// row lays row i out; what columns that group repeat is blank.
func (s *sheet) row(t Table, i int) sheetRow {
	r := sheetRow{First: i == 0}
	repeats := func(c *sheetColumn) bool {
		return i > 0 && c.Group && textOf(cellAt(t.Rows[i], c.at)) == textOf(cellAt(t.Rows[i-1], c.at))
	}
	for _, c := range s.Columns {
		r.First = r.First || c.Group && !repeats(c)
	}
	for _, c := range s.Columns {
		if !r.First && repeats(c) {
			r.Cells = append(r.Cells, c.cell(nil))
		} else {
			r.Cells = append(r.Cells, c.cell(cellAt(t.Rows[i], c.at)))
		}
	}
	return r
}

// cellAt returns the cell of a column; nil where the row is too short.
func cellAt(row []any, i int) any {
	if i < len(row) {
		return row[i]
	}
	return nil
}

// estimateOf returns a number as an Estimate.
func estimateOf(v any) (e Estimate, isNumber bool) {
	switch v := v.(type) {
	case int:
		return Estimate{Value: float64(v)}, true
	case int64:
		return Estimate{Value: float64(v)}, true
	case float64:
		return Estimate{Value: v}, true
	case Estimate:
		return v, true
	}
	return Estimate{Value: math.NaN()}, false
}

// whole reports whether v is of an integer type.
func whole(v any) bool {
	switch v.(type) {
	case int, int64:
		return true
	}
	return false
}

// cell writes v as the column shows it.
func (c *sheetColumn) cell(v any) sheetCell {
	e, isNumber := estimateOf(v)
	out := sheetCell{Estimate: e, column: c}
	switch {
	case v == nil || c.part == drawing:
	case c.part == bounds:
		out.Text = c.bounds(e)
	case isNumber && c.numbers.Factor != 0:
		out.Text = c.numbers.number(e.Value)
	default:
		out.Text = textOf(v)
	}
	if s, ok := v.(Styled); ok {
		out.Words = s.Style
	}
	return out
}

// bounds writes the interval of e, or how many values were too few for one.
func (c *sheetColumn) bounds(e Estimate) string {
	switch {
	case e.Interval != nil:
		return fmt.Sprintf("[%s,%s]", c.numbers.number(e.Interval.Lo), c.numbers.number(e.Interval.Hi))
	case e.N > 0:
		return fmt.Sprintf("(n=%d)", e.N)
	}
	return ""
}

// textOf writes what is no number, in one line.
func textOf(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case Styled:
		v = t.Text
	}
	return strings.ReplaceAll(fmt.Sprint(v), "\n", " ")
}

// written returns a value with its unit, on its own.
func (v Value) written() string {
	e, isNumber := estimateOf(v.Cell)
	if !isNumber || whole(v.Cell) && v.Unit.Name == "" {
		return textOf(v.Cell)
	}
	n := numbersOf(v.Unit, 0, e.Value)
	s := n.full(e.Value)
	if n.symbol == "" && v.Unit.Name != "" && v.Unit.Name != v.Name {
		s += " " + v.Unit.Name
	}
	if e.Interval != nil {
		s += fmt.Sprintf(" [%s,%s]", n.number(e.Interval.Lo), n.number(e.Interval.Hi))
	}
	return s
}

// name returns what a column is called in a line of text.
func (c *sheetColumn) name() string {
	name := c.Column.Name
	if name == "" {
		name = strings.Join(strings.Fields(c.numbers.heading(c.Column.Head, c.Unit)), " ")
	}
	return strings.TrimSpace([]string{"", "interval of ", "drawing of "}[c.part] + name)
}
