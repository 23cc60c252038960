package load

import (
	"fmt"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/host"
)

// window is what a thread measured. It is complete once end was called.
type window struct {
	began, ended int64 // ns on the package's clock
	hook         int64 // how long Edge took at its begin, ns
	user, system time.Duration
	count        counters

	// Of an open loop.
	due      int64 // messages that were due in the window
	overdue  int64 // of those, not sent when it ended, as connections had no room
	disowned int64 // never sent, by the generator's own fault
	overtime int64 // how long it took until the last was answered, ns
}

// maxLatency is the longest latency that is told apart from longer ones.
const maxLatency = 10 * time.Minute

// newHistogram records ns to three significant digits, round trips of pings to four:
// those up to 32 ms to a microsecond at least.
func newHistogram(c *Config) *hdrhistogram.Histogram {
	digits := 3
	if c.Pings() {
		digits = 4
	}
	return hdrhistogram.New(1, int64(maxLatency), digits)
}

// reset prepares the thread for a run.
func (t *thread) reset(warmup, d time.Duration) {
	t.now = clock()
	t.phase, t.until, t.length = warming, t.now+int64(warmup), d
	t.count, t.corruption, t.errors, t.quiet, t.echoes = counters{}, nil, nil, false, 0
	t.statuses, t.statusOK = nil, 0
	t.window = window{}
	t.latency = newHistogram(&t.group.cfg)
	if t.frames.pong != "" {
		t.ponged = newHistogram(&t.group.cfg)
	}
	if t.turns > 0 {
		t.handshakes = newHistogram(&t.group.cfg)
	}
	if t.paced {
		t.service = newHistogram(&t.group.cfg)
		t.pacer.start(t.now)
	}
}

// tick goes on to the next phase where it is time, ends the run early where
// the group halts, and keeps the schedule of an open loop.
func (t *thread) tick() error {
	if t.phase < finished && t.group.halted.Load() {
		t.halt()
	}
	if t.now >= t.until {
		if err := t.turn(); err != nil {
			return err
		}
	}
	if t.phase == overtime && t.flying == 0 && !t.pacer.more() {
		t.drain()
	}
	if t.phase == draining && t.flying == 0 {
		t.phase = finished
	}
	if t.paced {
		return t.pace()
	}
	return nil
}

// turn ends a phase whose time is over.
func (t *thread) turn() error {
	switch {
	case t.phase == warming:
		t.begin()
	case t.phase == measuring && t.paced:
		t.catchUp()
	case t.phase < draining:
		t.drain()
	case t.phase == draining:
		return t.unanswered()
	}
	return nil
}

// halt ends the window, if it is open, and waits for little more than what is
// in flight.
func (t *thread) halt() {
	switch {
	case t.phase == overtime:
		t.until = min(t.until, t.now+int64(t.group.grace()))
	case t.phase == draining:
		t.until = min(t.until, t.now+int64(t.group.patience()))
	case t.phase == measuring && t.paced:
		t.pacer.until = min(t.pacer.until, t.now)
		t.catchUp()
	default:
		t.drain()
	}
}

// recording reports whether echoes that come now may belong to the window.
func (t *thread) recording() bool { return t.phase == measuring || t.phase == overtime }

// begin opens the window. The hook comes first, so that neither its time nor
// its CPU counts as the generator's.
func (t *thread) begin() {
	w := &t.window
	w.began = t.now
	if edge := t.group.cfg.Edge; edge != nil && t.first == 0 {
		edge(false)
		t.group.edged = true
		t.now = clock()
		w.hook, w.began = t.now-w.began, t.now
		t.pacer.held = max(t.pacer.held, t.now)
	}
	corrupt := t.count.corrupt
	t.count = counters{corrupt: corrupt}
	t.phase, t.until = measuring, w.began+int64(t.length)
	t.pacer.open(w.began, t.until)
	w.user, w.system = host.ThreadCPU()
}

// catchUp ends the window of an open loop for its schedule. What was due in it
// has the grace to be sent, late as it is, and to come back.
func (t *thread) catchUp() {
	t.window.overdue = t.pacer.blocked()
	t.phase, t.until = overtime, t.pacer.until+int64(t.group.grace())
}

// end ends the recording.
func (t *thread) end() {
	w := &t.window
	user, system := host.ThreadCPU()
	w.user, w.system = user-w.user, system-w.system
	w.ended = min(t.now, t.until)
	w.count = t.count
	if t.paced {
		t.pacer.until = min(t.pacer.until, w.ended) // where an error cuts the window short
		w.due = t.pacer.scheduled()
		w.disowned = t.pacer.abandon(t.now)
		w.overtime = w.ended - t.pacer.until
	}
}

// leave ends the thread's part in the window, if it took any. The last thread
// to leave calls Edge: Completed is of all of them.
func (t *thread) leave() {
	if t.recording() {
		t.end()
	}
	if g := t.group; g.present.Add(-1) == 0 && g.edged {
		g.cfg.Edge(true)
	}
}

// drain ends the recording, if there is any, and sends nothing from here on.
func (t *thread) drain() {
	t.leave()
	t.pacer.stop()
	t.phase, t.until = draining, t.now+int64(t.group.patience())
	for i := range t.conns {
		t.conns[i].credit = 0
	}
}

// unanswered returns the error of a drain that took too long.
func (t *thread) unanswered() error {
	conns := 0
	for i := range t.conns {
		if t.conns[i].inFlight(t.ring) > 0 {
			conns++
		}
	}
	if t.group.cfg.Endure {
		t.fails(Unanswered, int64(t.flying))
		t.phase = finished
		return nil
	}
	since := "after the last was sent"
	if t.group.halted.Load() {
		since = "of the run's early end"
	}
	return fmt.Errorf("load: %d messages on %d connections not echoed within %v %s", t.flying, conns, t.group.patience(), since)
}

// account takes k answers, so many of them a mix's pongs, off what is in flight
// on c.
func (t *thread) account(c *conn, k, pongs int) error {
	t.flying -= k
	t.echoes += int64(k)
	if !t.paced && t.phase < draining {
		c.credit += int32(k)
	}
	if pongs > 0 {
		if err := t.settle(c, pongs, true); err != nil {
			return err
		}
	}
	return t.settle(c, k-pongs, false)
}

// settle takes k echoes, or pongs, off the oldest flights of c that have such in
// flight: a pong may overtake echoes.
func (t *thread) settle(c *conn, k int, pongs bool) error {
	for i := c.head; k > 0; i++ {
		if i == c.tail {
			c.seq -= uint64(k)
			return c.lost(errUnasked)
		}
		f := &c.flights[i&t.ring]
		n := min(k, f.n-f.pongs)
		if pongs {
			n = min(k, f.pongs)
			f.pongs -= n
		}
		if n > 0 && t.recording() {
			t.count.messages += int64(n)
			t.record(f, n, pongs)
		}
		k -= n
		f.n -= n
	}
	for c.head != c.tail && c.flights[c.head&t.ring].n == 0 {
		c.head++
	}
	return nil
}

// record records n echoes of f that have come now, if they belong to the window:
// those that were due in it. In a closed loop, where a message is due when the
// one before it is back, that is all that come within the window, except what
// was in flight while the thread was in the hook: not the server's time.
func (t *thread) record(f *flight, n int, pongs bool) {
	latency := t.now - f.due
	if f.due < t.window.began && (t.paced || latency < 10*t.window.hook) {
		return
	}
	t.latency.RecordValues(min(latency, int64(maxLatency)), int64(n))
	if pongs {
		t.ponged.RecordValues(min(latency, int64(maxLatency)), int64(n))
	}
	if t.service != nil {
		t.service.RecordValues(min(t.now-f.sent, int64(maxLatency)), int64(n))
	}
}
