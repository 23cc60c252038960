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
// doubt names the server, not the generator.
func TestOpenLoopOverload(t *testing.T) {
	s := serve(t, func(s *session) {
		s.echo(func(op parse.Opcode, p []byte) error {
			time.Sleep(5 * time.Millisecond)
			_, err := s.Write(frame(parse.FIN, op, p))
			return err
		})
	})
	cfg := config(s.url)
	cfg.Rate, cfg.Conns = 10_000, 1
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	r, err := g.Run(t.Context(), 0, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if r.Overdue < 1500 || !strings.Contains(strings.Join(r.Doubts, "\n"), "the server did not keep up with 10000 msg/s") {
		t.Errorf("%d overdue, doubts %q", r.Overdue, r.Doubts)
	}
	if service, latency := r.Service.Max(), r.Latency.Max(); latency < 2*service {
		t.Errorf("latency up to %v, service time up to %v: the wait before the send is not counted", time.Duration(latency), time.Duration(service))
	}
}

// The schedule does not slip, and tells whose fault a delay is.
func TestPacer(t *testing.T) {
	const ms = int64(time.Millisecond)
	p := newPacer(1000, 4, 1, 2) // thread 1 of 2: every 2 ms, from 1 ms on
	p.start(100 * ms)
	p.count()
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
	if n := p.overdue(p.due + 5*ms); n != 3 || p.late != 4 {
		t.Errorf("%d overdue, %d late; want 3 and 4", n, p.late)
	}
	p.full = true
	p.late = 0
	if n := p.overdue(p.due + 5*ms); n != 3 || p.late != 0 {
		t.Errorf("full: %d overdue, %d late; want 3 and 0", n, p.late)
	}
}

func TestOwnFault(t *testing.T) {
	r := Result{Late: 3, Lag: 12 * time.Millisecond}
	if r.doubt(10_000); r.Doubts != nil {
		t.Errorf("3 late of 10000: %q", r.Doubts)
	}
	if r.doubt(2000); len(r.Doubts) != 1 || !strings.Contains(r.Doubts[0], "fell behind its schedule by up to 12ms (3 of 2000 ") {
		t.Errorf("3 late of 2000: %q", r.Doubts)
	}
}
