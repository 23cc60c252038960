package conform

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/engine"
	"wsbench/scratch"
)

// The reference server passes every case, on each -io but raw: the floor does
// no protocol work by design.
func TestReference(t *testing.T) {
	for _, io := range []echo.IO{echo.Epoll, echo.Uring, echo.Net} {
		t.Run("io="+string(io), func(t *testing.T) {
			addr, _ := reference(t, options(io))
			verify(t, runAll(t, addr, slices.DeleteFunc(Cases(), slow)))
			t.Run("limits", func(t *testing.T) {
				switch {
				case testing.Short():
					t.Skip("group 9 is left out with -short")
				case raced:
					t.Skip("group 9 is left out under the race detector, which slows it tenfold")
				}
				verify(t, runAll(t, addr, slices.DeleteFunc(Cases(), func(c Case) bool { return !slow(c) })))
			})
		})
	}
}

// verify wants every case to be OK, by both verdicts.
func verify(t *testing.T, results []Result) {
	t.Helper()
	for i := range results {
		r := &results[i]
		behavior := OK
		if r.Case.Informational {
			behavior = Informational
		}
		if !r.Strict() || r.Behavior != behavior || r.Close != behavior {
			t.Errorf("%s", r.Detail())
		}
	}
}

// slow tells whether c is large, or long.
func slow(c Case) bool { return c.Group() == "9" }

// The other ways to answer, buffer and send are as correct. Of group 9, and of
// the cases with long waits, a few show what there is to show.
func TestSwitches(t *testing.T) {
	if testing.Short() {
		t.Skip("the switches are left out with -short")
	}
	cases := slices.DeleteFunc(Cases(), func(c Case) bool {
		waits := slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Wait > 0 })
		return waits || slow(c)
	})
	cases = append(cases, selected(t, "9.1.3", "9.2.4", "9.3.2", "9.4.6", "9.6.1")...)
	for _, tt := range []struct {
		io     echo.IO
		change func(*echo.Options)
	}{
		{echo.Epoll, func(o *echo.Options) { o.Write = engine.Writev }},
		{echo.Epoll, func(o *echo.Options) { o.Write = engine.Copy }},
		{echo.Epoll, func(o *echo.Options) { o.Buffers, o.FlushFrame = scratch.Pooled, true }},
		{echo.Epoll, func(o *echo.Options) { o.Buffers, o.Drain, o.Workers = scratch.PerConn, true, 2 }},
		{echo.Net, func(o *echo.Options) { o.Write, o.Buffers = engine.Writev, scratch.Pooled }},
		{echo.Net, func(o *echo.Options) { o.Write, o.BufferSize = engine.Copy, 8<<10 }},
		{echo.Epoll, func(o *echo.Options) { o.Parts, o.Write = true, engine.Copy }},
		{echo.Net, func(o *echo.Options) { o.Parts, o.Write = true, engine.Writev }},
		{echo.Epoll, func(o *echo.Options) { o.Parts = true }},
		{echo.Uring, func(o *echo.Options) { o.Parts, o.RingBuffers = true, 2 }},
		{echo.Uring, func(o *echo.Options) { o.Write, o.BufferSize = engine.Writev, 8<<10 }},
		{echo.Uring, func(o *echo.Options) { o.Write, o.FlushFrame, o.Workers = engine.Copy, true, 2 }},
	} {
		o := options(tt.io)
		tt.change(&o)
		t.Run(fmt.Sprintf("io=%s/write=%v/buffers=%v/frame=%v/drain=%v/parts=%v", o.IO, o.Write, o.Buffers, o.FlushFrame, o.Drain, o.Parts), func(t *testing.T) {
			addr, _ := reference(t, o)
			verify(t, runAll(t, addr, cases))
		})
	}
}

// A server that is told to end closes first, by code 1001, and then ends TCP.
func TestGoingAway(t *testing.T) {
	for _, io := range []echo.IO{echo.Epoll, echo.Uring, echo.Net} {
		addr, stop := reference(t, options(io))
		c := Case{
			Steps: steps(frame(text, hello)), Want: events(textEvent(hello)),
			Close: Closing{By: Peer, Codes: []int{1001}, Clean: true}, Timer: kill(5),
		}
		time.AfterFunc(200*time.Millisecond, stop)
		r := runAll(t, addr, []Case{c})[0]
		if !r.Strict() || r.Behavior != OK || r.Close != OK {
			t.Errorf("io %s: %s", io, r.Detail())
		}
		stop()
	}
}
