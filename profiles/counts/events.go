package counts

import "strings"

// eventSet sums counters by name and modifier, in the order they came.
type eventSet struct {
	order  []string
	events map[string]*eventSum
	wide   bool // of all CPUs, not of a process
}

type eventSum struct {
	Event
	counted bool
	missing string
}

func newEventSet() eventSet { return eventSet{events: map[string]*eventSum{}} }

func (s *eventSet) add(m sample) {
	name, modifier := splitEvent(m.raw)
	key := name + ":" + modifier
	e := s.events[key]
	if e == nil {
		e = &eventSum{Event: Event{Name: name, Modifier: modifier, Running: 100}}
		s.events[key] = e
		s.order = append(s.order, key)
	}
	if s.wide && unitOf[name] == "cpu-ns" {
		m.missing = systemWide
	}
	switch {
	case m.missing == "":
		e.counted = true
		e.Value += m.value
		e.Unit = m.unit
		e.Running = min(e.Running, m.running)
	case e.missing != notSupported:
		e.missing = m.missing
	}
}

const (
	notSupported = "not supported"
	notCounted   = "not counted"
	systemWide   = "system wide"
)

// list is what was counted, and what was not.
func (s *eventSet) list() (events []Event, skips []Skip) {
	for _, key := range s.order {
		e := s.events[key]
		if why := e.absent(); why != "" {
			skips = append(skips, Skip{e.label(), why})
		} else {
			events = append(events, e.Event)
		}
	}
	return events, skips
}

// absent is why the event has no count; "" where it has one. A part that was
// not counted, a thread that never ran say, takes nothing from the others.
func (e *eventSum) absent() string {
	switch {
	case e.counted && e.Modifier == "u" && e.Value == 0 && kernelOnly(e.Name):
		return "counted in user mode only, where there is none; set kernel.perf_event_paranoid to 1 or less"
	case e.counted:
		return ""
	case e.missing == systemWide:
		return "counted system wide: it is the time of all CPUs, idle or not, and not the server's; observe its process with -p"
	case e.missing == notSupported:
		return "not supported: this CPU, or its virtual machine, has no such counter"
	}
	return "not counted: the process did not run, or the CPU had no counter free; count fewer events at once"
}

// label is the event as a user names it.
func (e *Event) label() string {
	if e.Modifier == "" {
		return e.Name
	}
	return e.Name + ":" + e.Modifier
}

// kernelOnly are the events that occur in the kernel whatever caused them.
func kernelOnly(name string) bool {
	switch unitOf[name] {
	case "ctxsw", "migrations":
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

// missingValue is what stands in place of a count.
func missingValue(s string) (missing string, ok bool) {
	switch strings.Replace(s, "\x00", " ", 1) {
	case "<not supported>":
		return notSupported, true
	case "<not counted>":
		return notCounted, true
	}
	return "", false
}
