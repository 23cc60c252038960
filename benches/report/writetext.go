package report

import (
	"io"
	"math"
	"strings"

	"wsbench/benches/internal/term"
)

// writeText writes d for a screen.
func writeText(w io.Writer, d Document, screen term.Screen) error {
	t := &textWriter{Page: screen.Page()}
	if d.Answer != "" {
		t.Text(Strong, "", d.Answer)
		t.began = true
	}
	first, rest := d.parts()
	t.sections(first)
	if lines := factLines(d.Facts); len(lines) > 0 {
		t.apart()
		for _, line := range lines {
			t.Text(Plain, "", line)
		}
		t.began, t.running = true, false
	}
	t.sections(rest)
	return t.Flush(w)
}

func (t *textWriter) sections(all []Section) {
	for _, s := range all {
		list := s.blocks(Text)
		if len(list) > 0 && s.Title != "" && s.In.has(Text) {
			t.heading(s.Title)
		}
		for _, b := range list {
			t.block(b)
		}
	}
}

// textWriter keeps blocks apart by blank lines.
type textWriter struct {
	*term.Page
	began   bool // something stands above
	running bool // that was a paragraph or a heading, which the next may follow at once
}

func (t *textWriter) heading(text string) {
	t.apart()
	t.Text(Strong, "", text)
	t.began, t.running = true, true
}

// apart separates what follows from what stands above.
func (t *textWriter) apart() {
	if t.began {
		t.Line("")
	}
}

func (t *textWriter) block(b Block) {
	p, isParagraph := b.(Paragraph)
	if !(t.running && isParagraph) {
		t.apart()
	}
	t.running, t.began = isParagraph, true
	switch b := b.(type) {
	case Paragraph:
		t.Text(p.Style, p.Prefix, p.Text)
	case Table:
		t.table(b)
	case Values:
		t.values(b)
	case Shell:
		t.title(b.Title)
		for _, l := range b.Lines {
			if l.Name != "" {
				l.Name += ": "
			}
			t.Line("%s%s", l.Name, l.Command)
		}
	}
}

func (t *textWriter) title(text string) {
	if text != "" {
		t.Text(Strong, "", text)
	}
}

func (t *textWriter) values(b Values) {
	t.title(b.Title)
	widest := 0
	for _, v := range b.List {
		widest = max(widest, term.Columns(v.Name))
	}
	for _, v := range b.List {
		if v.Name != "" {
			t.Item(Strong, v.Name+strings.Repeat(" ", widest-term.Columns(v.Name)+2), v.written())
		}
	}
}

// Widths of drawings, columns.
const leastBar, mostBar, leastSpan, mostSpan = 8, 20, 12, 33

// Orders in which text leaves out intervals in figures, and then drawings, each
// from the right.
const dropBounds, dropDrawings = 1000, 2000

func (t *textWriter) table(b Table) {
	t.title(b.Title)
	s := b.sheet(Text)
	out := &term.Table{Axis: map[int]term.Picture{}}
	for i, c := range s.Columns {
		col := term.Column{Head: c.Head, Name: c.name(), Drop: c.Drop, Least: c.Least}
		switch {
		case c.part == bounds:
			col.Drop, col.Least = dropBounds-i, 0
		case c.part == drawing:
			col.Drop, col.Least, col.Most = dropDrawings-i, leastBar, mostBar
			if c.Draw == Spans {
				col.Least, col.Most, out.Axis[i] = leastSpan, mostSpan, c.scale
			}
		case c.Numeric:
			col.Align = term.Right
		}
		out.Columns = append(out.Columns, col)
	}
	for _, r := range s.Rows {
		if s.Grouped && r.First {
			out.Gap()
		}
		cells := make([]any, len(r.Cells))
		for j, c := range r.Cells {
			cells[j] = c.picture()
		}
		out.Row(cells...)
	}
	t.Table(out)
	for line := range strings.Lines(b.Note) {
		t.Text(Plain, "", strings.TrimSuffix(line, "\n"))
	}
}

// picture returns a cell of text or a drawing.
func (c sheetCell) picture() any {
	lo, hi, col := c.Value, c.Value, c.column
	if c.Interval != nil {
		lo, hi = c.Interval.Lo, c.Interval.Hi
	}
	blank := math.IsNaN(c.Value)
	switch {
	case col.part != drawing:
		return term.Cell{Text: c.Text, Style: c.Words}
	case col.Draw == Spans:
		return term.Span{Scale: col.scale, Lo: lo, Value: c.Value, Hi: hi, Style: c.Style, Blank: blank}
	case blank:
		return ""
	}
	return term.Bar{Value: c.Value, Lo: lo, Hi: hi, Full: col.full, Style: c.Style}
}
