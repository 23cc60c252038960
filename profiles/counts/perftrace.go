package counts

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wsbench/profiles/internal/capture"
)

// perfTrace reads the summary of perf trace -s, and passes over the events that
// -S prints before it.
type perfTrace struct {
	d       *reader
	threads threadSet
	total   bool // the summary is of all threads together
	within  *tally
	columns columns
	call    *Call // of the last row: what failed of it follows
	events  bool  // single events were seen
}

func newTrace(d *reader) *perfTrace { return &perfTrace{d: d, threads: threadSet{}} }

var (
	traceThread = regexp.MustCompile(`^ ?(.*) \((\d{1,9})\), \d+ events(, [0-9.]+%)?$`)
	traceTotal  = regexp.MustCompile(`^ *(total|cgroup .*), \d+ events$`)
	traceEvent  = regexp.MustCompile(`^ *(\?|\d+\.\d+) \( *(\d+\.\d+ ms)? *\): `)
	traceErrno  = regexp.MustCompile(`^\s+(E[A-Z0-9_]+|\(unknown\)): (\d+)$`)
)

func (t *perfTrace) begins(line string) bool {
	return strings.TrimSpace(line) == "Summary of events:" || traceEvent.MatchString(line) || traceThread.MatchString(line)
}

func (t *perfTrace) line(line string) error {
	text := strings.TrimSpace(line)
	switch {
	case text == "Summary of events:", strings.HasPrefix(text, "(msec)"), strings.Trim(text, "- ") == "":
	case traceEvent.MatchString(line):
		t.events = true
	case traceThread.MatchString(line):
		m := traceThread.FindStringSubmatch(line)
		t.thread(m[2], m[1])
	case traceTotal.MatchString(line):
		t.total = true
		t.thread("0", "")
	case strings.HasPrefix(text, "syscall "):
		return t.header(text)
	case traceErrno.MatchString(line):
		m := traceErrno.FindStringSubmatch(line)
		return t.errno(m[1], m[2])
	default:
		return t.row(text)
	}
	return nil
}

func (t *perfTrace) thread(tid, comm string) {
	id, _ := strconv.Atoi(tid)
	t.within, t.columns, t.call = t.threads.get(id, strings.TrimSpace(comm)), nil, nil
}

func (t *perfTrace) header(text string) error {
	t.columns = nil
	if !slices.Contains(fields(text), "calls") {
		return errors.New("a table of perf trace without calls")
	}
	t.columns = newColumns(fields(text))
	return nil
}

// row reads one call of a thread's table.
func (t *perfTrace) row(text string) error {
	t.call = nil
	if t.within == nil || t.columns == nil || len(fields(text)) != len(t.columns) || !isName(fields(text)[0]) {
		return fmt.Errorf("not a line of perf trace -s: %s", capture.Excerpt(text))
	}
	c, err := traceLabels.call(t.columns.cells(text))
	if err != nil {
		return err
	}
	t.within.calls.merge(c)
	t.call = t.within.calls.get(c.Name)
	return nil
}

// errno reads a line of --errno-summary below its call.
func (t *perfTrace) errno(name, count string) error {
	n, err := parseCount(count)
	switch {
	case err != nil:
		return err
	case t.call == nil:
		return fmt.Errorf("%s is of no call", name)
	}
	if sum := add(n, t.call.named()); sum > t.call.Errors {
		return fmt.Errorf("%s: %d errors are named, %d were counted", t.call.Name, sum, t.call.Errors)
	}
	t.call.errno(name, n)
	return nil
}

func (t *perfTrace) finish() {
	c := t.d.c
	c.Format, c.Calls = "perf trace -s", t.threads.calls().list()
	if !t.total {
		c.Threads = t.threads.list()
	}
	if t.events && len(c.Calls) == 0 {
		t.d.WarnAt(0, "perf trace printed its events without a summary; run it with -s or -S")
	}
}
