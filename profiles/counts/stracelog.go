package counts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"wsbench/profiles/internal/capture"
)

// straceLog sums the calls of a log.
type straceLog struct {
	d       *reader
	seen    bool
	threads threadSet
	pending map[int]pendingCall // by thread: what it is in
	signals map[string]int64
	clock   logClock
}

// pendingCall is a call whose return is still to come.
type pendingCall struct {
	name    string
	waiting bool // of io_uring_enter: for completions
}

// logLine is a line of a log without what stands before the call.
type logLine struct {
	tid  int
	comm string
	body string
	at   []logTime
}

// Thread, times, and in brackets the instruction pointer (-i) or the call's
// number (-n).
var (
	logThread = regexp.MustCompile(`^(?:\[pid +(\d+)(?:<(.*?)>)?\] |(\d{1,7})(?:<(.*?)>)? +)`)
	logStamp  = regexp.MustCompile(`^ *(?:(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)|(\d+\.\d+)|(\d{9,10})|\(\+ *(\d+\.\d+)\)) `)
	logPlace  = regexp.MustCompile(`^\[ *[0-9a-f?]+\] `)

	// How the line ends of a call that goes on without strace, whose remarks
	// run into it on standard error.
	logDetached = regexp.MustCompile(`(<detached \.\.\.>|strace: Process \d+ (de|at)tached.*)$`)
)

// splitLog takes a line apart; it fails on a time that is none.
func splitLog(line string) (logLine, error) {
	var l logLine
	if m := logThread.FindStringSubmatch(line); m != nil {
		l.tid, _ = strconv.Atoi(m[1] + m[3])
		l.comm = m[2] + m[4]
		line = line[len(m[0]):]
	}
	for {
		m := logStamp.FindStringSubmatch(line)
		if m == nil {
			break
		}
		t, err := stampTime(m)
		if err != nil {
			return l, err
		}
		l.at = append(l.at, t)
		line = line[len(m[0]):]
	}
	line = strings.TrimLeft(line, " ")
	l.body = line[len(logPlace.FindString(line)):]
	return l, nil
}

// known reports whether the line is one that strace writes.
func (l *logLine) known() bool {
	name, _, ok := strings.Cut(l.body, "(")
	return ok && isName(name) || strings.HasPrefix(l.body, "<... ") || isSignal(l.body) || isExit(l.body)
}

func isSignal(body string) bool {
	return strings.HasPrefix(body, "--- ") && strings.HasSuffix(body, " ---")
}

func isExit(body string) bool {
	return strings.HasPrefix(body, "+++ ") && strings.HasSuffix(body, " +++")
}

func (s *straceLog) line(line string) error {
	l, err := splitLog(line)
	if err != nil {
		return err
	}
	if !l.known() {
		return fmt.Errorf("not a line of strace: %s; write its log to a file of its own (-o FILE)", capture.Excerpt(line))
	}
	s.seen = true
	s.clock.tick(l.at)
	switch {
	case isSignal(l.body):
		s.signal(l.body)
	case isExit(l.body):
		delete(s.pending, l.tid) // the call that it never returned from
	case strings.HasPrefix(l.body, "<... "):
		return s.resumed(l)
	default:
		return s.entered(l)
	}
	return nil
}

// signal counts --- SIGURG {si_signo=…} ---; group-stops, --- stopped by
// SIGSTOP ---, are ptrace's own.
func (s *straceLog) signal(body string) {
	name := fields(body)[1]
	if strings.HasPrefix(name, "SIG") && isName(strings.ToLower(name)) {
		s.signals[name] = add(s.signals[name], 1)
	}
}

// entered reads NAME(ARGUMENTS) = RESULT and NAME(ARGUMENTS <unfinished ...>.
func (s *straceLog) entered(l logLine) error {
	name, args, _ := strings.Cut(l.body, "(")
	delete(s.pending, l.tid)
	return s.rest(l, pendingCall{name: name}, args)
}

// resumed reads <... NAME resumed>ARGUMENTS) = RESULT.
func (s *straceLog) resumed(l logLine) error {
	name, args, ok := strings.Cut(strings.TrimPrefix(l.body, "<... "), " resumed>")
	if !ok || !isName(name) {
		return fmt.Errorf("a call is resumed without its name: %s", capture.Excerpt(l.body))
	}
	p, begun := s.pending[l.tid]
	if !begun || p.name != name {
		p = pendingCall{name: name, waiting: true} // the log began within the call
	}
	delete(s.pending, l.tid)
	return s.rest(l, p, args)
}

// rest reads the arguments, or what is left of them, and the result.
func (s *straceLog) rest(l logLine, p pendingCall, args string) error {
	p.waiting = p.waiting || strings.Contains(args, "IORING_ENTER_GETEVENTS")
	end := scanArgs(args)
	call := s.threads.get(l.tid, l.comm).calls.get(p.name)
	switch {
	case end.result >= 0:
		r, err := parseResult(args[end.result:])
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		r.count(call, p.waiting)
	case end.quoted:
		return fmt.Errorf("%s: the line ends within a string and is not counted; is the file cut?", p.name)
	case strings.HasSuffix(args, "<unfinished ...>"):
		s.pending[l.tid] = p
	case logDetached.MatchString(args):
	default:
		return fmt.Errorf("%s: the line has no result and is not counted; is the file cut?", p.name)
	}
	return nil
}
