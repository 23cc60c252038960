//go:build linux

package load

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"wsbench/parse"
)

func TestOpenLoop(t *testing.T) {
	leaks(t)
	for _, threads := range []int{1, min(2, runtime.NumCPU())} {
		cfg := config(serve(t, faithful).url)
		cfg.Rate, cfg.Depth, cfg.Threads = 2000, 8, threads
		g, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		r, err := g.Run(t.Context(), 0, 200*time.Millisecond)
		if err != nil || r.Corrupt != 0 {
			t.Errorf("%v, %v", r.Corruption, err)
		}
		if r.Messages == 0 { // 400 are due; how many come in time is not this test's to say
			t.Error("no messages")
		}
		if r.Service == nil || r.Service.TotalCount() != r.Latency.TotalCount() {
			t.Fatalf("no service time")
		}
		if r.Service.ValueAtPercentile(50) > r.Latency.ValueAtPercentile(50) {
			t.Errorf("service time %d ns above the latency %d ns", r.Service.ValueAtPercentile(50), r.Latency.ValueAtPercentile(50))
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A server slower than the rate: latency counts from the due time, and the
// warning names the server, not the generator.
func TestOpenLoopOverload(t *testing.T) {
	s := serve(t, func(s *session) {
		s.echo(func(op parse.Opcode, p []byte) error {
			time.Sleep(5 * time.Millisecond)
			_, err := s.Write(frame(parse.FIN, op, p))
			return err
		})
	})
	cfg := config(s.url)
	cfg.Rate, cfg.Conns, cfg.Grace = 10_000, 1, 50*time.Millisecond
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	r, err := g.Run(t.Context(), 0, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if r.Overdue < 1500 || !strings.Contains(strings.Join(r.Warnings, "\n"), "the server did not keep up with 10000 msg/s") {
		t.Errorf("%d overdue, warnings %q", r.Overdue, r.Warnings)
	}
	// The second message was due 0.1 ms after the first, and left 5 ms after it.
	if n, wait := r.Latency.TotalCount(), time.Duration(r.Latency.Mean()-r.Service.Mean()); n > 1 && wait < 2*time.Millisecond {
		t.Errorf("%d latencies, on average %v above the service times: the wait before the send is not counted", n, wait)
	}
}

// The schedule does not slip, and tells whose fault a delay is.
func TestPacer(t *testing.T) {
	const ms = int64(time.Millisecond)
	p := newPacer(1000, 4, 1, 2) // thread 1 of 2: every 2 ms, from 1 ms on
	p.start(100 * ms)
	p.open(100*ms, 10_000*ms)
	for i := range int64(10) {
		if want := 101*ms + i*2*ms; p.due != want {
			t.Fatalf("message %d due at %d, want %d", i, p.due, want)
		}
		p.went(p.due)
	}
	if p.late != 0 || p.lag != 0 || p.sent != 10 {
		t.Errorf("on time: %d late, lag %d, %d sent", p.late, p.lag, p.sent)
	}
	p.held = p.due + 50*ms // until then all connections were full
	p.went(p.held + ms/10)
	if p.late != 0 || p.lag != ms/10 {
		t.Errorf("held up by the server: %d late, lag %d", p.late, p.lag)
	}
	p.held = 0
	p.went(p.due + 7*ms)
	if p.late != 1 || p.lag != 7*ms {
		t.Errorf("late by own fault: %d late, lag %d", p.late, p.lag)
	}
	now := p.due + 5*ms
	p.until = now
	if n, own := p.overdue(p.until), p.abandon(now); n != 3 || own != 3 || p.late != 4 {
		t.Errorf("%d overdue, %d by own fault, %d late; want 3, 3 and 4", n, own, p.late)
	}
	p.from = now - 4*ms // all but the last two were due in the warm-up
	if n, own := p.overdue(p.until), p.abandon(now); n != 2 || own != 2 || p.late != 6 {
		t.Errorf("warm-up: %d overdue, %d by own fault, %d late; want 2, 2 and 6", n, own, p.late)
	}
	p.full = true
	if n, own := p.overdue(p.until), p.abandon(now); n != 2 || own != 0 || p.late != 6 {
		t.Errorf("full: %d overdue, %d by own fault, %d late; want 2, 0 and 6", n, own, p.late)
	}
}

// A thread that sleeps while all connections are full, for a server that stalls,
// is not late by its own fault when an echo wakes it.
func TestStallIsNotLag(t *testing.T) {
	b := newBench(t, Config{Depth: 1, Rate: 1e6})
	for !b.pacer.full {
		b.now = clock()
		b.round(t)
	}
	const stall = int64(300 * time.Millisecond) // ago it fell asleep
	p := &b.pacer
	p.from, p.began, p.due, p.held = 0, p.began-stall, p.due-stall, p.held-stall
	p.sent, p.late, p.lag = 0, 0, 0
	for b.exchange(t); p.sent == 0; {
		b.round(t)
	}
	if p.late != 0 || p.lag != 0 {
		t.Errorf("%d of %d messages late by up to %v", p.late, p.sent, time.Duration(p.lag))
	}
}

// What is not sent at the window's end is the server's doing as far as there
// was no room for it, and only what is due in the window counts.
func TestPacerBlocked(t *testing.T) {
	const ms = int64(time.Millisecond)
	for _, c := range []struct {
		full       bool
		sent, held int64 // messages; ns after the start
		want       int64
	}{
		{true, 0, 150 * ms, 100}, // the warm-up's hundred are not sent either
		{true, 150, 160 * ms, 50},
		{true, 200, 200 * ms, 0},
		{false, 150, 0, 0},         // there was room all the time
		{false, 150, 100 * ms, 0},  // and in the window
		{false, 150, 180 * ms, 30}, // since 180 ms there is
		{false, 150, 250 * ms, 50},
	} {
		p := newPacer(1000, 4, 0, 1)
		p.start(17)
		p.open(17+100*ms, 17+200*ms)
		for p.i < c.sent {
			p.went(p.due)
		}
		if p.full, p.held = c.full, 17+c.held; p.blocked() != c.want {
			t.Errorf("%+v: %d blocked", c, p.blocked())
		}
	}
}

// A window has the messages due from its beginning up to its end, and nothing
// is sent that is due later.
func TestPacerWindow(t *testing.T) {
	const ms = int64(time.Millisecond)
	for _, c := range []struct {
		rate        float64
		from, until int64 // ns after the start
		before      int64 // messages that are due in the warm-up
		scheduled   int64
	}{
		{1000, 0, 10 * ms, 0, 10},
		{1000, 1, 10*ms + 1, 1, 10},
		{1000, 5 * ms, 5 * ms, 5, 0},
		{5000, 300*ms + 7, 1300*ms + 7, 1501, 5000},
		{3, 0, 1000 * ms, 0, 3},
		{3e7, 0, 1000 * ms, 0, 3e7},
	} {
		p := newPacer(c.rate, 1, 0, 1)
		p.start(17)
		p.open(17+c.from, 17+c.until)
		if n, o := p.scheduled(), p.overdue(p.until); n != c.scheduled || o != c.scheduled {
			t.Errorf("%+v: %d scheduled, %d overdue", c, n, o)
		}
		all := c.before + c.scheduled
		for p.i < min(all, 10_000) {
			p.went(p.due)
		}
		if all <= 10_000 && (p.more() || p.sent != c.scheduled || p.overdue(p.until) != 0) {
			t.Errorf("%+v: all sent: %d of the window, %d overdue, more %v", c, p.sent, p.overdue(p.until), p.more())
		}
		if p.stop(); p.more() {
			t.Errorf("%+v: more to send after stop", c)
		}
	}
}

// A window in which nothing came or was due is no measurement.
func TestNothingMeasured(t *testing.T) {
	for _, rate := range []float64{0, 1} {
		r := Result{Config: Config{Rate: rate}}
		if r.warn(0); r.Invalid == nil || !strings.Contains(strings.Join(r.Warnings, " "), "raise -for") {
			t.Errorf("rate %v: %q", rate, r.Warnings)
		}
	}
}

func TestOwnFault(t *testing.T) {
	all := Result{Due: 1000, Late: 1000, Unanswered: 1000}
	if all.warn(1000); len(all.Warnings) != 1 || !strings.Contains(all.Warnings[0], "the generator fell behind") {
		t.Errorf("a generator that sent nothing blames the server: %q", all.Warnings)
	}
	r := Result{Due: 10_000, Late: 3, Lag: 12 * time.Millisecond}
	if r.warn(0); r.Warnings != nil || r.Invalid != nil {
		t.Errorf("3 late of 10000: %q", r.Warnings)
	}
	r.Due = 2000
	if r.warn(0); r.Invalid == nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "fell behind its schedule by up to 12ms (3 of 2000 ") {
		t.Errorf("3 late of 2000: %q", r.Warnings)
	}
}

// What the generator sent late, later, does not excuse the server.
func TestServersFault(t *testing.T) {
	r := Result{Due: 100_000, Overdue: 1001, Late: 100, Lag: 12 * time.Millisecond}
	if r.warn(0); r.Invalid == nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "when the window ended 1001 messages were due and not sent") {
		t.Errorf("1001 of 100000 not sent: %q", r.Warnings)
	}
	r = Result{Due: 100_000, Messages: 100_000, Overdue: 1000}
	if r.warn(0); r.Warnings != nil {
		t.Errorf("1000 of 100000 not sent: %q", r.Warnings)
	}
}
