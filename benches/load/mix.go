package load

import (
	"fmt"

	"wsbench/parse"
)

// Mix is how many pings follow how many messages on each connection, again and
// again. The zero value is messages alone.
type Mix struct{ Messages, Pings int }

// maxMix bounds the frames of a mix before it begins again: as many as there are
// prepared ones.
const maxMix = maxDistinct

// ParseMix reads messages:pings, such as 9:1.
func ParseMix(s string) (m Mix, err error) {
	if _, err = fmt.Sscanf(s, "%d:%d", &m.Messages, &m.Pings); err != nil || m.String() != s || m.check() != nil || m == (Mix{}) {
		return Mix{}, fmt.Errorf("mix %q: want messages:pings, such as 9:1, both 1 or more and %d at most together", s, maxMix)
	}
	return m, nil
}

// String returns what ParseMix reads.
func (m Mix) String() string { return fmt.Sprintf("%d:%d", m.Messages, m.Pings) }

func (m Mix) check() error {
	if m != (Mix{}) && (m.Messages < 1 || m.Pings < 1 || m.Messages > maxMix || m.Pings > maxMix || m.cycle() > maxMix) {
		return fmt.Errorf("a mix of %v: want 1 or more of both, and %d at most together", m, maxMix)
	}
	return nil
}

// cycle returns after how many frames the mix begins again.
func (m Mix) cycle() int { return max(m.Messages+m.Pings, 1) }

// opcode returns that of frame i, where messages have op.
func (m Mix) opcode(i int, op parse.Opcode) parse.Opcode {
	if m.Pings > 0 && i%m.cycle() >= m.Messages {
		return parse.Ping
	}
	return op
}

// pings returns how many of the k frames from number at are pings.
func (m Mix) pings(at, k int) (n int) {
	if m.Pings == 0 {
		return 0
	}
	for i := range k {
		if (at+i)%m.cycle() >= m.Messages {
			n++
		}
	}
	return n
}

// kind returns what is sent, in words.
func (c *Config) kind() string {
	switch {
	case c.Mix.Pings > 0:
		return fmt.Sprintf("%v and pings %v", c.Op, c.Mix)
	case c.Op == parse.Ping:
		return "ping flood"
	}
	return c.Op.String()
}

// Pings reports whether pings are sent.
func (c *Config) Pings() bool { return c.Op == parse.Ping || c.Mix.Pings > 0 }

// OpKey returns the value of the key op in names of benchmarks.
func (c *Config) OpKey() string {
	if c.Mix.Pings > 0 {
		return "mix" + c.Mix.String()
	}
	return c.Op.String()
}
