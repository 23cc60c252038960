// Package waiting has tests wait for conditions and not for times: on a slow or
// busy machine a test takes longer, and does not fail.
package waiting

import (
	"testing"
	"time"
)

// Bound is the time after which something is taken to hang. Nothing that works
// comes near it, on any machine.
const Bound = time.Minute

// For waits until cond holds. It ends the test if that takes longer than
// Bound; what names the condition.
func For(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for limit := time.Now().Add(Bound); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within %v: %s", Bound, what)
		}
	}
}
