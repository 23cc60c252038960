package load

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// A server that reads slowly takes sends in parts; nothing is lost.
func TestSlowReader(t *testing.T) {
	s := serve(t, func(s *session) {
		time.Sleep(20 * time.Millisecond) // 16 MiB are more than two socket buffers hold
		faithful(s)
	})
	cfg := config(s.url)
	cfg.Conns, cfg.Size, cfg.Depth = 1, 1<<20, 16
	good(t, s, cfg)
}

// One group runs again and again, drained in between, and leaves nothing open.
func TestAgain(t *testing.T) {
	leaks(t)
	s := serve(t, faithful)
	var edges []bool
	cfg := config(s.url)
	cfg.Depth, cfg.Edge = 4, func(end bool) { edges = append(edges, end) }
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var echoes int64
	for range 5 {
		r, err := runUntil(t, g, s, 50)
		if err != nil || r.Messages == 0 || r.Corrupt != 0 {
			t.Fatalf("%d messages, %v, %v", r.Messages, r.Corruption, err)
		}
		for _, th := range g.threads {
			if th.flying != 0 {
				t.Errorf("%d messages in flight after Run", th.flying)
			}
		}
		echoes += r.Echoes
		waiting.For(t, "the server has counted the last echo", func() bool { return s.echoed.Load() >= echoes })
	}
	if want := []bool{false, true, false, true, false, true, false, true, false, true}; fmt.Sprint(edges) != fmt.Sprint(want) {
		t.Errorf("edges %v", edges)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if n := s.echoed.Load(); n != echoes {
		t.Errorf("%d frames arrived outside of Run", n-echoes)
	}
	if _, err := g.Run(t.Context(), 0, time.Millisecond); err == nil {
		t.Error("Run after Close succeeded")
	}
}

// The end of the context ends the window early; what was measured is kept,
// and the connections are good for another run.
func TestCancel(t *testing.T) {
	s := serve(t, faithful)
	g, err := Open(t.Context(), config(s.url))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for n := s.echoed.Load(); s.echoed.Load() < n+50; time.Sleep(time.Millisecond) {
			}
			cancel()
		}()
		r, err := g.Run(ctx, 0, endless)
		if !errors.Is(err, context.Canceled) || r.Messages == 0 || r.Elapsed <= 0 || r.Elapsed >= endless {
			t.Errorf("%d messages in %v, error %v", r.Messages, r.Elapsed, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := g.Run(gone, endless, endless); !errors.Is(err, context.Canceled) || r.Messages != 0 || r.Elapsed != 0 {
		t.Errorf("cancelled in the warm-up: %d messages in %v, %v", r.Messages, r.Elapsed, err)
	}
	if _, err := g.Run(t.Context(), 0, 0); err == nil {
		t.Error("a window of 0 was accepted")
	}
	if r, err := g.Run(t.Context(), time.Millisecond, 30*time.Millisecond); err != nil || r.Elapsed <= 0 || r.Elapsed > 30*time.Millisecond {
		t.Errorf("a whole window: %v, %v", r.Elapsed, err)
	}
}

// What the server has used is read when the last thread has recorded its last
// echo, whichever of the threads that is.
func TestEdgeAfterTheLast(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one CPU")
	}
	for slow := range int32(2) {
		var sessions atomic.Int32
		var answered, atEnd atomic.Int64
		s := serve(t, func(s *session) {
			stall := sessions.Add(1)-1 == slow
			s.echo(func(op parse.Opcode, p []byte) error {
				if stall {
					time.Sleep(200 * time.Millisecond) // the other thread is at its end long before
					stall = false
				}
				answered.Add(1)
				_, err := s.Write(frame(parse.FIN, op, p))
				return err
			})
		})
		_, r, err := scheduled(t, s, 0, 20*time.Millisecond, func(c *Config) {
			c.Conns, c.Threads = 2, 2
			c.Edge = func(end bool) {
				if end {
					atEnd.Store(answered.Load())
				}
			}
		})
		if err != nil || r.Completed == 0 || atEnd.Load() != r.Completed {
			t.Errorf("slow connection %d: read after %d echoes of the %d that count, %v", slow, atEnd.Load(), r.Completed, err)
		}
	}
}

// The end is read once, also where a thread was cut short, and not at all
// where the beginning was not.
func TestEdgeOfALostThread(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one CPU")
	}
	for lost := range int32(2) { // with either thread's connection
		for warmup, want := range map[time.Duration]string{0: "[false true]", endless: "[]"} {
			var sessions atomic.Int32
			var due atomic.Bool
			due.Store(warmup > 0)
			s := serve(t, func(s *session) {
				mine, n := sessions.Add(1)-1, 0
				s.echo(func(op parse.Opcode, p []byte) error {
					if n++; mine == lost && n >= 20 && due.Load() {
						return errors.New("lost")
					}
					_, err := s.Write(frame(parse.FIN, op, p))
					return err
				})
			})
			var edges []bool
			_, _, err := scheduled(t, s, warmup, endless, func(c *Config) {
				c.Conns, c.Threads = 2, 2
				c.Edge = func(end bool) {
					edges = append(edges, end)
					due.Store(true)
				}
			})
			if got := fmt.Sprint(edges); err == nil || got != want {
				t.Errorf("connection %d lost after a warm-up of %v: edges %v, %v; want %v", lost, warmup, got, err, want)
			}
		}
	}
}
