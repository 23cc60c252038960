package conform

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/engine"
	"wsbench/scratch"
)

// notYet are the cases that the engine does not pass: it checks a text when
// its frame is whole, and not while the frame's payload is still arriving.
var notYet = []string{"6.4.3", "6.4.4", "x.6.4", "x.6.5", "x.6.6", "x.6.7"}

// The reference server passes every case, on each -io but raw: the floor does
// no protocol work by design.
func TestReference(t *testing.T) {
	for _, io := range []echo.IO{echo.Epoll, echo.Net} {
		t.Run("io="+string(io), func(t *testing.T) {
			addr, _ := reference(t, options(io))
			verify(t, runAll(t, addr, slices.DeleteFunc(Cases(), slow)))
			t.Run("large", func(t *testing.T) {
				switch {
				case testing.Short():
					t.Skip("cases of more than 1 MiB are left out with -short")
				case raced:
					t.Skip("cases of more than 1 MiB are left out under the race detector, which slows them tenfold")
				}
				verify(t, runAll(t, addr, slices.DeleteFunc(Cases(), func(c Case) bool { return !slow(c) })))
			})
		})
	}
}

// verify wants all but the cases of notYet to be OK, by both verdicts.
func verify(t *testing.T, results []Result) {
	t.Helper()
	for i := range results {
		r := &results[i]
		behavior := OK
		if r.Case.Informational {
			behavior = Informational
		}
		good := r.Strict() && r.Behavior == behavior && r.Close == behavior
		switch due := slices.Contains(notYet, r.Case.ID); {
		case !good && !due:
			t.Errorf("%s", r.Detail())
		case good && due:
			t.Errorf("%s is passed; take it off the list of those that are not", r.Case.ID)
		}
	}
}

// slow tells whether more than 1 MiB must come back.
func slow(c Case) bool {
	total := 0
	for _, e := range c.Want {
		total += e.Data.N
	}
	return total > mib
}

// The other ways to answer, buffer and send are as correct. The cases with
// long waits or large messages show nothing more about them.
func TestSwitches(t *testing.T) {
	if testing.Short() {
		t.Skip("the switches are left out with -short")
	}
	cases := slices.DeleteFunc(Cases(), func(c Case) bool {
		waits := slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Wait > 0 })
		return waits || slow(c) || slices.Contains(notYet, c.ID)
	})
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
	} {
		o := options(tt.io)
		tt.change(&o)
		t.Run(fmt.Sprintf("io=%s/write=%v/buffers=%v/flush=%v/read=%v", o.IO, o.Write, o.Buffers, o.FlushFrame, o.Drain), func(t *testing.T) {
			addr, _ := reference(t, o)
			verify(t, runAll(t, addr, cases))
		})
	}
}

// A server that is told to end closes first, by code 1001, and then ends TCP.
func TestGoingAway(t *testing.T) {
	for _, io := range []echo.IO{echo.Epoll, echo.Net} {
		addr, stop := reference(t, options(io))
		c := Case{
			Steps: steps(frame(text, hello)), Want: events(textEvent(hello)),
			Close: Closing{By: Peer, Codes: []int{1001}, Clean: true}, Timer: kill(5),
		}
		time.AfterFunc(200*time.Millisecond, stop)
		u, _ := url.Parse(addr)
		r := judge(&c, attempt(context.Background(), &c, u, time.Minute), false)
		if !r.Strict() || r.Behavior != OK || r.Close != OK {
			t.Errorf("io %s: %s", io, r.Detail())
		}
		stop()
	}
}
