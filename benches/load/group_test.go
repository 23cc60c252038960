package load

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
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
	for range 5 {
		if r, err := runUntil(t, g, s, 50); err != nil || r.Messages == 0 || r.Corrupt != 0 {
			t.Fatalf("%d messages, %v, %v", r.Messages, r.Corruption, err)
		}
		for _, th := range g.threads {
			if th.flying != 0 {
				t.Errorf("%d messages in flight after Run", th.flying)
			}
		}
		time.Sleep(time.Millisecond) // for the server to have counted the last one
		n := s.echoed.Load()
		time.Sleep(5 * time.Millisecond)
		if m := s.echoed.Load(); m != n {
			t.Errorf("%d frames arrived after Run", m-n)
		}
	}
	if want := []bool{false, true, false, true, false, true, false, true, false, true}; fmt.Sprint(edges) != fmt.Sprint(want) {
		t.Errorf("edges %v", edges)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
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
