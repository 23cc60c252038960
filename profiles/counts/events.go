package counts

import "strings"

// eventSet sums counters by name and modifier, in the order they came.
type eventSet struct {
	order []*eventSum
	sums  map[string]*eventSum // by label
	wide  bool                 // of all CPUs, not of a process
}

type eventSum struct {
	Event
	counted bool
	missing string
}

func (s *eventSet) get(name, modifier string) *eventSum {
	e := &eventSum{Event: Event{Name: name, Modifier: modifier, Running: 100}}
	if have := s.sums[e.label()]; have != nil {
		return have
	}
	s.sums[e.label()] = e
	s.order = append(s.order, e)
	return e
}

// merge adds what was counted of an event elsewhere.
func (s *eventSet) merge(from Event) {
	e := s.get(from.Name, from.Modifier)
	e.counted = true
	e.Value += from.Value
	e.Unit = from.Unit
	e.Running = min(e.Running, from.Running)
}

// take adds a line of perf stat.
func (s *eventSet) take(m sample) {
	name, modifier := splitEvent(m.raw)
	if s.wide && isClock(name) {
		m.missing = systemWide
	}
	if m.missing == "" {
		value, unit := inNs(name, m.value, m.unit)
		s.merge(Event{name, modifier, value, unit, m.running})
	} else if e := s.get(name, modifier); e.missing != notSupported {
		e.missing = m.missing
	}
}

// toNs are the units of time.
var toNs = map[string]float64{"ns": 1, "nsec": 1, "usec": 1e3, "us": 1e3, "msec": 1e6, "ms": 1e6, "sec": 1e9, "s": 1e9}

// inNs returns times in ns. The clocks are in milliseconds where perf does not
// say.
func inNs(event string, v float64, unit string) (float64, string) {
	scale, isTime := toNs[unit]
	switch {
	case isTime:
		return v * scale, "ns"
	case isClock(event):
		return v * 1e6, "ns"
	}
	return v, unit
}

// isClock reports whether an event is the CPU time of the threads.
func isClock(name string) bool { return name == "task-clock" || name == "cpu-clock" }

// Why an event has no count.
const (
	notSupported = "not supported: this CPU, or its virtual machine, has no such counter"
	notCounted   = "not counted: the process did not run, or the CPU had no counter free; count fewer events at once"
	systemWide   = "counted system wide: it is the time of all CPUs, idle or not, and not the server's; observe its process with -p"
)

// list returns what was counted, and what was not.
func (s *eventSet) list() (events []Event, skips []Skip) {
	for _, e := range s.order {
		if why := e.absent(); why != "" {
			skips = append(skips, Skip{e.label(), why})
		} else {
			events = append(events, e.Event)
		}
	}
	return events, skips
}

// absent returns why the event has no count, "" where it has one. A part that was
// not counted, a thread that never ran say, takes nothing from the others.
func (e *eventSum) absent() string {
	switch {
	case e.counted && e.Modifier == "u" && e.Value == 0 && kernelOnly(e.Name):
		return "counted in user mode only, where there is none; set kernel.perf_event_paranoid to 1 or less"
	case e.counted:
		return ""
	}
	return e.missing
}

// label returns the event as a user names it.
func (e Event) label() string {
	if e.Modifier == "" {
		return e.Name
	}
	return e.Name + ":" + e.Modifier
}

// kernelOnly reports whether an event occurs in the kernel, whatever caused it.
func kernelOnly(name string) bool {
	switch name {
	case "context-switches", "cs", "cpu-migrations", "migrations":
		return true
	}
	return false
}

// splitEvent takes modifiers and the core's PMU off an event: cycles:u,
// cpu/cycles/u and cpu_core/cycles/u are one event. Precision (p) and what else
// modifiers ask for does not change what is counted.
func splitEvent(raw string) (name, modifier string) {
	name = raw
	if i := strings.LastIndexAny(raw, ":/"); i > 0 && strings.Trim(raw[i+1:], "ukhpPGHISDWeRb") == "" {
		name, modifier = raw[:i], raw[i+1:]
		if raw[i] == '/' {
			name += "/"
		}
	}
	user, kernel := strings.Contains(modifier, "u"), strings.Contains(modifier, "k")
	modifier = ""
	if user != kernel {
		modifier = map[bool]string{true: "u", false: "k"}[user]
	}
	for _, pmu := range []string{"cpu/", "cpu_core/", "cpu_atom/"} {
		if inner, ok := strings.CutPrefix(name, pmu); ok && !strings.Contains(inner, "=") {
			name = strings.TrimSuffix(inner, "/")
		}
	}
	return name, modifier
}

// isEvent reports whether s can be the name of an event.
func isEvent(s string) bool {
	return s != "" && len(s) <= 256 && !isNumber(s) && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") && !strings.ContainsAny(s, "<>\" ")
}

// oneWord makes one word of what perf writes in place of a count, so that
// blanks can be split at.
var oneWord = strings.NewReplacer("<not supported>", "<not\x00supported>", "<not counted>", "<not\x00counted>")

// missingValue returns what stands in place of a count.
func missingValue(s string) (missing string, ok bool) {
	switch strings.Replace(s, "\x00", " ", 1) {
	case "<not supported>":
		return notSupported, true
	case "<not counted>":
		return notCounted, true
	}
	return "", false
}
