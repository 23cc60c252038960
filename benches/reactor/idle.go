package reactor

import "time"

// sweeper tells when to look for silent connections. Counting sweeps takes one
// octet a connection, and no clock reading a message.
type sweeper struct {
	every   time.Duration // 0: never
	next    time.Time
	handled int // events since the clock was last read
}

const (
	pingAfter = 2 // sweeps
	dropAfter = 4
	// sweepEvents bounds how often a busy loop reads the clock for this.
	sweepEvents = 4096
)

func newSweeper(idle time.Duration) sweeper {
	return sweeper{every: idle / dropAfter, next: time.Now().Add(idle / dropAfter)}
}

// due tells that it is time for a sweep; handled is the events since it was
// last asked.
func (s *sweeper) due(handled int) bool {
	if s.every == 0 {
		return false
	}
	if s.handled += handled; handled > 0 && s.handled < sweepEvents {
		return false
	}
	s.handled = 0
	now := time.Now()
	if now.Before(s.next) {
		return false
	}
	s.next = now.Add(s.every)
	return true
}

// sweep pings the connections that have been silent for half of Config.Idle,
// and drops those that have been for all of it: they neither sent anything nor
// took what is queued for them.
func (l *Loop) sweep() {
	for _, c := range l.conns {
		if c == nil || c.state != open {
			continue
		}
		switch c.silent++; {
		case c.silent > dropAfter:
			l.count.Silent++
			l.drop(c)
		case c.silent == pingAfter && len(c.queue) == 0:
			l.out.Begin(nil)
			c.proto.Ping(l.out)
			l.flush(c, l.out.Segments())
		}
	}
}
