package counts

import "time"

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

// logClock follows a log's time stamps of each kind. They tell the time from the
// first line to the last; a -t only by whole seconds.
type logClock [ofDay + 1]struct {
	seen      bool
	last, sum time.Duration
}

func (c *logClock) tick(at []logTime) {
	for _, t := range at {
		k := &c[t.kind]
		step := t.d - k.last
		switch {
		case t.kind == sinceLast:
			step = addTime(k.sum, t.d) - k.sum // of a sum that does not wrap around
		case !k.seen:
			step = 0
		case t.kind == ofDay && step < -day/2:
			step += day
		}
		k.seen, k.last, k.sum = true, t.d, k.sum+step
	}
}

func (c *logClock) elapsed() time.Duration {
	for _, kind := range []stampKind{sinceEpoch, ofDay} {
		if c[kind].seen {
			return max(0, c[kind].sum)
		}
	}
	return c[sinceLast].sum
}
