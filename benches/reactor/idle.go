package reactor

import "time"

// sweeper tells when to look at all connections for those whose time has run
// out. Counting sweeps takes two octets a connection, and no clock reading a
// message.
type sweeper struct {
	every  time.Duration
	next   time.Time
	passed int // events, and waits, since the clock was last read
	timed  int // connections with a bound
}

const (
	// sweeps is how many fit the shortest bound: by so much a bound may be
	// late.
	sweeps = 4
	// A loop reads the clock for this once in so many events, of which a wait
	// that takes a millisecond at most counts for some, and after a longer one.
	sweepEvents = 4096
	waitEvents  = 64
)

func newSweeper(cfg *Config) sweeper {
	least := min(cfg.Handshake, cfg.Linger)
	if cfg.Idle > 0 {
		least = min(least, cfg.Idle)
	}
	return sweeper{every: max(least/sweeps, time.Millisecond)}
}

// hasten makes sweeps frequent enough for a bound that is shorter than those
// the sweeper was made for. Bounds that are set already become shorter.
func (s *sweeper) hasten(bound time.Duration) {
	if every := max(bound/sweeps, time.Millisecond); every < s.every {
		s.every, s.next = every, time.Time{}
	}
}

// due tells that it is time for a sweep, after a wait, a long one or not, that
// brought so many events.
func (s *sweeper) due(long bool, events int) bool {
	if s.passed += events + waitEvents; !long && s.passed < sweepEvents {
		return false
	}
	s.passed = 0
	now := time.Now()
	if now.Before(s.next) {
		return false
	}
	s.next = now.Add(s.every)
	return true
}

// within is d in sweeps, one more than fit it, so that a bound is never early.
func (s *sweeper) within(d time.Duration) uint16 {
	return uint16(min(int64((d+s.every-1)/s.every)+1, 1<<16-1))
}

// sweeping tells whether any connection's time can run out.
func (l *Loop) sweeping() bool {
	return l.sweeper.timed > 0 || l.cfg.Idle > 0 && l.open > 0
}

// bound has the time of c run out in d; 0: never. Once Shutdown has set it, it
// is not prolonged.
func (l *Loop) bound(c *Conn, d time.Duration) {
	if c.left > 0 && l.closing && d > 0 && l.sweeper.within(d) > c.left {
		return
	}
	if c.left > 0 {
		l.sweeper.timed--
	}
	if c.left = 0; d > 0 {
		l.sweeper.timed++
		c.left = l.sweeper.within(d)
	}
}

// sweep ends the connections whose time has run out.
func (l *Loop) sweep() {
	for c := range l.conns.all {
		if c.state == dropped {
			continue
		}
		if c.left > 0 {
			if c.left--; c.left == 0 {
				l.sweeper.timed--
				l.late(c)
				continue
			}
		}
		if l.cfg.Idle > 0 && c.state == open {
			l.quiet(c)
		}
	}
}

func (l *Loop) late(c *Conn) {
	switch c.state {
	case greeting:
		l.lateRequest(c)
	default:
		l.drop(c, ErrUnclosed)
	}
}

// quiet pings a connection that has been silent for half of Config.Idle, and
// drops one that has been for all of it: it neither sent anything nor took what
// is queued for it.
func (l *Loop) quiet(c *Conn) {
	limit := l.sweeper.within(l.cfg.Idle)
	switch c.silent++; {
	case c.silent >= limit:
		l.count.Silent++
		l.drop(c, ErrSilent)
	case c.silent == limit/2 && (c.x == nil || c.x.queue.empty()):
		l.out.Begin(nil)
		c.proto.Ping(l.out)
		l.flush(c, l.out.Segments())
	}
}
