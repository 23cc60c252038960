package counts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// perfStat sums the counters of perf stat, whose three layouts differ in how a
// line is written only.
type perfStat struct {
	d       *reader
	format  string
	sum     *tally
	threads threadSet
	seen    map[string]bool // place, time and event of the lines of this section
	last    time.Duration   // of the last interval in this section
	elapsed time.Duration   // of the sections before, and where one tells
	runs    string          // how many -r made a mean of, "" without
}

// sample is one line: an event's count in one place and interval.
type sample struct {
	interval string  // when it ended, as written; "" without -I
	place    string  // the CPU, socket, node or thread; "" over all
	raw      string  // the event as written
	value    float64 //
	missing  string  // notSupported or notCounted: there is no value
	unit     string
	running  float64 // percent of the time
	mean     bool    // over repeated runs
}

func newPerfStat(d *reader, format string) *perfStat {
	return &perfStat{d: d, format: format, sum: newTally(), threads: threadSet{}, seen: map[string]bool{}}
}

// count reads what stands where the value does.
func (m *sample) count(s string, parse func(string) (float64, error)) (err error) {
	var ok bool
	if m.missing, ok = missingValue(s); !ok {
		m.value, err = parse(s)
	}
	return err
}

// decimalCount reads a value of CSV or JSON.
func decimalCount(s string) (float64, error) { return parseDecimal(strings.TrimSpace(s), maxCount) }

// comment reads a comment, of which one may begin a section.
func (s *perfStat) comment(line string) bool {
	if strings.HasPrefix(line, "# started on") {
		s.section()
	}
	return strings.HasPrefix(line, "#")
}

// section begins a capture that was appended to the file.
func (s *perfStat) section() {
	s.elapsed = addTime(s.elapsed, s.last)
	s.last = 0
	clear(s.seen)
}

// add takes a line. What perf prints once more, as the summary of intervals,
// is not added.
func (s *perfStat) add(m sample) error {
	if m.interval == "" && s.last > 0 {
		return nil
	}
	if m.interval != "" {
		t, err := parseTime(m.interval, "s")
		if err != nil {
			return err
		}
		s.last = max(s.last, t)
	}
	key := m.interval + "\x00" + m.place + "\x00" + m.raw
	if s.seen[key] {
		return fmt.Errorf("%s: duplicate; the first is used", m.raw)
	}
	s.seen[key] = true
	if m.mean && s.runs == "" {
		s.runs = "several"
	}
	s.sum.events.take(m)
	if p := statPlace.FindStringSubmatch(m.place); p != nil {
		tid, _ := strconv.Atoi(p[2])
		s.threads.get(tid, strings.TrimSpace(p[1])).events.take(m)
	}
	return nil
}

// statPlace is the thread that perf writes before its counters.
var statPlace = regexp.MustCompile(`^(.+)-(\d{1,9})$`)

// finish fills the capture.
func (s *perfStat) finish() {
	s.section()
	s.sum.trace()
	for _, t := range s.threads {
		t.trace()
	}
	c := s.d.c
	c.Format, c.Elapsed, c.Calls, c.Threads = s.format, s.elapsed, s.sum.calls.list(), s.threads.list()
	c.Events, c.Skips = s.sum.events.list()
	s.warn()
}

// warn warns of means, and of events that had a counter part of the time.
func (s *perfStat) warn() {
	if s.runs != "" {
		s.d.WarnAt(0, "these are means of %s runs (-r): divide by the messages of one", s.runs)
	}
	for _, e := range s.d.c.Events {
		if e.Running < 100 {
			s.d.WarnAt(0, "%s was counted %.4g %% of the time and scaled by perf; count fewer events at once", e.label(), e.Running)
		}
	}
}

// trace adds the calls that tracepoints counted as they were entered.
func (t *tally) trace() {
	for _, e := range t.events.order {
		name, ok := strings.CutPrefix(e.Name, "syscalls:sys_enter_")
		if ok && isName(name) && e.absent() == "" {
			t.calls.merge(&Call{Name: strings.TrimPrefix(name, "new"), Calls: int64(e.Value)})
		}
	}
}
