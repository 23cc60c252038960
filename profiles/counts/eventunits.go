package counts

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// events is the values of perf stat's counters, the first of each unit.
func (p per) events(events []Event) []benchfmt.Value {
	var values []benchfmt.Value
	taken := map[string]bool{}
	take := func(v float64, unit string) {
		if !taken[unit] {
			taken[unit] = true
			values = append(values, p.value(v, unit))
		}
	}
	for _, e := range events {
		v, unit := e.measure()
		switch {
		case strings.HasPrefix(e.Name, "syscalls:sys_enter_"): // a call's own line
		case e.Modifier == "" || unit == "cpu-ns":
			take(v, unit)
		case e.Modifier == "u":
			take(v, "user-"+unit)
		default:
			take(v, "sys-"+unit)
		}
	}
	sums := halves(events)
	for _, unit := range slices.Sorted(maps.Keys(sums)) {
		take(sums[unit], unit)
	}
	return values
}

// halves sums the events of which both the user's and the kernel's part was
// counted. events takes the whole first where that was counted too.
func halves(events []Event) map[string]float64 {
	type half struct{ unit, modifier string }
	parts := map[half]float64{}
	for _, e := range events {
		v, unit := e.measure()
		if _, ok := parts[half{unit, e.Modifier}]; !ok && e.Modifier != "" && unit != "cpu-ns" {
			parts[half{unit, e.Modifier}] = v
		}
	}
	sums := map[string]float64{}
	for h, v := range parts {
		if kernel, ok := parts[half{h.unit, "k"}]; ok && h.modifier == "u" {
			sums[h.unit] = v + kernel
		}
	}
	return sums
}

// toNs are the units of time.
var toNs = map[string]float64{"ns": 1, "nsec": 1, "usec": 1e3, "us": 1e3, "msec": 1e6, "ms": 1e6, "sec": 1e9, "s": 1e9}

// measure is the event's value and its unit, less the denominator. The clocks
// are in milliseconds where perf does not say.
func (e *Event) measure() (v float64, unit string) {
	unit = unitOf[e.Name]
	if unit == "" {
		unit = unitName(e.Name)
	}
	scale, isTime := toNs[e.Unit]
	switch {
	case unit == "cpu-ns" && !isTime:
		return e.Value * 1e6, unit
	case unit == "cpu-ns":
		return e.Value * scale, unit
	case isTime:
		return e.Value * scale, unit + "-ns"
	case e.Unit != "":
		return e.Value, unit + "-" + unitName(e.Unit)
	}
	return e.Value, unit
}

// unitName is an event as a unit: letters, digits and . _ - +.
func unitName(s string) string {
	s = strings.NewReplacer(":", ".", "/", ".", ",", ".").Replace(strings.Trim(s, "/:"))
	return keyValue(strings.Map(func(r rune) rune {
		if r == '=' || r == ' ' {
			return '-'
		}
		return r
	}, s))
}
