package reactor

import (
	"time"

	"wsbench/scratch"
)

// tidy gives back, between two turns, what long messages have taken: to the
// pool at once, and from there what was of no use for a while. The clock is
// read only while the pool has some of that.
func (l *Loop) tidy() {
	l.out.Free()
	if l.pool.Excess() == 0 {
		return
	}
	if now := time.Now(); now.Sub(l.aged) >= scratch.AgeInterval {
		l.aged = now
		l.pool.Age()
	}
}
