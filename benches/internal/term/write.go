package term

import "strings"

// heading returns the lines above the rows: none where no column has one.
func (l *layout) heading() (lines []string) {
	heads := map[int][]string{}
	height := 0
	for _, i := range l.shown {
		col := l.table.Columns[i]
		if col.Head != "" {
			for line := range strings.SplitSeq(l.screen.clean(col.Head), "\n") {
				heads[i] = append(heads[i], fold(line, l.width[i], l.width[i])...)
			}
		}
		if axis := l.table.Axis[i]; axis != nil {
			heads[i] = append(heads[i], axis.Draw(Screen{ASCII: l.screen.ASCII}, l.width[i]))
		}
		height = max(height, len(heads[i]))
	}
	for n := range height {
		var line lineWriter
		for at, i := range l.shown {
			text := ""
			if k := n - (height - len(heads[i])); k >= 0 {
				text = heads[i][k]
			}
			if at > 0 {
				line.skip(l.gap)
			}
			l.cell(&line, i, Cell{Text: text, Style: Strong}, l.table.Columns[i].Align == Right)
		}
		lines = append(lines, line.end())
	}
	return lines
}

// row returns the lines of a row: several where a cell is folded.
func (l *layout) row(r row) (lines []string) {
	folded := map[int][]string{}
	height := 1
	for _, i := range l.shown {
		text := l.screen.clean(r.cells[i].Text)
		folded[i] = []string{text}
		if Columns(text) > l.width[i] {
			folded[i] = fold(text, l.width[i], l.width[i])
		}
		height = max(height, len(folded[i]))
	}
	for n := range height {
		var line lineWriter
		for at, i := range l.shown {
			if at > 0 {
				line.skip(l.gap)
			}
			c := Cell{Style: r.cells[i].Style}
			if n < len(folded[i]) {
				c.Text = folded[i][n]
			}
			if n == 0 {
				c.Picture = r.cells[i].Picture
			}
			l.cell(&line, i, c, l.table.Columns[i].Align == Right)
		}
		lines = append(lines, line.end())
	}
	return lines
}

// cell writes one of column i, on the right or not.
func (l *layout) cell(line *lineWriter, i int, c Cell, right bool) {
	if c.Picture != nil {
		line.text(c.Picture.Draw(l.screen, l.width[i]))
		return
	}
	spare := max(0, l.width[i]-Columns(c.Text))
	if right {
		line.skip(spare)
		spare = 0
	}
	line.text(l.screen.Paint(c.Style, c.Text))
	line.skip(spare)
}

// lineWriter keeps blanks back until something follows them.
type lineWriter struct {
	b      strings.Builder
	blanks int
}

func (w *lineWriter) skip(n int) { w.blanks += n }

func (w *lineWriter) text(s string) {
	plain := strings.TrimRight(s, " ")
	if plain == "" {
		w.blanks += len(s)
		return
	}
	w.b.WriteString(strings.Repeat(" ", w.blanks) + plain)
	w.blanks = len(s) - len(plain)
}

func (w *lineWriter) end() string { return w.b.String() + "\n" }
