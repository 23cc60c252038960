package load

import "time"

// pacer is the schedule of an open loop: message i of a thread is due at
// began + i·interval, whatever became of those before.
//
// A message can be late because every connection had its depth in flight,
// which is the server's doing, or because this thread came late, which is the
// generator's. The second is what lag measures: from the due time, or from
// when the thread last found all connections full (held), if that was later.
type pacer struct {
	interval float64 // ns between messages of this thread; 0: closed loop
	offset   float64 // ns that this thread's first is later than thread 0's
	depth    int
	began    int64
	i        int64 // messages sent
	due      int64 // when message i is due
	held     int64 // when all connections were last found full
	full     bool  // whether they were when last looked at
	turn     int   // the connection to look at first

	// Within the window.
	sent, late int64 // late: by more than tolerance, by own fault
	lag        int64 // the longest such delay, ns
}

// tolerance is how late the generator may be of its own doing before a
// message counts as late: about what a VM's CPU is taken away for.
const tolerance = time.Millisecond

// newPacer is the schedule of thread i of n, that share rate messages a
// second.
func newPacer(rate float64, depth, i, n int) pacer {
	if rate == 0 {
		return pacer{}
	}
	gap := float64(time.Second) / rate
	return pacer{interval: gap * float64(n), offset: gap * float64(i), depth: depth}
}

func (p *pacer) start(now int64) {
	*p = pacer{interval: p.interval, offset: p.offset, depth: p.depth, turn: p.turn, began: now}
	p.due = p.at(0)
}

func (p *pacer) at(i int64) int64 { return p.began + int64(p.offset+float64(i)*p.interval) }

// count begins to count for the window.
func (p *pacer) count() { p.sent, p.late, p.lag = 0, 0, 0 }

// overdue is how many messages were due before now and are not sent. Where
// the connections had room for them, the delay is the generator's.
func (p *pacer) overdue(now int64) int64 {
	if p.interval == 0 || now < p.due {
		return 0
	}
	n := int64(float64(now-p.due)/p.interval) + 1
	if lag := now - max(p.due, p.held); !p.full && lag > int64(tolerance) {
		p.lag = max(p.lag, lag)
		p.late += n
	}
	return n
}

// went notes that the message that was due is sent.
func (p *pacer) went(now int64) {
	lag := now - max(p.due, p.held)
	p.sent++
	p.lag = max(p.lag, lag)
	if lag > int64(tolerance) {
		p.late++
	}
	p.i++
	p.due = p.at(p.i)
}

// burst is how many messages that are due leave before echoes are read again.
const burst = 32

// pace sends what is due, as far as connections have room.
func (t *thread) pace() error {
	p := &t.pacer
	for i := 0; i < burst && p.due <= t.now && t.phase < draining; i++ {
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

// room is the next connection in turn that may send, nil if none may.
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
