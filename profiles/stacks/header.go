package stacks

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// header is what `perf script --header` says of a capture, in lines of
// comments. Its host name is not kept.
type header struct {
	captured time.Time        // on the capturing host's clock, taken to be in this one's zone
	duration time.Duration    // from the first sample to the last
	periods  map[string]int64 // what a sample of an event stands for, by eventType
	comments []string
}

// capturedOn is the layout of ctime(3).
const capturedOn = "Mon Jan _2 15:04:05 2006"

var (
	sampled = regexp.MustCompile(`\{ sample_period, sample_freq \} = (\d{1,18})`)
	named   = regexp.MustCompile(`name = ([^,]+),`)
)

// comment takes one line.
func (h *header) comment(line string) {
	key, value, ok := strings.Cut(strings.TrimLeft(line, "# "), ":")
	if !ok {
		return
	}
	value = strings.TrimSpace(value)
	switch key = strings.TrimSpace(key); key {
	case "captured on":
		if t, err := time.ParseInLocation(capturedOn, value, time.Local); err == nil {
			h.captured = t
		}
	case "sample duration":
		ms, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(value, "ms")), 64)
		if err == nil && ms >= 0 && ms < 1e12 {
			h.duration = time.Duration(ms * float64(time.Millisecond))
		}
	case "event":
		h.event(value)
	case "cmdline", "perf version", "arch":
		if len(h.comments) < 8 && len(value) < 4096 {
			h.comments = append(h.comments, key+": "+value)
		}
	}
}

// event takes how an event was sampled: every so many, or so often per second, which
// tells the period of a clock.
func (h *header) event(value string) {
	name, every := named.FindStringSubmatch(value), sampled.FindStringSubmatch(value)
	if name == nil || every == nil || len(h.periods) >= maxEvents {
		return
	}
	event, n := eventType(name[1]), number(every[1])
	if strings.Contains(value, " freq = 1,") || strings.HasSuffix(value, " freq = 1") {
		if n == 0 || !isClock(event) {
			return
		}
		n = 1e9 / n
	}
	if h.periods == nil {
		h.periods = map[string]int64{}
	}
	h.periods[event] = n
}

// modifiers are those of an event's name, of which p and P only ask for
// precision and change nothing that is counted.
var modifiers = regexp.MustCompile(`:([ukhGHIDSWebpP]+)$`)

// eventType returns the name of an event as a sample type.
func eventType(event string) string {
	m := modifiers.FindStringSubmatchIndex(event)
	if m == nil {
		return event
	}
	kept := strings.NewReplacer("p", "", "P", "").Replace(event[m[2]:m[3]])
	if kept == "" {
		return event[:m[0]]
	}
	return event[:m[0]] + ":" + kept
}

// isClock reports whether the periods of an event are nanoseconds.
func isClock(event string) bool {
	name := event
	if i := strings.IndexAny(event, ":/"); i >= 0 {
		name = event[:i]
	}
	return name == "cpu-clock" || name == "task-clock"
}
