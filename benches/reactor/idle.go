package reactor

import (
	"math"
	"time"
)

// sweeper goes through all connections, a slice of them per turn, for those that
// are silent.
type sweeper struct {
	every time.Duration // between the beginnings of two sweeps
	over  uint16        // sweeps by which Config.Idle is over: the first may come at once
	next  time.Duration // when the next sweep begins
	at    int           // the descriptor that the present one has got to
	going bool
	last  bool // it ends them all: what Shutdown has allowed is over
}

const (
	// idleSweeps is how many sweeps Config.Idle takes: by one of them it may
	// be late.
	idleSweeps = 16
	// A turn looks at sliceSlots descriptors at most, some nanoseconds each; a
	// connection that it pings or drops counts for actionSlots of them, and
	// none is after sliceTime.
	sliceSlots  = 4096
	actionSlots = 64
	sliceTime   = 500 * time.Microsecond
)

func newSweeper(cfg *Config) sweeper {
	s := sweeper{every: max(cfg.Idle/idleSweeps, time.Millisecond)}
	s.over = uint16((cfg.Idle-1)/s.every) + 2
	return s
}

// due returns when something is next to be done because of the time; it is far
// away where nothing is.
func (l *Loop) due() time.Duration {
	at := time.Duration(math.MaxInt64)
	if len(l.timers) > 0 {
		at = l.timers[0].x.due
	}
	if l.open > 0 && l.cfg.Idle > 0 {
		at = min(at, l.sweeper.next)
	}
	if l.open > 0 && l.closing && !l.sweeper.last {
		at = min(at, l.until)
	}
	return at
}

// timed reports whether anything is to be done because of the time, now or
// later.
func (l *Loop) timed() bool {
	return l.behind || len(l.timers) > 0 || l.open > 0 && (l.cfg.Idle > 0 || l.closing)
}

// tick does what is due, for about a millisecond at most; behind says that
// something is left for the next turn.
func (l *Loop) tick() {
	began := l.clock()
	l.expire(began)
	s := &l.sweeper
	switch {
	case l.closing && !s.last && began >= l.until:
		s.last, s.going, s.at = true, true, 0
	case !s.going && l.cfg.Idle > 0 && began >= s.next:
		s.next, s.going, s.at = began+s.every, true, 0
	}
	if s.going {
		s.going = !l.sweep(l.clock())
	}
	l.behind = s.going || len(l.timers) > 0 && l.timers[0].x.due <= began
}

// expire ends connections whose time has run out.
func (l *Loop) expire(began time.Duration) {
	for n := 0; n < sliceSlots/actionSlots && len(l.timers) > 0 && l.timers[0].x.due <= began; n++ {
		c := l.timers[0]
		l.bound(c, 0)
		l.late(c)
		if l.clock() > began+sliceTime {
			return
		}
	}
}

// sweep looks at a slice of the connections, and is true after the last of
// them.
func (l *Loop) sweep(began time.Duration) (done bool) {
	s := &l.sweeper
	for end := s.at + sliceSlots; s.at < end && s.at < l.conns.slots(); {
		c := l.conns.at(uint32(s.at))
		s.at++
		if c == nil || !l.visit(c) {
			continue
		}
		if end -= actionSlots; l.clock() > began+sliceTime {
			break
		}
	}
	return s.at >= l.conns.slots()
}

// visit counts one more sweep of c's silence, and is true where it did more
// than that. A connection that has been silent for half of Config.Idle is
// pinged, once. It is dropped when it has been for all of it, and nothing that
// it was sent meanwhile was taken.
func (l *Loop) visit(c *Conn) (acted bool) {
	s := &l.sweeper
	switch {
	case c.state == dropped:
		return false
	case s.last:
		l.drop(c, ErrUnclosed)
		return true
	case l.cfg.Idle == 0 || c.state != open:
		return false
	case c.x != nil && c.x.deferred > 0: // it waits for this side
		c.silent = 0
		return false
	}
	c.silent, c.unmoved = min(c.silent+1, s.over), min(c.unmoved+1, s.over)
	switch {
	case c.silent == s.over && c.unmoved == s.over:
		l.count.Silent++
		l.drop(c, ErrSilent)
		return true
	case c.silent == (s.over+1)/2:
		l.ping(c)
		return true
	}
	return false
}

// ping sends a ping behind what is queued.
func (l *Loop) ping(c *Conn) {
	l.out.Begin(nil)
	c.proto.Ping(l.out)
	q := &l.extra(c).queue
	alone := q.empty()
	l.enqueue(c, l.out.Segments(), 0)
	if alone {
		q.mute = q.size
	}
	l.mark(c)
}

func (l *Loop) late(c *Conn) {
	switch c.state {
	case greeting:
		l.lateRequest(c)
	default:
		l.drop(c, ErrUnclosed)
	}
}
