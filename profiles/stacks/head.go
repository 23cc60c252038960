package stacks

import (
	"regexp"
	"strconv"
	"strings"
)

// head is the line that opens a sample or stands for a record.
type head struct {
	labels
	ns     optional // since boot
	period optional
	record string // PERF_RECORD_… and what follows it; event is empty then
	rest   string // behind the event: a frame, or a tracepoint's fields
}

// optional is a number that a line may not have.
type optional struct {
	n  int64
	ok bool
}

// optionally returns s, which a pattern has found to be a number or nothing.
func optionally(s string) optional { return optional{number(s), s != ""} }

var (
	// clock is the time of a line. Names of threads may hold the like, so
	// what stands before it must be a thread's.
	clock = regexp.MustCompile(`(?:^|\s)(\d{1,10})\.(\d{6}|\d{9}):(?:\s|$)`)
	// thread is what stands before the time: name, pid/tid or tid, [cpu], and
	// the letters of -F misc.
	thread = regexp.MustCompile(`^(.*?)\s*(?:(?:^|\s)(-?\d{1,10})(?:/(-?\d{1,10}))?)?(?:\s+\[(\d{1,6})\])?(?:\s+[KUHGgMSEP]{1,3})?$`)
	// timeless is a line without a time.
	timeless = regexp.MustCompile(`^(.*?)\s(-?\d{1,10})(?:/(-?\d{1,10}))?(?:\s+\[(\d{1,6})\])?\s+((?:[\d,]{1,26}\s+)?[A-Za-z_]\S*:(?:\s.*)?)$`)
	// counted is what stands behind the time.
	counted = regexp.MustCompile(`^\s*(?:([\d,]{1,26})(?:\s+|$))?(?:(\S*[^\s:]\S*):(?:\s+|$))?(.*)$`)
)

// parseHead reads the line of a sample or record:
//
//	comm pid/tid [cpu] seconds.micros: period event: rest
//
// of which perf script prints what it was asked for and the capture holds.
func parseHead(line string) (h head, ok bool) {
	for _, at := range clock.FindAllStringSubmatchIndex(line, 8) {
		m := thread.FindStringSubmatch(strings.TrimRight(line[:at[0]], " \t"))
		if m == nil || m[1] == "" && m[2] == "" {
			continue
		}
		h.thread(m)
		h.time(line[at[2]:at[3]], line[at[4]:at[5]])
		h.what(line[at[5]+1:])
		return h, true
	}
	m := timeless.FindStringSubmatch(line)
	if m == nil {
		return head{}, false
	}
	h.thread(m)
	h.what(m[5])
	return h, h.event != "" || h.record != ""
}

// thread takes name, pid, tid and CPU of a match.
func (h *head) thread(m []string) {
	h.comm = strings.TrimSpace(m[1])
	h.tid, h.cpu = optionally(m[2]), optionally(m[4])
	if m[3] != "" {
		h.pid, h.tid = h.tid, optionally(m[3])
	}
}

func (h *head) time(seconds, fraction string) {
	ns := number(fraction)
	if len(fraction) == 6 {
		ns *= 1000
	}
	const most = (1<<63-1)/1_000_000_000 - 1
	h.ns = optional{min(number(seconds), most)*1e9 + ns, true}
}

// what takes period, event and all behind it.
func (h *head) what(s string) {
	if record := strings.TrimSpace(s); strings.HasPrefix(record, "PERF_RECORD_") {
		h.record = record
		return
	}
	m := counted.FindStringSubmatch(s)
	h.event, h.rest = m[2], strings.TrimSpace(m[3])
	if m[1] == "" {
		return
	}
	if h.event == "" && h.rest != "" && !strings.Contains(m[1], ",") {
		h.rest = m[1] + " " + h.rest // an address of digits only
		return
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
	h.period = optional{n, err == nil}
}

// number returns s, which a pattern has found to be one.
func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
