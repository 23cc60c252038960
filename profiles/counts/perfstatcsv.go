package counts

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"wsbench/profiles/internal/capture"
)

// statCSV reads perf stat -x, with whatever separator.
type statCSV struct {
	*perfStat
	sep string
}

func newStatCSV(d *reader) *statCSV { return &statCSV{perfStat: newPerfStat(d, "perf stat -x")} }

// begins tries every octet of the line that is neither letter nor digit.
func (s *statCSV) begins(line string) bool {
	const most = 4096 // bytes; a counter's line is shorter
	if len(line) > most {
		return false
	}
	tried := map[rune]bool{}
	for _, c := range line {
		if tried[c] || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			continue
		}
		tried[c] = true
		if _, err := splitSample(line, string(c)); err == nil {
			s.sep = string(c)
			return true
		}
	}
	return false
}

func (s *statCSV) line(line string) error {
	if s.comment(line) {
		return nil
	}
	m, err := splitSample(line, s.sep)
	if err == errNoCounter {
		return nil
	}
	if err != nil {
		return err
	}
	return s.add(m)
}

// errNoCounter is a line that holds a metric alone.
var errNoCounter = errors.New("a metric without a counter")

// splitSample reads [interval] [place [CPUs]] VALUE UNIT EVENT [spread%] RUNTIME
// PERCENT …, joined by sep. The event may itself hold the separator.
func splitSample(line, sep string) (sample, error) {
	f := strings.Split(oneWord.Replace(line), sep)
	if len(f) > 64 {
		return sample{}, fmt.Errorf("%d fields are no counter of perf stat -x", len(f))
	}
	for i := 0; i < len(f) && i <= 4; i++ {
		if m, ok := sampleAt(f, i, sep); ok {
			return m, nil
		}
	}
	if len(f) > 4 && strings.TrimSpace(f[0]+f[1]+f[2]) == "" {
		return sample{}, errNoCounter
	}
	return sample{}, fmt.Errorf("not a counter of perf stat -x%s; run perf with LC_ALL=C: %s", sep, capture.Excerpt(line))
}

// sampleAt reads the line as if its value were field i.
func sampleAt(f []string, i int, sep string) (m sample, ok bool) {
	if m.count(f[i], decimalCount) != nil {
		return m, false
	}
	for j := i + 3; j+1 < len(f); j++ {
		running, err := parseDecimal(strings.TrimSpace(f[j+1]), 100)
		if err != nil || !isDigits(f[j]) {
			continue
		}
		event := f[i+2 : j]
		if n := len(event); n > 1 && strings.HasSuffix(event[n-1], "%") {
			event, m.mean = event[:n-1], true
		}
		m.unit, m.raw, m.running = f[i+1], strings.Join(event, sep), running
		return m, m.prefix(f[:i]) && isEvent(m.raw) && !isNumber(m.unit)
	}
	return m, false
}

// statInterval is a time as -I writes it. Nothing less is one: a comma in
// "0,84,msec" is the locale's.
var statInterval = regexp.MustCompile(`^ *(\d+)[.,](\d{9})$`)

// prefix takes what stands before the value: [interval] [place [CPUs]]. A
// summary of intervals is one without a time.
func (m *sample) prefix(f []string) bool {
	if len(f) > 0 {
		if t := statInterval.FindStringSubmatch(f[0]); t != nil {
			m.interval, f = t[1]+"."+t[2], f[1:]
		}
	}
	if len(f) == 0 {
		return true
	}
	m.place = strings.TrimSpace(f[0])
	return !isNumber(m.place) && (len(f) == 1 || len(f) == 2 && isDigits(f[1]))
}
