package counts

import (
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
type labels struct{ total, least, most, unit string }

var (
	straceLabels = labels{"seconds", "shortest", "longest", "s"}
	traceLabels  = labels{"total", "min", "max", "ms"}
)

// call reads the call of a row. A cell of errors that is empty is 0.
func (l labels) call(cells map[string]string) (*Call, error) {
	c := &Call{Name: cells["syscall"]}
	var err error
	count := func(label string, to *int64) {
		if cell := cells[label]; cell != "" && err == nil {
			if *to, err = parseCount(cell); err != nil {
				err = fmt.Errorf("%s: %s: %w", c.Name, label, err)
			}
		}
	}
	span := func(label string, to *time.Duration) {
		if cell := cells[label]; cell != "" && err == nil {
			if *to, err = parseTime(cell, l.unit); err != nil {
				err = fmt.Errorf("%s: %s: %w", c.Name, label, err)
			}
		}
	}
	count("calls", &c.Calls)
	count("errors", &c.Errors)
	span(l.total, &c.Time)
	span(l.least, &c.Min)
	span(l.most, &c.Max)
	if err == nil && c.Errors > c.Calls {
		err = fmt.Errorf("%s: %d errors of %d calls", c.Name, c.Errors, c.Calls)
	}
	_, c.ErrorsKnown = cells["errors"]
	c.RangeKnown = cells[l.least] != "" && cells[l.most] != ""
	if cells[l.total] != "" {
		c.Timed = c.Calls
	}
	if isWait(c.Name) {
		c.Waits = c.Calls - c.Errors
	}
	return c, err
}
