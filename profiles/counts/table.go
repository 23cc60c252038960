package counts

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// columns are those of a table, strace's or perf trace's.
type columns []column

// column is a column by its label, and where the dashes below it stand.
type column struct {
	label    string
	from, to int
}

func newColumns(labels []string) (list columns) {
	for _, label := range labels {
		list = append(list, column{label: label})
	}
	return list
}

// rule takes the columns' places from the dashes.
func (list columns) rule(line string) {
	at := 0
	for i := range list {
		from := strings.IndexByte(line[at:], '-')
		if from < 0 {
			return
		}
		from += at
		at = from + len(line[from:]) - len(strings.TrimLeft(line[from:], "-"))
		list[i].from, list[i].to = from, at
	}
}

// cells returns a row by labels. Empty cells, of errors and in the total of old
// versions of strace, are found by their places.
func (list columns) cells(line string) map[string]string {
	words, cells := fields(line), map[string]string{}
	for i, c := range list {
		cells[c.label] = ""
		if len(words) == len(list) {
			cells[c.label] = words[i]
		}
	}
	if len(words) == len(list) {
		return cells
	}
	at := 0
	for _, w := range words {
		from := at + strings.Index(line[at:], w)
		at = from + len(w)
		best, most := "", 0
		for _, c := range list {
			if over := min(at, c.to) - max(from, c.from); over > most && cells[c.label] == "" {
				best, most = c.label, over
			}
		}
		if best != "" {
			cells[best] = w
		}
	}
	return cells
}

// labels name the columns of a table's times, and their unit.
type labels struct{ total, unit string }

var (
	straceLabels = labels{"seconds", "s"}
	traceLabels  = labels{"total", "ms"}
)

// call reads the call of a row. A cell of errors that is empty is 0.
func (l labels) call(cells map[string]string) (*Call, error) {
	calls, err1 := cell(cells, "calls", parseCount)
	failed, err2 := cell(cells, "errors", parseCount)
	spent, err3 := cell(cells, l.total, func(s string) (time.Duration, error) { return parseTime(s, l.unit) })
	c := &Call{Name: cells["syscall"], Calls: calls, Errors: failed, Time: spent}
	err := cmp.Or(err1, err2, err3)
	if err == nil && c.Errors > c.Calls {
		err = fmt.Errorf("%s: %d errors of %d calls", c.Name, c.Errors, c.Calls)
	}
	_, c.ErrorsKnown = cells["errors"]
	if cells[l.total] != "" {
		c.Timed = c.Calls
	}
	if isWait(c.Name) {
		c.Waits = c.Calls - c.Errors
	}
	return c, err
}

// cell reads a cell of a row; an empty one is 0.
func cell[T any](cells map[string]string, label string, parse func(string) (T, error)) (v T, err error) {
	if text := cells[label]; text != "" {
		if v, err = parse(text); err != nil {
			err = fmt.Errorf("%s: %s: %w", cells["syscall"], label, err)
		}
	}
	return v, err
}
