package host

import (
	"os"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

func TestParseRunTime(t *testing.T) {
	if r, err := parseRunTime("1200 34 5\n"); err != nil || r != (runTime{1200, 34}) {
		t.Errorf("%+v, %v", r, err)
	}
	for _, s := range []string{"", "5", "x 1 2", "1 x 2"} {
		if _, err := parseRunTime(s); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}

// Only threads that work count.
func TestWaitingSince(t *testing.T) {
	then := Waiting{1: {0, 0}, 2: {100, 50}}
	now := Waiting{1: {900, 70}, 2: {110, 950}, 3: {800, 5}}
	if got := now.Since(then, 1000); got != 75 {
		t.Errorf("waited %d ns, want 75", got)
	}
}

// A thread that works has run.
func TestReadWaiting(t *testing.T) {
	then, err := ReadWaiting(os.Getpid())
	if err != nil {
		t.Skipf("this kernel has no schedstat: %v", err)
	}
	ran := func(w Waiting) (sum time.Duration) {
		for _, r := range w {
			sum += r.ran
		}
		return sum
	}
	waiting.For(t, "this process has run for a millisecond more", func() bool {
		now, err := ReadWaiting(os.Getpid())
		return err == nil && ran(now)-ran(then) > time.Millisecond
	})
	if _, err := ReadWaiting(1 << 30); !os.IsNotExist(err) {
		t.Errorf("of no process: %v", err)
	}
}
