package counts

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"wsbench/profiles/internal/capture"
)

// statJSON reads perf stat -j: one object per line.
type statJSON struct{ *perfStat }

func newStatJSON(d *reader) *statJSON { return &statJSON{newPerfStat(d, "perf stat -j")} }

// statObject is what of a line counts. Numbers come with and without quotes.
type statObject struct {
	Interval *jsonText `json:"interval"`
	Value    *jsonText `json:"counter-value"`
	Unit     string    `json:"unit"`
	Event    string    `json:"event"`
	Running  *jsonText `json:"pcnt-running"`
	Variance *jsonText `json:"variance"` // of -r

	Thread, CPU, Core, Die, Cluster, Cache, Node, Socket string
}

// jsonText is a string, or a number as it is written.
type jsonText string

func (t *jsonText) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] == '"' {
		err := json.Unmarshal(b, &s)
		*t = jsonText(s)
		return err
	}
	*t = jsonText(b)
	return nil
}

func (s *statJSON) begins(line string) bool { return strings.HasPrefix(line, "{") }

// What some versions write that is not JSON: a comma before the brace, and the
// decimal comma of a locale.
var (
	jsonTail  = regexp.MustCompile(`, *}$`)
	jsonComma = regexp.MustCompile(`(" : "?\d+),(\d+)`)
)

func repairJSON(line string) []byte {
	return []byte(jsonComma.ReplaceAllString(jsonTail.ReplaceAllString(line, "}"), "$1.$2"))
}

func (s *statJSON) line(line string) error {
	if s.comment(line) {
		return nil
	}
	var o statObject
	if err := json.Unmarshal(repairJSON(line), &o); err != nil {
		return fmt.Errorf("not JSON of perf stat -j (%v); run perf with LC_ALL=C: %s", err, capture.Excerpt(line))
	}
	if o.Event == "" || o.Value == nil {
		return o.metric(line)
	}
	m, err := o.sample()
	if err != nil {
		return fmt.Errorf("%s: %w", o.Event, err)
	}
	return s.add(m)
}

// metric accepts objects that hold a metric alone.
func (o *statObject) metric(line string) error {
	if strings.Contains(line, `"metric`) {
		return nil
	}
	return fmt.Errorf("neither counter-value nor a metric: %s", capture.Excerpt(line))
}

func (o *statObject) sample() (m sample, err error) {
	m = sample{raw: o.Event, unit: o.Unit, running: 100, mean: o.Variance != nil}
	m.place = o.Thread + o.CPU + o.Core + o.Die + o.Cluster + o.Cache + o.Node + o.Socket
	if !isEvent(m.raw) {
		return m, fmt.Errorf("%s is not an event", capture.Excerpt(m.raw))
	}
	if err = m.count(string(*o.Value), decimalCount); err != nil {
		return m, err
	}
	if o.Running != nil {
		if m.running, err = parseDecimal(string(*o.Running), 100); err != nil {
			return m, err
		}
	}
	if o.Interval != nil {
		m.interval = string(*o.Interval)
	}
	return m, nil
}
