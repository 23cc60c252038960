package report

import (
	"fmt"
	"strconv"
)

// rate is messages a second in three or four digits.
func rate(v float64) string {
	switch {
	case v >= 999.5e3:
		return fmt.Sprintf("%.2fM", v/1e6)
	case v >= 9.995e3:
		return fmt.Sprintf("%.0fk", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}

// small is a count a message.
func small(v float64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%.4f", v)
}

// column is how a column of times is written: all in one unit, with as many
// decimals as the least of them needs for two digits.
type column struct {
	fine        bool    // ns as long as they have five digits
	least, most float64 // ns; 0: none yet
}

func (c *column) add(ns float64) {
	if ns <= 0 {
		return
	}
	if c.least == 0 || ns < c.least {
		c.least = ns
	}
	c.most = max(c.most, ns)
}

func (c *column) scale() (unit string, per float64) {
	switch {
	case c.fine && c.most < 100e3:
		return "ns", 1
	case c.least >= 10e6:
		return "ms", 1e6
	case c.most >= 10e3:
		return "µs", 1e3
	}
	return "ns", 1
}

func (c *column) unit() string {
	unit, _ := c.scale()
	return unit
}

// write is ns in the column's unit; "-" where there is none.
func (c *column) write(ns float64) string {
	if ns <= 0 {
		return "-"
	}
	_, per := c.scale()
	decimals := 0
	for least := c.least / per; least < 9.95 && decimals < 2 && per > 1; least *= 10 {
		decimals++
	}
	return strconv.FormatFloat(ns/per, 'f', decimals, 64)
}
