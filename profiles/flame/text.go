package flame

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"wsbench/profiles/stacks"
)

const kernelSuffix = stacks.KernelSuffix

// escape makes any bytes text of an element or of an attribute.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder's writes do not fail
	return b.String()
}

// thousandths writes n/1000.
func thousandths(n int) string { return trim(strconv.FormatFloat(float64(n)/1000, 'f', 3, 64)) }

// number writes a value for machines.
func number(v float64) string { return trim(strconv.FormatFloat(v, 'f', 3, 64)) }

func trim(s string) string { return strings.TrimRight(strings.TrimRight(s, "0"), ".") }

// scales of the units of profiles, for people.
var scales = map[string][]struct {
	from float64
	unit string
}{
	"nanoseconds": {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}},
	"bytes":       {{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}},
	"count":       {{1, "samples"}},
}

// quantity writes a value for people, four digits or so.
func quantity(v float64, unit string) string {
	for _, s := range scales[unit] {
		unit = s.unit
		if v >= s.from {
			v /= s.from
			break
		}
	}
	places := 0
	for limit := 1000.0; places < 3 && v < limit && v != float64(int64(v)); limit /= 10 {
		places++
	}
	return strings.TrimSpace(strconv.FormatFloat(v, 'f', places, 64) + " " + unit)
}

// first returns the beginning of a name that is too long to be seen whole.
func first(s string) string {
	if len(s) <= 100 {
		return s
	}
	return strings.ToValidUTF8(s[:100], "") + "…"
}

func percent(v, total float64) string { return fmt.Sprintf("%.2f %%", 100*v/total) }

// wrap breaks a text between words into lines of at most n characters or a
// word.
func wrap(s string, n int) []string {
	var lines []string
	for _, w := range strings.Fields(s) {
		if last := len(lines) - 1; last >= 0 && len(lines[last])+1+len(w) <= n {
			lines[last] += " " + w
			continue
		}
		lines = append(lines, w)
	}
	return lines
}
