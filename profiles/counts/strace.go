package counts

import (
	"regexp"
	"strings"
	"time"
)

// strace reads logs and tables: of -C both are in one file.
type strace struct {
	d     *reader
	log   straceLog
	table straceTable
}

func newStrace(d *reader) *strace {
	s := &strace{d: d}
	s.log = straceLog{d: d, threads: threadSet{}, pending: map[int]pendingCall{}, signals: map[string]int64{}}
	s.table = straceTable{d: d, calls: callSet{}}
	return s
}

func (s *strace) begins(line string) bool {
	if isTableHeader(line) {
		return true
	}
	l, err := splitLog(line)
	return err == nil && l.known()
}

func (s *strace) line(line string) error {
	if s.table.open || isTableHeader(line) {
		return s.table.line(line)
	}
	return s.log.line(line)
}

// finish prefers the log, which knows each error and each wait; a table beside
// it is its check, and tells the times where the log does not.
func (s *strace) finish() {
	s.table.close()
	c, log := s.d.c, s.log.threads.calls()
	if !s.log.seen {
		c.Format, c.Calls = "strace -c", s.table.calls.list()
		return
	}
	c.Format, c.Signals, c.Elapsed = "strace -f", s.log.signals, s.log.clock.elapsed()
	if len(s.table.calls) > 0 {
		s.compare(log)
	}
	c.Calls, c.Threads = log.list(), s.log.threads.list()
	if len(c.Threads) == 1 && c.Threads[0].TID == 0 {
		c.Threads = nil
	}
}

func (s *strace) compare(log callSet) {
	for _, t := range s.table.calls.list() {
		l := log.get(t.Name)
		if l.Calls != t.Calls {
			s.d.WarnAt(0, "%s: %d calls in the log and %d in its table; the log's are used: is a part of it missing?", t.Name, l.Calls, t.Calls)
		}
		if !l.HasTime() && t.Timed == l.Calls {
			l.Timed, l.Time = t.Timed, t.Time
		}
	}
}

// remark is what strace says of itself, on its standard error.
var remark = regexp.MustCompile(`^\S*strace: |^ ?<detached \.\.\.>$|^System call usage summary for `)

// isRemark looks for the words first: the expression is slow, and logs have many
// lines.
func isRemark(line string) bool {
	for _, words := range []string{"strace: ", "<detached ...>", "System call usage"} {
		if strings.Contains(line, words) {
			return remark.MatchString(line)
		}
	}
	return false
}

// isWait reports whether loops wait by the call.
func isWait(name string) bool {
	switch name {
	case "epoll_wait", "epoll_pwait", "epoll_pwait2", "io_uring_enter":
		return true
	}
	return false
}

// isName reports whether s can be a system call.
func isName(s string) bool {
	if s == "" || len(s) > 64 || isDigit(s[0]) {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// day is what a clock without a date wraps around at.
const day = 24 * time.Hour
