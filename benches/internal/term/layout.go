package term

import (
	"slices"
	"strings"
)

// layout is which columns of a table a screen shows, and how wide.
type layout struct {
	table   *Table
	screen  Screen
	shown   []int // columns
	width   []int // of each column of the table
	point   []int // of Decimal: columns before the point
	figures []int // of Decimal: columns of the cells
	gap     int
	folded  bool     // text may have its least width
	dropped []string // headings
}

func (t *Table) layout(s Screen) *layout {
	l := &layout{table: t, screen: s, width: make([]int, len(t.Columns)), point: make([]int, len(t.Columns)), figures: make([]int, len(t.Columns))}
	for i := range t.Columns {
		if l.measure(i) {
			l.shown = append(l.shown, i)
		}
	}
	for !l.fits() {
		i := l.leastImportant()
		if i < 0 {
			break
		}
		l.shown = slices.DeleteFunc(l.shown, func(c int) bool { return c == i })
		l.dropped = append(l.dropped, l.name(i))
	}
	l.spread()
	return l
}

// name of a column that is left out.
func (l *layout) name(i int) string {
	if name := l.table.Columns[i].Name; name != "" {
		return name
	}
	return strings.Join(strings.Fields(l.table.Columns[i].Head), " ")
}

// measure finds the natural width of a column, and tells whether it has any
// cell.
func (l *layout) measure(i int) (used bool) {
	col := l.table.Columns[i]
	before, behind := 0, 0
	for _, r := range l.table.rows {
		if r.gap || r.cells[i].Text == "" && r.cells[i].Picture == nil {
			continue
		}
		used = true
		text := l.screen.clean(r.cells[i].Text)
		if col.Align == Decimal {
			n := point(text)
			before, behind = max(before, n), max(behind, Columns(text)-n)
		}
		l.width[i] = max(l.width[i], Columns(text))
	}
	l.point[i] = before
	l.figures[i] = before + behind
	l.width[i] = max(l.width[i], before+behind)
	for _, head := range strings.Split(l.screen.clean(col.Head), "\n") {
		l.width[i] = max(l.width[i], Columns(head))
	}
	if col.Most > 0 {
		l.width[i] = col.Most
	}
	return used
}

// point returns the number of columns before the decimal point of s, or before what
// follows the digits.
func point(s string) int {
	at := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' })
	if at < 0 {
		return Columns(s)
	}
	for at < len(s) && (s[at] >= '0' && s[at] <= '9' || s[at] == ',') {
		at++
	}
	return Columns(s[:at])
}

// fits finds whether the columns do, pictures at their least: two columns
// apart, or one; or with cells folded.
func (l *layout) fits() bool {
	for _, l.folded = range []bool{false, true} {
		for _, l.gap = range []int{2, 1} {
			if l.need() <= l.screen.width() {
				return true
			}
		}
	}
	return false
}

func (l *layout) need() int {
	n := l.table.Indent + l.gap*(len(l.shown)-1)
	for _, i := range l.shown {
		n += l.least(i)
	}
	return n
}

func (l *layout) least(i int) int {
	c := l.table.Columns[i]
	if c.Least > 0 && (c.Most > 0 || l.folded) {
		return min(c.Least, l.width[i])
	}
	return l.width[i]
}

// leastImportant returns the shown column to be left out first; -1: none may be.
func (l *layout) leastImportant() int {
	first := -1
	for _, i := range l.shown {
		d := l.table.Columns[i].Drop
		if d > 0 && (first < 0 || d < l.table.Columns[first].Drop) {
			first = i
		}
	}
	return first
}

// spread gives the columns that can do with less what room there is: text
// before pictures. Where even the least is too much, the widest words give way.
func (l *layout) spread() {
	spare := l.screen.width() - l.need()
	for _, pictures := range []bool{false, true} {
		for _, i := range l.shown {
			if (l.table.Columns[i].Most > 0) != pictures || l.least(i) == l.width[i] {
				continue
			}
			more := min(max(spare, 0), l.width[i]-l.least(i))
			l.width[i] = l.least(i) + more
			spare -= more
		}
	}
	for ; spare < 0; spare++ {
		widest := -1
		for _, i := range l.shown {
			c := l.table.Columns[i]
			if c.Align == Left && c.Most == 0 && (widest < 0 || l.width[i] > l.width[widest]) {
				widest = i
			}
		}
		if widest < 0 || l.width[widest] <= shortest {
			return
		}
		l.width[widest]--
	}
}

// shortest is the width that words are folded to at least.
const shortest = 6
