package lab

import (
	"strings"
	"testing"
	"time"
)

// Only what delays a run more than usual harms it, whatever is usual.
func TestDelays(t *testing.T) {
	const d = 100 * time.Millisecond
	for _, usual := range []time.Duration{0, 20 * time.Millisecond} { // a loop; goroutines on one CPU
		l := &delays{}
		for range fewDelays {
			if harm := l.judge(usual, d, 0.04); harm != "" {
				t.Errorf("usual %v: %s before it is known what is usual", usual, harm)
			}
		}
		for extra, want := range map[time.Duration]string{0: "", 3 * time.Millisecond: "", 5 * time.Millisecond: "interference: "} {
			if harm := l.judge(usual+extra, d, 0.04); (harm == "") != (want == "") || !strings.HasPrefix(harm, want) {
				t.Errorf("usual %v and %v more: %q, want %q", usual, extra, harm, want)
			}
		}
		for range 10 * mostDelays {
			l.judge(usual, d, 0.04)
		}
		if len(l.latest) > mostDelays {
			t.Errorf("%d delays are kept", len(l.latest))
		}
	}
}
