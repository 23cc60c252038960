package load

import (
	"fmt"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/syscalls"
)

// window is what a thread measured. It is complete once end was called.
type window struct {
	began, ended int64 // ns on the package's clock
	hook         int64 // how long Edge took at its begin, ns
	user, system time.Duration
	count        counters
	overdue      int64 // messages of an open loop that were due and not sent
}

// maxLatency is the longest latency that is told apart from longer ones.
const maxLatency = 10 * time.Minute

// newHistogram records ns to three significant digits.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(maxLatency), 3)
}

// reset prepares the thread for a run.
func (t *thread) reset(warmup, d time.Duration) {
	t.now = clock()
	t.phase, t.until, t.length = warming, t.now+int64(warmup), d
	t.count, t.corruption, t.quiet, t.echoes = counters{}, nil, false, 0
	t.window = window{}
	t.latency = newHistogram()
	if t.paced {
		t.service = newHistogram()
		t.pacer.start(t.now)
	}
}

// tick goes on to the next phase where it is time, ends the run early where
// the group halts, and keeps the schedule of an open loop.
func (t *thread) tick() error {
	if t.phase < draining && t.group.halted.Load() {
		t.drain()
	}
	if t.now >= t.until {
		if err := t.turn(); err != nil {
			return err
		}
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
	switch t.phase {
	case warming:
		t.begin()
	case measuring:
		t.drain()
	case draining:
		return t.unanswered()
	}
	return nil
}

// begin opens the window. The hook comes first, so that neither its time nor
// its CPU counts as the generator's.
func (t *thread) begin() {
	w := &t.window
	w.began = t.now
	if edge := t.group.cfg.Edge; edge != nil && t.first == 0 {
		edge(false)
		t.now = clock()
		w.hook, w.began = t.now-w.began, t.now
		t.pacer.held = max(t.pacer.held, t.now)
	}
	corrupt := t.count.corrupt
	t.count = counters{corrupt: corrupt}
	t.pacer.count()
	t.phase, t.until = measuring, w.began+int64(t.length)
	w.user, w.system = syscalls.ThreadCPU()
}

// end closes the window.
func (t *thread) end() {
	w := &t.window
	user, system := syscalls.ThreadCPU()
	w.user, w.system = user-w.user, system-w.system
	w.ended = min(t.now, t.until)
	w.count = t.count
	w.overdue = t.pacer.overdue(t.now)
	if edge := t.group.cfg.Edge; edge != nil && t.first == 0 {
		edge(true)
	}
}

// drain closes the window, if it is open, and sends nothing from here on.
func (t *thread) drain() {
	if t.phase == measuring {
		t.end()
	}
	t.phase, t.until = draining, t.now+int64(t.group.patience())
	for i := range t.conns {
		t.conns[i].credit = 0
	}
}

// unanswered is the error of a drain that took too long.
func (t *thread) unanswered() error {
	conns := 0
	for i := range t.conns {
		if t.conns[i].inFlight(t.ring) > 0 {
			conns++
		}
	}
	return fmt.Errorf("load: %d messages on %d connections not echoed within %v after the last was sent", t.flying, conns, t.group.patience())
}

// account takes k echoes off what is in flight on c.
func (t *thread) account(c *conn, k int) error {
	t.flying -= k
	t.echoes += int64(k)
	if !t.paced && t.phase < draining {
		c.credit += int32(k)
	}
	for k > 0 {
		if c.head == c.tail {
			c.seq -= uint64(k)
			return c.lost(errUnasked)
		}
		f := &c.flights[c.head&t.ring]
		n := min(k, f.n)
		if t.phase == measuring {
			t.count.messages += int64(n)
			t.record(f, n)
		}
		k -= n
		if f.n -= n; f.n == 0 {
			c.head++
		}
	}
	return nil
}

// record records n echoes of f that have come now.
func (t *thread) record(f *flight, n int) {
	latency := t.now - f.due
	if f.due < t.window.began && latency < 10*t.window.hook {
		return // in flight while the thread was in the hook: not the server's time
	}
	t.latency.RecordValues(min(latency, int64(maxLatency)), int64(n))
	if t.service != nil {
		t.service.RecordValues(min(t.now-f.sent, int64(maxLatency)), int64(n))
	}
}
