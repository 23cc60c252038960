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
	if l.excess() == 0 {
		return
	}
	if now := time.Now(); now.Sub(l.aged) >= scratch.AgeInterval {
		l.aged = now
		l.pool.Age()
		l.frames.Age()
	}
}

// excess returns how many bytes of free buffers Age would free.
func (l *Loop) excess() int {
	n := l.pool.Excess()
	if l.settled != nil { // answers were deferred
		n += l.frames.Excess()
	}
	return n
}
