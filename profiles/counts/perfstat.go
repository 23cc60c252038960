package counts

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// perfStat sums the counters of perf stat, whose three layouts differ in how a
// line is written only.
type perfStat struct {
	d       *reader
	sum     eventSet
	threads map[int]*statThread
	seen    map[string]bool // place, time and event of the lines of this section
	last    time.Duration   // of the last interval in this section
	elapsed time.Duration   // of the sections before, and where one tells
	runs    string          // how many -r made a mean of, "" without
}

// statThread is one thread's counters.
type statThread struct {
	comm   string
	events eventSet
}

// sample is one line: an event's count in one place and interval.
type sample struct {
	interval string  // when it ended, as written; "" without -I
	place    string  // the CPU, socket, node or thread; "" over all
	raw      string  // the event as written
	value    float64 //
	missing  string  // "not supported" or "not counted": there is no value
	unit     string
	running  float64 // percent of the time
	mean     bool    // over repeated runs
}

func newPerfStat(d *reader) *perfStat {
	return &perfStat{d: d, sum: newEventSet(), threads: map[int]*statThread{}, seen: map[string]bool{}}
}

// section begins a capture that was appended to the file.
func (s *perfStat) section() {
	s.elapsed = addTime(s.elapsed, s.last)
	s.last = 0
	clear(s.seen)
}

// add takes a line. What perf prints once more, as the summary of intervals,
// is left out.
func (s *perfStat) add(m sample) error {
	if m.interval == "" && s.last > 0 {
		return nil
	}
	if m.interval != "" {
		t, err := parseTime(strings.Replace(m.interval, ",", ".", 1), time.Second)
		if err != nil {
			return err
		}
		s.last = max(s.last, t)
	}
	key := m.interval + "\x00" + m.place + "\x00" + m.raw
	if s.seen[key] {
		return fmt.Errorf("%s is there twice; the first is used", m.raw)
	}
	s.seen[key] = true
	if m.mean && s.runs == "" {
		s.runs = "several"
	}
	s.sum.add(m)
	s.thread(m)
	return nil
}

// statPlace is the thread that perf writes before its counters.
var statPlace = regexp.MustCompile(`^(.+)-(\d{1,9})$`)

func (s *perfStat) thread(m sample) {
	p := statPlace.FindStringSubmatch(m.place)
	if p == nil {
		return
	}
	tid, _ := strconv.Atoi(p[2])
	t := s.threads[tid]
	if t == nil {
		t = &statThread{comm: strings.TrimSpace(p[1]), events: newEventSet()}
		s.threads[tid] = t
	}
	t.events.add(m)
}

// finish fills the capture.
func (s *perfStat) finish(format string) {
	s.section()
	c := s.d.c
	c.Format, c.Elapsed = format, s.elapsed
	c.Events, c.skips = s.sum.list()
	c.Calls = tracedCalls(c.Events)
	s.doubts()
	for _, tid := range slices.Sorted(maps.Keys(s.threads)) {
		t := s.threads[tid]
		events, _ := t.events.list()
		c.Threads = append(c.Threads, Thread{TID: tid, Comm: t.comm, Calls: tracedCalls(events), Events: events})
	}
}

// doubts warns of means, and of events that had a counter part of the time.
func (s *perfStat) doubts() {
	if s.runs != "" {
		s.d.warnAt(0, "these are means of %s runs (-r): divide by the messages of one", s.runs)
	}
	for _, e := range s.d.c.Events {
		if e.Running < 100 {
			s.d.warnAt(0, "%s was counted %.4g %% of the time and scaled by perf; count fewer events at once", e.label(), e.Running)
		}
	}
}

// tracedCalls is the calls that tracepoints counted as they were entered.
func tracedCalls(events []Event) []Call {
	calls := callSet{}
	for _, e := range events {
		name, ok := strings.CutPrefix(e.Name, "syscalls:sys_enter_")
		if ok && isName(name) {
			calls.merge(&Call{Name: strings.TrimPrefix(name, "new"), Calls: int64(e.Value)})
		}
	}
	return calls.list()
}
