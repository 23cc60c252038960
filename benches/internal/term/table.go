package term

import (
	"fmt"
	"strings"
)

// Align is where the cells of a column stand.
type Align int

const (
	Left Align = iota
	Right
)

// Column describes one column of a table.
type Column struct {
	Head  string // lines apart by \n, the last just above the cells
	Name  string // where it is told that the column was left out; "": Head
	Align Align
	// Drop orders the columns that are left out where the width is not enough
	// for all: 1 first. Those of 0 stay.
	Drop int
	// Least is the width down to which cells are folded, of a column that may
	// be; or that a picture needs.
	Least int
	// Most is the width that a picture is drawn in at most. 0: cells are text.
	Most int
}

// Cell is text in a style, or a picture.
type Cell struct {
	Text    string
	Style   Style
	Picture Picture // instead of Text, in a column with a Most
}

// Picture draws itself in exactly so many columns.
type Picture interface {
	Draw(s Screen, width int) string
}

// Table is columns and rows. A column without any cell is not shown.
type Table struct {
	Columns []Column
	// Axis, of a column by index, is drawn as the last line of its heading.
	Axis map[int]Picture
	rows []row
}

type row struct {
	cells []Cell
	gap   bool // a blank line instead
}

// Row adds one: strings, Cells and Pictures; the cells that are missing at its
// end are blank.
func (t *Table) Row(cells ...any) {
	r := row{cells: make([]Cell, len(t.Columns))}
	for i, c := range cells {
		switch c := c.(type) {
		case Cell:
			r.cells[i] = c
		case Picture:
			r.cells[i] = Cell{Picture: c}
		default:
			r.cells[i] = Cell{Text: fmt.Sprint(c)}
		}
	}
	t.rows = append(t.rows, r)
}

// Gap adds a blank line between two rows.
func (t *Table) Gap() {
	if n := len(t.rows); n > 0 && !t.rows[n-1].gap {
		t.rows = append(t.rows, row{gap: true})
	}
}

// Table writes t to the page, and a line of what the width left no room for.
func (p *Page) Table(t *Table) {
	l := t.layout(p.Screen)
	for _, line := range l.heading() {
		p.b.WriteString(line)
	}
	for _, r := range t.rows {
		if r.gap {
			p.b.WriteByte('\n')
			continue
		}
		for _, line := range l.row(r) {
			p.b.WriteString(line)
		}
	}
	if len(l.dropped) > 0 {
		p.Text(Faint, "", fmt.Sprintf("not shown in %d columns: %s", p.width(), strings.Join(l.dropped, ", ")))
	}
}
