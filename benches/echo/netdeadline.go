package echo

import (
	"sync"
	"time"
)

// end is when a connection's time is over for good. The connection's goroutine,
// the sweep and the shutdown all set deadlines; the shutdown's holds against the
// others'.
type end struct {
	mu sync.Mutex // held for moments only: never while reading or writing
	at time.Time  // zero: not known yet
}

// endBy ends all reads and writes at t, unless they were to end before.
func (c *netConn) endBy(t time.Time) {
	c.end.mu.Lock()
	defer c.end.mu.Unlock()
	if c.end.at.IsZero() {
		c.end.at = t
		c.nc.SetDeadline(t)
	}
}

// limit sets a deadline d from now by set, one of the methods of c.nc; 0 clears
// it. It is no later than that of endBy.
func (c *netConn) limit(set func(time.Time) error, d time.Duration) {
	c.end.mu.Lock()
	defer c.end.mu.Unlock()
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	if end := c.end.at; !end.IsZero() && (d == 0 || t.After(end)) {
		t = end
	}
	set(t)
}
