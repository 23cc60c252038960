package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Case is one load that every variant is put under.
type Case struct {
	Conns int // connections
	Size  int // octets of a message's payload
	Depth int // messages in flight a connection
}

// ParseCases reads a comma-separated list of conns/size or conns/size/depth;
// depth is the one of those that do not name theirs.
func ParseCases(list string, depth int) ([]Case, error) {
	var cases []Case
	seen := map[Case]bool{}
	for _, s := range strings.Split(list, ",") {
		c, err := parseCase(strings.TrimSpace(s), depth)
		if err != nil {
			return nil, err
		}
		if seen[c] {
			return nil, fmt.Errorf("case %q is there twice", s)
		}
		seen[c] = true
		cases = append(cases, c)
	}
	return cases, nil
}

func parseCase(s string, depth int) (Case, error) {
	wrong := fmt.Errorf("case %q: connections/octets or connections/octets/depth wanted, such as 200/16384", s)
	f := strings.Split(s, "/")
	if len(f) < 2 || len(f) > 3 {
		return Case{}, wrong
	}
	v := [3]int{2: depth}
	for i := range f {
		n, err := strconv.Atoi(f[i])
		if err != nil || n < 0 {
			return Case{}, wrong
		}
		v[i] = n
	}
	if v[0] == 0 || v[2] == 0 {
		return Case{}, fmt.Errorf("case %q: connections and depth begin at 1", s)
	}
	return Case{v[0], v[1], v[2]}, nil
}

// String is the case in full, as ParseCases reads it.
func (c Case) String() string { return fmt.Sprintf("%d/%d/%d", c.Conns, c.Size, c.Depth) }

// Short is String without a depth of one.
func (c Case) Short() string {
	if c.Depth == 1 {
		return fmt.Sprintf("%d/%d", c.Conns, c.Size)
	}
	return c.String()
}
