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
	gap     int
	folded  bool     // text may have its least width
	dropped []string // headings
}

func (t *Table) layout(s Screen) *layout {
	l := &layout{table: t, screen: s, width: make([]int, len(t.Columns))}
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

// name names a column that is not shown.
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
	for _, r := range l.table.rows {
		if r.gap || r.cells[i].Text == "" && r.cells[i].Picture == nil {
			continue
		}
		used = true
		l.width[i] = max(l.width[i], Columns(l.screen.clean(r.cells[i].Text)))
	}
	for _, head := range strings.Split(l.screen.clean(col.Head), "\n") {
		l.width[i] = max(l.width[i], Columns(head))
	}
	if col.Most > 0 {
		l.width[i] = col.Most
	}
	return used
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
	n := l.gap * (len(l.shown) - 1)
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
