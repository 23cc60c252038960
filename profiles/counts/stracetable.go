package counts

import (
	"fmt"
	"strings"
	"time"

	"wsbench/profiles/internal/capture"
)

// straceTable reads the tables of -c and -C.
type straceTable struct {
	d       *reader
	calls   callSet
	open    bool // within a table
	columns columns
	sum     Call // of the rows of this table
	rows    int
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
		t.columns.rule(line)
		return nil
	}
	return t.row(line)
}

func (t *straceTable) begin(line string) {
	t.close()
	t.open, t.columns, t.sum, t.rows = true, newColumns(tableHeader(line)), Call{}, 0
}

// row reads a call's line, or the total.
func (t *straceTable) row(line string) error {
	cells := t.columns.cells(line)
	if !isName(cells["syscall"]) || cells["calls"] == "" {
		return fmt.Errorf("not a row of strace's table: %s", capture.Excerpt(line))
	}
	c, err := straceLabels.call(cells)
	if err != nil {
		return err
	}
	if c.Name == "total" {
		return t.total(c)
	}
	t.calls.merge(c)
	t.rows++
	t.sum.merge(c)
	return nil
}

// total checks the last row against the sum of the others.
func (t *straceTable) total(c *Call) error {
	rows, sum := t.rows, t.sum
	t.open = false
	off := (c.Time - sum.Time).Abs()
	switch {
	case c.Calls != sum.Calls:
		return fmt.Errorf("the total is %d calls, the rows are %d; is a row missing?", c.Calls, sum.Calls)
	case c.ErrorsKnown && c.Errors != sum.Errors:
		return fmt.Errorf("the total is %d errors, the rows are %d; is a row missing?", c.Errors, sum.Errors)
	case c.Timed > 0 && off > time.Duration(rows+1)*time.Microsecond:
		return fmt.Errorf("the total is %v, the rows are %v; is a row missing?", c.Time, sum.Time)
	}
	return nil
}

// close ends a table, which without a total may be cut.
func (t *straceTable) close() {
	if t.open {
		t.d.Warn("the table has no total; is the file cut?")
	}
	t.open = false
}
