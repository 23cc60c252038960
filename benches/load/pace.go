package load

import (
	"math"
	"time"
)

// pacer is the schedule of an open loop: message i of a thread is due at
// began + i·interval, whatever became of those before.
//
// A message can be late because every connection had its depth in flight,
// which is the server's doing, or because this thread came late, which is the
// generator's. The second is what lag measures: from the due time, or from
// when the connections were last full (held), if that was later.
type pacer struct {
	interval float64 // ns between messages of this thread; 0: closed loop
	offset   float64 // ns that this thread's first is later than thread 0's
	depth    int
	began    int64
	i        int64 // messages sent
	due      int64 // when message i is due
	held     int64 // until when all connections were last full
	full     bool  // whether they were when last looked at
	turn     int   // the connection to look at first

	// The window: what is due in it is counted, and what is due later not sent.
	from, until int64
	sent, late  int64 // late: by more than tolerance, by own fault
	lag         int64 // the longest such delay, ns
}

// tolerance is how late the generator may be of its own doing before a
// message counts as late: about what a VM's CPU is taken away for.
const tolerance = time.Millisecond

// newPacer returns the schedule of thread i of n, that share rate messages a
// second.
func newPacer(rate float64, depth, i, n int) pacer {
	if rate == 0 {
		return pacer{}
	}
	gap := float64(time.Second) / rate
	return pacer{interval: gap * float64(n), offset: gap * float64(i), depth: depth}
}

func (p *pacer) start(now int64) {
	*p = pacer{interval: p.interval, offset: p.offset, depth: p.depth, turn: p.turn, began: now, from: never, until: never}
	p.due = p.at(0)
}

// never is a time that does not come.
const never = math.MaxInt64

func (p *pacer) at(i int64) int64 { return p.began + int64(p.offset+float64(i)*p.interval) }

// open begins a window that ends at until.
func (p *pacer) open(now, until int64) {
	p.from, p.until = now, until
	p.sent, p.late, p.lag = 0, 0, 0
}

// more reports whether a message is still to be sent.
func (p *pacer) more() bool { return p.due < p.until }

// stop ends the sending.
func (p *pacer) stop() { p.until = min(p.until, p.due) }

// before returns how many messages are due before now.
func (p *pacer) before(now int64) int64 {
	i := max(0, int64((float64(now-p.began)-p.offset)/p.interval)) // to within one
	for i > 0 && p.at(i-1) >= now {
		i--
	}
	for p.at(i) < now {
		i++
	}
	return i
}

// scheduled returns how many messages are due in the window.
func (p *pacer) scheduled() int64 { return p.before(p.until) - p.before(p.from) }

// overdue returns how many messages of the window are due before by and not
// sent.
func (p *pacer) overdue(by int64) int64 { return max(0, p.before(by)-max(p.i, p.before(p.from))) }

// blocked returns how many messages of the window are not sent at its end
// because connections had no room: all that are overdue, if there is none now,
// or those that were due when there last was none.
func (p *pacer) blocked() int64 {
	if p.full {
		return p.overdue(p.until)
	}
	return p.overdue(min(p.held, p.until))
}

// abandon gives up, at now, what is overdue of the window. It returns how much
// of that is the generator's fault: all, where the connections had room for it.
func (p *pacer) abandon(now int64) (own int64) {
	n := p.overdue(p.until)
	if lag := now - max(p.due, p.held); n > 0 && !p.full && lag > int64(tolerance) {
		p.lag = max(p.lag, lag)
		p.late += n
		return n
	}
	return 0
}

// went notes that the message that was due is sent.
func (p *pacer) went(now int64) {
	if p.due >= p.from {
		lag := now - max(p.due, p.held)
		p.sent++
		p.lag = max(p.lag, lag)
		if lag > int64(tolerance) {
			p.late++
		}
	}
	p.i++
	p.due = p.at(p.i)
}

// burst is how many messages that are due leave before echoes are read again.
const burst = 32

// pace sends what is due, as far as connections have room.
func (t *thread) pace() error {
	p := &t.pacer
	if p.full { // since it was last looked at: the echo that has come is the first
		p.held = t.now
	}
	for i := 0; i < burst && p.due <= t.now && p.more(); i++ {
		c := t.room()
		if p.full = c == nil; p.full {
			p.held = t.now
			return nil
		}
		c.credit = 1
		if err := t.send(c, p.due); err != nil {
			return err
		}
		p.went(t.now)
		t.now = clock()
	}
	return nil
}

// room returns the next connection in turn that may send, nil if none may.
func (t *thread) room() *conn {
	if t.flying >= t.pacer.depth*len(t.conns) {
		return nil
	}
	for range t.conns {
		c := &t.conns[t.pacer.turn]
		if t.pacer.turn++; t.pacer.turn == len(t.conns) {
			t.pacer.turn = 0
		}
		if !c.unsent && int(c.tail-c.head) < t.pacer.depth {
			return c
		}
	}
	return nil
}
