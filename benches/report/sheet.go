package report

import (
	"fmt"
	"math"
	"strings"

	"wsbench/benches/internal/term"
)

// sheet is a table as one kind of output shows it: numbers are written, and
// intervals and drawings have columns of their own.
type sheet struct {
	Table
	Columns []sheetColumn
	Rows    []sheetRow
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
	Text  string
	Value float64 // NaN: none
	Style Style
	Estimate
}

// sheet lays t out for one kind of output.
func (t Table) sheet(m Media) *sheet {
	s := &sheet{Table: t}
	for i, c := range t.Columns {
		if c.In.has(m) {
			s.column(i, c, m)
		}
	}
	for i := range t.Rows {
		s.row(i)
	}
	return s
}

// column adds what shows the cells of column i.
func (s *sheet) column(i int, c Column, m Media) {
	col := sheetColumn{Column: c, at: i, Numeric: true}
	var values []float64
	most, estimates := 0.0, 0
	for _, row := range s.Table.Rows {
		e, isNumber := estimateOf(cellAt(row, i))
		if !isNumber {
			col.Numeric = col.Numeric && cellAt(row, i) == nil
			continue
		}
		values = append(values, e.Value)
		most = math.Max(most, e.Value)
		if e.Interval != nil {
			values = append(values, e.Interval.Lo, e.Interval.Hi)
			most = math.Max(most, e.Interval.Hi)
		}
		if !whole(cellAt(row, i)) {
			estimates++
		}
	}
	col.Numeric = col.Numeric && len(values) > 0
	col.numbers = numbersOf(c.Unit, c.Digits, values...)
	if estimates == 0 && c.Unit.Name == "" { // whole numbers as they are
		col.numbers = numbers{}
	}
	col.Head = col.numbers.heading(c.Head, c.Unit)
	if len(values) == 0 && c.Head != "" { // no unit either
		col.Head = c.Head
	}
	s.Columns = append(s.Columns, col)
	if c.Bounds != "" {
		col.part, col.Head, col.Numeric = bounds, c.Bounds, false
		s.Columns = append(s.Columns, col)
	}
	if c.Draw != NotDrawn && m != Markdown {
		col.part, col.Head, col.Numeric, col.full = drawing, "", false, c.Full
		if col.full == 0 {
			col.full = most
		}
		if col.scale = term.RatioScale(values...); c.Scale != nil {
			col.scale = *c.Scale
		}
		s.Columns = append(s.Columns, col)
	}
}

// row adds row i; what columns that group repeat is blank.
func (s *sheet) row(i int) {
	r := sheetRow{First: i == 0}
	blank := make([]bool, len(s.Columns))
	for j, c := range s.Columns {
		if c.Group && i > 0 {
			blank[j] = textOf(cellAt(s.Table.Rows[i], c.at)) == textOf(cellAt(s.Table.Rows[i-1], c.at))
			r.First = r.First || !blank[j]
		}
	}
	for j, c := range s.Columns {
		cell := c.cell(cellAt(s.Table.Rows[i], c.at))
		if blank[j] && !r.First {
			cell = sheetCell{Value: math.NaN()}
		}
		r.Cells = append(r.Cells, cell)
	}
	s.Rows = append(s.Rows, r)
}

// groups reports whether rows are apart.
func (s *sheet) groups() bool {
	for _, c := range s.Columns {
		if c.Group {
			return true
		}
	}
	return false
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
func (c sheetColumn) cell(v any) sheetCell {
	e, isNumber := estimateOf(v)
	out := sheetCell{Value: e.Value, Estimate: e}
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
		out.Style = s.Style
	}
	return out
}

// bounds writes the interval of e, or how many values were too few for one.
func (c sheetColumn) bounds(e Estimate) string {
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

// written is a value with its unit, on its own.
func written(u Value) string {
	if whole(u.Cell) && u.Unit.Name == "" {
		return fmt.Sprint(u.Cell)
	}
	e, isNumber := estimateOf(u.Cell)
	if !isNumber {
		return textOf(u.Cell)
	}
	n := numbersOf(u.Unit, 0, e.Value)
	s := n.full(e.Value)
	if n.symbol == "" && u.Unit.Name != "" && u.Unit.Name != u.Name {
		s += " " + u.Unit.Name
	}
	if e.Interval != nil {
		s += fmt.Sprintf(" [%s,%s]", n.number(e.Interval.Lo), n.number(e.Interval.Hi))
	}
	return s
}

// name is what a column is called in a line of text.
func (c sheetColumn) name() string {
	name := c.Column.Name
	if name == "" {
		name = strings.Join(strings.Fields(c.numbers.heading(c.Column.Head, c.Unit)), " ")
	}
	switch {
	case c.part == bounds:
		return strings.TrimSpace("interval of " + name)
	case c.part == drawing:
		return strings.TrimSpace("drawing of " + name)
	}
	return name
}
