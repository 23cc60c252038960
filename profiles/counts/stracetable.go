package counts

import (
	"fmt"
	"strings"
	"time"
)

// straceTable reads the tables of -c and -C.
type straceTable struct {
	d       *reader
	calls   callSet
	open    bool // within a table
	tables  int
	columns []tableColumn
	sum     tableRow // of the rows of this table
	rows    int
}

// tableColumn is a column by its label, and where the dashes below it stand.
type tableColumn struct {
	label    string
	from, to int
}

// tableRow is what a row tells.
type tableRow struct {
	calls, errors int64
	seconds       time.Duration
}

// tableLabels are all that strace knows, in any order (-U).
var tableLabels = map[string]bool{
	"%time": true, "seconds": true, "usecs/call": true, "calls": true, "errors": true,
	"syscall": true, "shortest": true, "longest": true,
}

// isTableHeader reports whether a line holds nothing but labels, the names of
// the calls and their number among them.
func isTableHeader(line string) bool {
	if !strings.Contains(line, "syscall") {
		return false
	}
	labels := tableHeader(line)
	var name, calls bool
	for _, l := range labels {
		if !tableLabels[l] {
			return false
		}
		name, calls = name || l == "syscall", calls || l == "calls"
	}
	return name && calls
}

func tableHeader(line string) []string { return fields(strings.Replace(line, "% time", "%time", 1)) }

func (t *straceTable) line(line string) error {
	switch {
	case isTableHeader(line):
		t.begin(line)
		return nil
	case strings.Trim(line, "- ") == "":
		t.rule(line)
		return nil
	}
	return t.row(line)
}

func (t *straceTable) begin(line string) {
	t.close()
	t.tables++
	t.open, t.columns, t.sum, t.rows = true, nil, tableRow{}, 0
	for _, label := range tableHeader(line) {
		t.columns = append(t.columns, tableColumn{label: label})
	}
}

// rule takes the columns' places from the dashes.
func (t *straceTable) rule(line string) {
	at := 0
	for i := range t.columns {
		from := strings.IndexByte(line[at:], '-')
		if from < 0 {
			return
		}
		from += at
		at = from + len(line[from:]) - len(strings.TrimLeft(line[from:], "-"))
		t.columns[i].from, t.columns[i].to = from, at
	}
}

// row reads a call's line, or the total.
func (t *straceTable) row(line string) error {
	cells := t.cells(line)
	name := cells["syscall"]
	if !isName(name) || cells["calls"] == "" {
		return fmt.Errorf("not a row of strace's table: %s", excerpt(line))
	}
	c := &Call{Name: name}
	var err error
	if c.Calls, err = parseCount(cells["calls"]); err != nil {
		return fmt.Errorf("%s: calls: %w", name, err)
	}
	if err := t.errors(c, cells["errors"]); err != nil {
		return fmt.Errorf("%s: errors: %w", name, err)
	}
	if err := t.times(c, cells); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if name == "total" {
		return t.total(c)
	}
	if isWait(name) {
		c.Waits = c.Calls - c.Errors
	}
	t.calls.merge(c)
	t.rows++
	t.sum.calls, t.sum.errors, t.sum.seconds = add(t.sum.calls, c.Calls), add(t.sum.errors, c.Errors), addTime(t.sum.seconds, c.Time)
	return nil
}

// cells is a row by labels. Empty cells, of errors and in the total of old
// versions, are found by their places.
func (t *straceTable) cells(line string) map[string]string {
	words, cells := fields(line), map[string]string{}
	if len(words) == len(t.columns) {
		for i, c := range t.columns {
			cells[c.label] = words[i]
		}
		return cells
	}
	at := 0
	for _, w := range words {
		from := at + strings.Index(line[at:], w)
		at = from + len(w)
		best, most := "", 0
		for _, c := range t.columns {
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

// errors takes the cell, which strace leaves empty for 0.
func (t *straceTable) errors(c *Call, cell string) (err error) {
	c.ErrorsTold = t.has("errors")
	if cell == "" {
		return nil
	}
	if c.Errors, err = parseCount(cell); err == nil && c.Errors > c.Calls {
		err = fmt.Errorf("%d of %d calls", c.Errors, c.Calls)
	}
	return err
}

func (t *straceTable) has(label string) bool {
	for _, c := range t.columns {
		if c.label == label {
			return true
		}
	}
	return false
}

func (t *straceTable) times(c *Call, cells map[string]string) (err error) {
	if cell := cells["seconds"]; cell != "" {
		if c.Time, err = parseTime(cell, time.Second); err != nil {
			return err
		}
		c.Timed = c.Calls
	}
	if cells["shortest"] == "" || cells["longest"] == "" {
		return nil
	}
	c.RangeTold = true
	if c.Min, err = parseTime(cells["shortest"], time.Second); err == nil {
		c.Max, err = parseTime(cells["longest"], time.Second)
	}
	return err
}

// total checks the last row against the sum of the others.
func (t *straceTable) total(c *Call) error {
	rows, sum := t.rows, t.sum
	t.open = false
	off := (c.Time - sum.seconds).Abs()
	switch {
	case c.Calls != sum.calls:
		return fmt.Errorf("the total is %d calls, the rows are %d; is a row missing?", c.Calls, sum.calls)
	case t.has("errors") && c.Errors != sum.errors:
		return fmt.Errorf("the total is %d errors, the rows are %d; is a row missing?", c.Errors, sum.errors)
	case c.Timed > 0 && off > time.Duration(rows+1)*time.Microsecond:
		return fmt.Errorf("the total is %v, the rows are %v; is a row missing?", c.Time, sum.seconds)
	}
	return nil
}

// close ends a table, which without a total may be cut.
func (t *straceTable) close() {
	if t.open {
		t.d.warn("the table has no total; is the file cut?")
	}
	t.open = false
}
