package reactor

import (
	"container/heap"
	"math"
	"time"
)

// epoch is what the clock of all loops starts from.
var epoch = time.Now()

// clock reads the clock. It is read when a bound is set and before a long
// wait, else once in so many events; never for a message.
func (l *Loop) clock() time.Duration {
	if l.time != nil {
		return l.time()
	}
	return time.Since(epoch)
}

// after returns when d from now is, by clock.
func (l *Loop) after(d time.Duration) time.Duration {
	now := l.clock()
	return now + min(d, math.MaxInt64-now)
}

// pace tells when to read the clock.
type pace struct{ passed int } // events, and waits, since it was last read

const (
	// The clock is read once in clockEvents events, of which a wait that takes
	// a millisecond at most counts for waitEvents, and after a longer one.
	clockEvents = 4096
	waitEvents  = 64
)

// due reports whether it is time to read the clock, after a wait, a long one or
// not, that brought so many events.
func (p *pace) due(long bool, events int) bool {
	if p.passed += events + waitEvents; !long && p.passed < clockEvents {
		return false
	}
	p.passed = 0
	return true
}

// timers are the connections whose time runs out, in a heap: the first one's
// does first.
type timers []*Conn

// bound sets c's deadline to d from now; 0 clears it. Once Shutdown has begun,
// what it allows bounds all connections, and no bound is set any more.
func (l *Loop) bound(c *Conn, d time.Duration) {
	if d > 0 && l.closing {
		return
	}
	if c.x != nil && c.x.due > 0 {
		heap.Remove(&l.timers, c.x.place)
		c.x.due = 0
	}
	if d > 0 {
		l.extra(c).due = l.after(d)
		heap.Push(&l.timers, c)
	}
}

// Len implements heap.Interface.
func (t timers) Len() int { return len(t) }

// Less implements heap.Interface.
func (t timers) Less(i, j int) bool { return t[i].x.due < t[j].x.due }

// Swap implements heap.Interface.
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].x.place, t[j].x.place = i, j
}

// Push implements heap.Interface.
func (t *timers) Push(c any) {
	c.(*Conn).x.place = len(*t)
	*t = append(*t, c.(*Conn))
}

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	n := len(*t) - 1
	c := (*t)[n]
	(*t)[n] = nil
	*t = (*t)[:n]
	return c
}
