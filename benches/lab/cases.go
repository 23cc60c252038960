package lab

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/load"
	"wsbench/benches/results"
)

// Large names cases of long messages, for ParseCases: one that is answered
// where it arrived, one that is assembled, and the longest that a server takes
// by default. Few connections, since each holds a message or two.
const Large = "large"

const largeCases = "3/65536/1,3/1048576/1,3/16777216/1"

// ParseCases reads a comma-separated list of conns/size, conns/size/depth and
// Large; depth is the one of those that do not name theirs.
func ParseCases(list string, depth int) ([]results.Case, error) {
	var cases []results.Case
	seen := map[results.Case]bool{}
	names := strings.Split(list, ",")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); names[i] == Large {
			names[i] = largeCases
		}
	}
	for _, s := range strings.Split(strings.Join(names, ","), ",") {
		c, err := parseCase(s, depth)
		if err != nil {
			return nil, err
		}
		if seen[c] {
			return nil, fmt.Errorf("case %q: duplicate; name each case once", s)
		}
		seen[c] = true
		cases = append(cases, c)
	}
	return cases, nil
}

// WithKey returns cases with key at the end of each: that of a load.Segment or a
// host.Link.
func WithKey(cases []results.Case, key string) (list []results.Case) {
	for _, c := range cases {
		list = append(list, c+results.Case(key))
	}
	return list
}

// segment returns how the messages of a case are cut.
func segment(c results.Case) load.Segment {
	g := load.Segment{Bytes: c.Int("segment")}
	for _, k := range c.Keys() {
		if k.Key == "gap" {
			g.Gap, _ = time.ParseDuration(k.Value)
		}
	}
	return g
}

func parseCase(s string, depth int) (results.Case, error) {
	wrong := fmt.Errorf("case %q: want connections/bytes or connections/bytes/depth, such as 200/16384, or large", s)
	f := strings.Split(s, "/")
	if len(f) < 2 || len(f) > 3 {
		return "", wrong
	}
	v := [3]int{2: depth}
	for i := range f {
		n, err := strconv.Atoi(f[i])
		if err != nil || n < 0 {
			return "", wrong
		}
		v[i] = n
	}
	if err := load.CheckCase(v[0], v[1], v[2]); err != nil {
		return "", fmt.Errorf("case %q: %w", s, err)
	}
	return results.EchoCase(v[0], v[1], v[2]), nil
}
