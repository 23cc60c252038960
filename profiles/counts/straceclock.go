package counts

import (
	"time"
)

// logTime is a time stamp.
type logTime struct {
	d    time.Duration
	kind stampKind
}

type stampKind int

const (
	sinceLast  stampKind = iota // -r
	sinceEpoch                  // -ttt
	ofDay                       // -t, -tt
)

// epochMin tells a -ttt from a -r: no call takes three years.
const epochMin = 100_000_000 * time.Second

// stampTime returns the time of a match of logStamp.
func stampTime(m []string) (logTime, error) {
	switch {
	case m[1] != "":
		h, _ := parseTime(m[1], "h")
		mins, _ := parseTime(m[2], "m")
		sec, err := parseTime(m[3], "s")
		return logTime{h + mins + sec, ofDay}, err
	case m[6] != "":
		d, err := parseTime(m[6], "s")
		return logTime{d, sinceLast}, err
	}
	d, err := parseTime(m[4]+m[5], "s")
	if err == nil && d >= epochMin {
		return logTime{d, sinceEpoch}, nil
	}
	return logTime{d, sinceLast}, err
}

// logClock follows a log's time stamps. They tell the time from the first line
// to the last; a -t only by whole seconds.
type logClock struct {
	first, last map[stampKind]time.Duration
	sum         time.Duration // of sinceLast
	wrapped     time.Duration
}

func (c *logClock) tick(at []logTime) {
	if c.first == nil {
		c.first, c.last = map[stampKind]time.Duration{}, map[stampKind]time.Duration{}
	}
	for _, t := range at {
		if t.kind == sinceLast {
			c.sum = addTime(c.sum, t.d)
			continue
		}
		last, ok := c.last[t.kind]
		if !ok {
			c.first[t.kind] = t.d
		}
		if t.kind == ofDay && ok && last-t.d > day/2 {
			c.wrapped += day
		}
		c.last[t.kind] = t.d
	}
}

func (c *logClock) elapsed() time.Duration {
	if first, ok := c.first[sinceEpoch]; ok {
		return max(0, c.last[sinceEpoch]-first)
	}
	if first, ok := c.first[ofDay]; ok {
		return max(0, c.last[ofDay]-first+c.wrapped)
	}
	return c.sum
}
