package counts

import (
	"fmt"
	"regexp"
	"strings"

	"wsbench/profiles/internal/capture"
)

// statText reads perf stat's text.
type statText struct {
	*perfStat
	intervals bool // -I: lines begin with a time
	aside     bool // within a passage that holds no counters
}

func newStatText(d *reader) *statText { return &statText{perfStat: newPerfStat(d, "perf stat")} }

const statTitle = "Performance counter stats for"

// Parts of a line behind the event: its share of the time and the variation
// over repeated runs.
var (
	statHeader  = regexp.MustCompile(`^# +time .*counts`)
	statRunning = regexp.MustCompile(`\( *(\d+[.,]\d+)%\) *$`)
	statSpread  = regexp.MustCompile(`\( *\+- *[^)]*\) *$`)
	statElapsed = regexp.MustCompile(`^ *(\d+[.,]\d+)( \+- \S+)? seconds time elapsed`)
	statRuns    = regexp.MustCompile(`\((\d+) runs\):$`)
	statOrigin  = regexp.MustCompile(` \[[^\]]*\]`) // task-clock [software]
)

func (s *statText) begins(line string) bool {
	return strings.Contains(line, statTitle) || statHeader.MatchString(line)
}

func (s *statText) line(line string) error {
	switch {
	case strings.Contains(line, statTitle):
		s.title(line)
	case statHeader.MatchString(line):
		s.intervals = true
	case statElapsed.MatchString(line):
		return s.took(statElapsed.FindStringSubmatch(line)[1])
	case s.remark(line), s.aside:
	default:
		return s.counter(line)
	}
	return nil
}

// title begins a capture.
func (s *statText) title(line string) {
	s.section()
	s.intervals, s.aside = false, false
	s.sum.events.wide = strings.Contains(line, "'system wide'") || strings.Contains(line, "'CPU(s) ")
	if m := statRuns.FindStringSubmatch(line); m != nil {
		s.runs = m[1]
	}
}

func (s *statText) took(seconds string) error {
	t, err := parseTime(seconds, "s")
	if err != nil {
		return err
	}
	if s.last == 0 { // the intervals are the length
		s.elapsed = addTime(s.elapsed, t)
	}
	return nil
}

// remark reports lines without counters: metrics on lines of their own, CPU
// time from getrusage, advice, the table of -r --table.
func (s *statText) remark(line string) bool {
	text := strings.TrimLeft(line, " ")
	switch {
	case strings.HasPrefix(text, "# Table of individual"), strings.HasPrefix(text, "Some events weren't counted"), strings.HasPrefix(text, "The events in group"):
		s.aside = true
	case strings.HasPrefix(text, "# Final result"), strings.HasPrefix(text, "# started on"):
		s.aside = false
	case strings.HasPrefix(text, "#"):
	case strings.HasSuffix(text, " seconds user"), strings.HasSuffix(text, " seconds sys"):
	default:
		before, _, metric := strings.Cut(text, " #")
		return metric && !strings.Contains(strings.TrimSpace(before), " ")
	}
	return true
}

// counter reads [interval] [place] VALUE [unit] EVENT [# metric] [(+- …)] [(…%)].
func (s *statText) counter(line string) error {
	m := sample{running: 100}
	if p := statRunning.FindStringSubmatch(line); p != nil {
		line = strings.TrimSuffix(line, p[0])
		m.running, _ = parseDecimal(p[1], 100)
	}
	line = strings.TrimRight(line, " ")
	line = strings.TrimSuffix(line, statSpread.FindString(line))
	line, _, _ = strings.Cut(line, " #")
	words := fields(oneWord.Replace(statOrigin.ReplaceAllString(line, "")))
	at := valueAt(words)
	if at < 0 {
		return fmt.Errorf("not a counter of perf stat: %s", capture.Excerpt(strings.TrimSpace(line)))
	}
	prefix := words[:at]
	if s.intervals && len(prefix) > 0 && isNumber(prefix[0]) {
		m.interval, prefix = prefix[0], prefix[1:]
	}
	m.place = strings.Join(prefix, " ")
	return s.value(m, words[at:])
}

// valueAt returns the word that is followed by an event, or a unit and an event,
// and nothing else.
func valueAt(words []string) int {
	for i, w := range words {
		rest := words[i+1:]
		if _, missing := missingValue(w); !missing && !isNumber(w) || len(rest) == 0 || isNumber(rest[0]) {
			continue
		}
		if unit := rest[len(rest)-1]; len(rest) == 2 && strings.HasPrefix(unit, "(") || len(rest) == 1 {
			return i
		}
		if len(rest) == 2 && !strings.ContainsAny(rest[0], "<-") {
			return i
		}
	}
	return -1
}

// value reads VALUE [unit] EVENT, or VALUE EVENT (unit) of versions before 4.19.
func (s *statText) value(m sample, words []string) error {
	m.raw = words[1]
	if len(words) == 3 {
		m.unit, m.raw = words[1], words[2]
		if strings.HasPrefix(m.raw, "(") {
			m.unit, m.raw = strings.Trim(m.raw, "()"), words[1]
		}
	}
	if !isEvent(m.raw) {
		return fmt.Errorf("%s is not an event", capture.Excerpt(m.raw))
	}
	if err := m.count(words[0], func(s string) (float64, error) { return parseGrouped(s, m.unit != "") }); err != nil {
		return fmt.Errorf("%s: %w", m.raw, err)
	}
	return s.add(m)
}
