package load

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wsbench/parse"
)

// scheduled runs an open loop of 1,000 messages a second on one connection that
// is never full, unless change does otherwise.
func scheduled(t *testing.T, s *server, warmup, window time.Duration, change func(*Config)) (*Group, Result, error) {
	t.Helper()
	cfg := config(s.url)
	cfg.Conns, cfg.Depth, cfg.Rate, cfg.Grace = 1, 1000, 1000, endless // only a hang reaches it
	change(&cfg)
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	r, err := g.Run(t.Context(), warmup, window)
	adds(t, r)
	return g, r, err
}

// adds wants every message that was due in the window accounted for.
func adds(t *testing.T, r Result) {
	t.Helper()
	if got := r.Latency.TotalCount(); r.Messages != got || r.Service.TotalCount() != got || r.Messages+r.Unanswered != r.Due {
		t.Errorf("%d due: %d echoes, %d latencies, %d service times, %d unanswered", r.Due, r.Messages, got, r.Service.TotalCount(), r.Unanswered)
	}
}

// each is a server that calls before for each message, counted from 1, and
// then echoes it.
func each(t *testing.T, before func(n int64) error) *server {
	var n atomic.Int64
	return serve(t, func(s *session) {
		s.echo(func(op parse.Opcode, p []byte) error {
			if err := before(n.Add(1)); err != nil {
				return err
			}
			_, err := s.Write(frame(parse.FIN, op, p))
			return err
		})
	})
}

// A server that stalls in the last tenth of the window and for 200 ms beyond:
// what was due meanwhile belongs to the window, however late its echo comes.
func TestStallAtTheEnd(t *testing.T) {
	for name, depth := range map[string]int{"all sent in time": 1000, "sent when there is room": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := each(t, func(n int64) error {
				if n == 4500 { // due 900 ms after the beginning, or at most a moment before
					time.Sleep(300 * time.Millisecond)
				}
				return nil
			})
			_, r, err := scheduled(t, s, 0, time.Second, func(c *Config) { c.Rate, c.Depth = 5000, depth })
			if err != nil || r.Due != 5000 || r.Unanswered != 0 {
				t.Fatalf("%d due, %d unanswered, %v; want 5000 and none", r.Due, r.Unanswered, err)
			}
			// One message in ten took 200 to 300 ms, one in a hundred 290.
			if p := time.Duration(r.Latency.ValueAtPercentile(99)); p < 200*time.Millisecond {
				t.Errorf("p99 is %v", p)
			}
			if depth < 500 && (r.Overdue < 400 || r.Invalid == nil) {
				t.Errorf("depth %d: %d messages due and not sent when the window ended, warnings %q", depth, r.Overdue, r.Warnings)
			}
			if r.Elapsed != time.Second+r.Overtime {
				t.Errorf("%v measured, %v of it overtime", r.Elapsed, r.Overtime)
			}
			if r.Rate() != 5000 { // all that was due was answered
				t.Errorf("%v msg/s; want the 5000 that were asked for", r.Rate())
			}
		})
	}
}

// What was due in the warm-up does not belong to the window, though its echo
// comes in it: the server answers nothing before the window begins.
func TestWarmupIsNotTheWindow(t *testing.T) {
	begun := make(chan struct{})
	s := each(t, func(int64) error { <-begun; return nil })
	_, r, err := scheduled(t, s, 100*time.Millisecond, 200*time.Millisecond, func(c *Config) {
		c.Edge = func(end bool) {
			if !end {
				close(begun)
			}
		}
	})
	if err != nil || r.Due != 200 || r.Unanswered != 0 {
		t.Errorf("%d due, %d unanswered, %v; want 200 and none", r.Due, r.Unanswered, err)
	}
	if r.Completed < r.Messages+90 { // the warm-up's hundred came in the window
		t.Errorf("%d echoes came, %d of the window", r.Completed, r.Messages)
	}
}

// What is not answered within the grace is counted, and makes the result
// invalid by the server's fault, whether it was never sent or never echoed. A
// server that is merely slow leaves the group good for another run.
func TestUnanswered(t *testing.T) {
	slow := func(int64) error { time.Sleep(5 * time.Millisecond); return nil }
	grace := func(c *Config) { c.Grace, c.Depth = 50*time.Millisecond, 2 }
	g, r, err := scheduled(t, each(t, slow), 0, 200*time.Millisecond, grace)
	if err != nil {
		t.Fatal(err)
	}
	wantUnanswered(t, r, 100)
	if r, err := g.Run(t.Context(), 0, 10*time.Millisecond); err != nil || r.Echoes == 0 {
		t.Errorf("another run: %d echoes, %v", r.Echoes, err)
	}

	silent := serve(t, func(s *session) { io.Copy(io.Discard, s) })
	_, r, err = scheduled(t, silent, 0, 200*time.Millisecond, func(c *Config) { grace(c); c.Depth, c.Timeout = 1000, 50*time.Millisecond })
	if err == nil || !strings.Contains(err.Error(), "not echoed within 50ms") {
		t.Errorf("error %v", err)
	}
	wantUnanswered(t, r, 199)
}

func wantUnanswered(t *testing.T, r Result, least int64) {
	t.Helper()
	warnings := strings.Join(r.Warnings, "\n")
	want := fmt.Sprintf("invalid: server: %d of %d messages due in the window were not answered within 50ms of its end", r.Unanswered, r.Due)
	if r.Unanswered < least || r.Invalid == nil || !strings.Contains(warnings, want) || r.Overtime != 50*time.Millisecond {
		t.Errorf("%d of %d unanswered after %v, warnings\n%s\nwant\n%s", r.Unanswered, r.Due, r.Overtime, warnings, want)
	}
}

// An interrupted window ends where it was interrupted, and what was due in it
// until then is waited for.
func TestInterruptedSchedule(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := each(t, func(n int64) error {
		if n == 50 {
			cancel()
		}
		return nil
	})
	cfg := config(s.url)
	cfg.Rate, cfg.Depth = 1000, 100
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	r, err := g.Run(ctx, 0, endless)
	if err != context.Canceled || r.Unanswered != 0 || r.Elapsed >= endless {
		t.Errorf("%d due, %d unanswered, window of %v, %v", r.Due, r.Unanswered, r.Elapsed, err)
	}
	if r.Invalid == nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "invalid: interrupted after ") {
		t.Errorf("warnings %q do not tell of it", r.Warnings)
	}
	adds(t, r)
}
